// @vitest-environment happy-dom
// When small pictures of a desktop are made: a fake core, a clock of the test's own, and makers that count.
import { afterEach, expect, it, vi } from 'vitest'
import type { Bridge } from '../../../shared/ipc/bridge.ts'
import { createLibraryPicture } from './library-picture.ts'

const stops: AbortController[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop.abort()
  vi.restoreAllMocks()
})

function setUp({ connected = true } = {}) {
  const stop = new AbortController()
  stops.push(stop)
  let at = 1000
  let wish: (value: { readonly pictures: boolean }) => void = () => undefined
  const sent: unknown[] = []
  const bridge = {
    call: (name: string, input: unknown) => {
      sent.push([name, input])
      return Promise.resolve({ ok: true, value: {} })
    },
    subscribe: (_name: string, listener: typeof wish) => {
      wish = listener
      listener({ pictures: false })
      return () => undefined
    },
  } as unknown as Pick<Bridge, 'call' | 'subscribe'>
  const pictures = createLibraryPicture(
    {
      ...{ bridge, sessionId: 'c/n/one', signal: stop.signal },
      source: () => document.createElement('canvas'),
      picture: () => (connected ? { width: 1280, height: 720 } : null),
      now: () => at,
    },
    { make: async () => 'data:later', makeAtOnce: () => 'data:at-once' },
  )
  const pass = async (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      at += 1000
      pictures.sample()
      await Promise.resolve()
    }
    return sent.length
  }
  return { pictures, pass, sent, wish: (value: boolean) => wish({ pictures: value }) }
}
const hide = (hidden: boolean) => {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(hidden)
  document.dispatchEvent(new Event('visibilitychange'))
}

it('makes none while nobody looks', async () => {
  const { pass } = setUp()
  expect(await pass(120)).toBe(0)
})

it('makes one for whoever comes to look, then one every 20 s', async () => {
  const { pass, wish, sent } = setUp()
  await pass(5)
  wish(true)
  expect(await pass(1)).toBe(1)
  expect(sent[0]).toEqual(['sessions.setThumbnail', { sessionId: 'c/n/one', dataUrl: 'data:later' }])
  expect(await pass(19)).toBe(1)
  expect(await pass(41)).toBe(4)
  wish(false)
  expect(await pass(60)).toBe(4)
})

it('waits until a desktop that has just appeared has drawn itself', async () => {
  const { pass, wish, pictures } = setUp()
  wish(true)
  pictures.appeared()
  expect(await pass(1)).toBe(0)
  expect(await pass(1)).toBe(1)
})

it('makes one as the page is put away, and one at once as it leaves, whoever looks', async () => {
  const { pass, sent } = setUp()
  hide(true)
  await Promise.resolve()
  expect(sent).toHaveLength(1)
  expect(await pass(60)).toBe(1)
  hide(false)
  window.dispatchEvent(new Event('pagehide'))
  expect(sent[1]).toEqual(['sessions.setThumbnail', { sessionId: 'c/n/one', dataUrl: 'data:at-once' }])
})

it('makes none while the desktop is not there', async () => {
  const { pass, wish, sent } = setUp({ connected: false })
  wish(true)
  await pass(30)
  hide(true)
  window.dispatchEvent(new Event('pagehide'))
  await Promise.resolve()
  expect(sent).toEqual([])
})
