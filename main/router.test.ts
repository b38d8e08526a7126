// The router refuses everything that is not plainly a call of our own page, and lets nothing out that the contract does not name.
import { describe, expect, it, vi } from 'vitest'
import { AppError } from '../shared/errors.ts'
import { CALL_NAMES } from '../shared/ipc/names.ts'
import type { Sender } from './app-host.ts'
import { createLogger } from './logging/logger.ts'
import { createRouter, type Handlers } from './router.ts'

const ORIGIN = 'app://bundle'
const page: Sender = { windowId: '1', origin: ORIGIN, isMainFrame: true }

function setUp(handlers: Partial<Handlers> = {}) {
  const lines: string[] = []
  const called = vi.fn<(name: string) => void>()
  const rest = Object.fromEntries(
    CALL_NAMES.map((name) => [
      name,
      () => {
        called(name)
        return {}
      },
    ]),
  ) as unknown as Handlers
  const log = createLogger({ write: (line) => void lines.push(line) })
  const router = createRouter({ uiOrigin: ORIGIN, handlers: { ...rest, ...handlers }, log })
  return { router, called, lines }
}

describe('who calls', () => {
  const forged: readonly (readonly [string, Sender])[] = [
    ['no origin', { ...page, origin: null }],
    ['an empty origin', { ...page, origin: '' }],
    ['the opaque origin', { ...page, origin: 'null' }],
    ['another origin', { ...page, origin: 'https://example.org' }],
    ['a longer origin', { ...page, origin: `${ORIGIN}.example.org` }],
    ['a trailing slash', { ...page, origin: `${ORIGIN}/` }],
    ['another case', { ...page, origin: ORIGIN.toUpperCase() }],
    ['a frame inside the page', { ...page, isMainFrame: false }],
    ['a truthy frame', { ...page, isMainFrame: 'true' as unknown as boolean }],
  ]
  it.each(forged)('refuses %s before anything runs', async (_name, sender) => {
    const { router, called } = setUp()
    const answer = await router.call(sender, 'clusters.refresh', {})
    expect(answer).toMatchObject({ ok: false, error: { code: 'bad-request' } })
    expect(router.refuse(sender)).toMatchObject({ code: 'bad-request' })
    expect(called).not.toHaveBeenCalled()
  })
  it('serves the app’s own page', async () => {
    const { router, called } = setUp()
    expect(await router.call(page, 'clusters.refresh', {})).toStrictEqual({ ok: true, value: {} })
    expect(called).toHaveBeenCalledExactlyOnceWith('clusters.refresh')
  })
})

describe('what is called', () => {
  it.each([
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '',
    'sessions',
    'sessions.start ',
    'SESSIONS.START',
  ])('knows no call %j', async (name) => {
    const { router, called } = setUp()
    expect(await router.call(page, name, {})).toMatchObject({ ok: false, error: { code: 'bad-request' } })
    expect(called).not.toHaveBeenCalled()
  })
  it.each([undefined, null, 7, ['clusters.refresh'], { toString: () => 'clusters.refresh' }])(
    'takes no name that is not a text: %j',
    async (name) => {
      const { router, called } = setUp()
      expect(await router.call(page, name as string, {})).toMatchObject({ ok: false })
      expect(called).not.toHaveBeenCalled()
    },
  )
})

describe('what goes in', () => {
  const bad: readonly (readonly [string, string, unknown])[] = [
    ['a field too many', 'clusters.refresh', { more: 1 }],
    ['a missing field', 'clusters.select', {}],
    ['a wrong type', 'clusters.select', { clusterId: 1 }],
    ['a text that is too long', 'clusters.select', { clusterId: 'x'.repeat(513) }],
    ['nothing', 'clusters.refresh', undefined],
    ['an array', 'clusters.refresh', []],
    ['a prototype key', 'clusters.select', JSON.parse('{"clusterId":"a","__proto__":{"x":1}}')],
    ['what is not JSON', 'clusters.select', { clusterId: 'a', when: new Date() }],
    ['a picture that is none', 'sessions.setThumbnail', { sessionId: 'a', dataUrl: 'https://example.org/a.png' }],
    ['too much', 'app.log', { level: 'info', scope: 'ui', message: 'x'.repeat(300_000) }],
  ]
  it.each(bad)('refuses %s', async (_name, call, input) => {
    const { router, called } = setUp()
    expect(await router.call(page, call, input)).toMatchObject({ ok: false, error: { code: 'bad-request' } })
    expect(called).not.toHaveBeenCalled()
  })
  it('lets a large kubeconfig through, so that its own limit can say what is wrong', async () => {
    const addText = vi.fn<Handlers['clusters.addText']>(() => ({ clusterIds: [] }))
    const { router } = setUp({ 'clusters.addText': addText })
    const text = 'x'.repeat(10_000_000)
    expect(await router.call(page, 'clusters.addText', { name: 'big', text })).toMatchObject({ ok: true })
    expect(addText.mock.lastCall?.[0].text).toHaveLength(10_000_000)
  })
  it('names the place of a mistake, never the value', async () => {
    const { router } = setUp()
    const answer = await router.call(page, 'clusters.select', { clusterId: 1234567890 })
    expect(JSON.stringify(answer)).toContain('clusterId')
    expect(JSON.stringify(answer)).not.toContain('1234567890')
  })
})

describe('what comes out', () => {
  it('strips what the contract does not name', async () => {
    const answerWith = { sessionId: 'a/b/c', pod: { spec: 'raw object' } }
    const { router } = setUp({ 'sessions.start': () => answerWith })
    const answer = await router.call(page, 'sessions.start', { clusterId: 'a', templateId: 'b' })
    expect(answer).toStrictEqual({ ok: true, value: { sessionId: 'a/b/c' } })
  })
  it('refuses to send what does not fit, and says so in the log without the value', async () => {
    const { router, lines } = setUp({
      'sessions.start': () => ({ sessionId: { leaked: 'object' } }) as unknown as { sessionId: string },
    })
    const answer = await router.call(page, 'sessions.start', { clusterId: 'a', templateId: 'b' })
    expect(answer).toMatchObject({ ok: false, error: { code: 'internal' } })
    expect(lines.join('')).toContain('sessions.start')
    expect(lines.join('') + JSON.stringify(answer)).not.toContain('leaked')
  })
  it('turns an AppError into its words', async () => {
    const { router } = setUp({
      'sessions.start': () => {
        throw new AppError('start-runtime-class', { name: 'nvidia' })
      },
    })
    const answer = await router.call(page, 'sessions.start', { clusterId: 'a', templateId: 'b' })
    expect(answer).toMatchObject({ ok: false, error: { code: 'start-runtime-class' } })
    expect(JSON.stringify(answer)).toContain('nvidia')
  })
  it.each([
    ['an Error', new Error('Authorization: Bearer canary-4711 was refused')],
    ['a text', 'Bearer canary-4711'],
  ])('never rejects, and keeps secrets out of the details: %s', async (_name, thrown) => {
    const { router, lines } = setUp({ 'sessions.stop': () => Promise.reject(thrown as Error) })
    const answer = await router.call(page, 'sessions.stop', { sessionId: 'a/b/c' })
    expect(answer).toMatchObject({ ok: false, error: { code: 'internal' } })
    expect(JSON.stringify(answer) + lines.join('')).not.toContain('canary')
  })
})
