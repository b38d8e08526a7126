// Topics: the present snapshot first, then each new one once; a bad one never replaces a good one.
import { describe, expect, it, vi } from 'vitest'
import { DEFAULT_SETTINGS } from '../shared/domain/settings.ts'
import type { TopicValue } from '../shared/ipc/contract.ts'
import { createLogger, SILENT } from './logging/logger.ts'
import { createTopicHub, isTopicName } from './topic-hub.ts'

function setUp() {
  const due: (() => void)[] = []
  const lines: string[] = []
  const log = createLogger({ write: (line) => void lines.push(line) })
  const hub = createTopicHub({ log, schedule: (flush) => void due.push(flush) })
  return { hub, lines, due, flush: () => due.splice(0).forEach((run) => run()) }
}
const dark = { ...DEFAULT_SETTINGS, theme: 'dark' as const }
const light = { ...DEFAULT_SETTINGS, theme: 'light' as const }

describe('the topic hub', () => {
  it('pushes the present snapshot at once, and nothing when there is none', () => {
    const { hub } = setUp()
    const early = vi.fn<(value: unknown) => void>()
    hub.subscribe('1', 'settings', early)
    expect(early).not.toHaveBeenCalled()
    hub.publish('settings', dark)
    const late = vi.fn<(value: unknown) => void>()
    hub.subscribe('2', 'settings', late)
    expect(late).toHaveBeenCalledExactlyOnceWith(dark)
    expect(early).toHaveBeenCalledExactlyOnceWith(dark)
  })
  it('tells when a topic gets its first listener and when the last one has gone, however it went', () => {
    const told: unknown[] = []
    const hub = createTopicHub({ log: SILENT, onListening: (...heard) => void told.push(heard) })
    const stop = hub.subscribe('1', 'inventory', () => undefined)
    hub.subscribe('2', 'inventory', () => undefined)
    expect(told).toStrictEqual([['inventory', true]])
    stop()
    stop()
    expect(told).toHaveLength(1)
    hub.closeWindow('2')
    expect(told).toStrictEqual([
      ['inventory', true],
      ['inventory', false],
    ])
  })
  it('makes many changes one push, the last one', () => {
    const { hub, flush, due } = setUp()
    const push = vi.fn<(value: unknown) => void>()
    hub.subscribe('1', 'settings', push)
    for (let index = 0; index < 50; index++) hub.publish('settings', index % 2 === 0 ? light : dark)
    expect(due).toHaveLength(1)
    flush()
    expect(push).toHaveBeenCalledExactlyOnceWith(dark)
  })
  it('does not repeat a snapshot that says the same', () => {
    const { hub, flush } = setUp()
    const push = vi.fn<(value: unknown) => void>()
    hub.subscribe('1', 'settings', push)
    hub.publish('settings', dark)
    flush()
    hub.publish('settings', { ...dark })
    flush()
    expect(push).toHaveBeenCalledTimes(1)
  })
  it('keeps the last good snapshot when a new one does not fit, and strips what is not in the contract', () => {
    const { hub, flush, lines } = setUp()
    const push = vi.fn<(value: unknown) => void>()
    hub.subscribe('1', 'settings', push)
    hub.publish('settings', { ...dark, token: 'canary' } as TopicValue<'settings'>)
    flush()
    hub.publish('settings', { theme: 'pink' } as unknown as TopicValue<'settings'>)
    flush()
    expect(push).toHaveBeenCalledExactlyOnceWith(dark)
    expect(lines.join('')).toContain('theme')
    expect(JSON.stringify(push.mock.calls)).not.toContain('canary')
  })
  it('gives everyone a value of the last flush, never the publisher’s own object', () => {
    const { hub, flush } = setUp()
    const push = vi.fn<(value: unknown) => void>()
    const problems: TopicValue<'library'>['problems'] = []
    hub.publish('library', { loading: false, templates: [], problems })
    flush()
    problems.push({ source: 'later', error: { code: 'x', sentence: '', nextStep: '' } })
    hub.subscribe('1', 'library', push)
    expect(push).toHaveBeenCalledExactlyOnceWith({ loading: false, templates: [], problems: [] })
  })
  it('ends with its disposer and with its window', () => {
    const { hub, flush } = setUp()
    const one = vi.fn<(value: unknown) => void>()
    const two = vi.fn<(value: unknown) => void>()
    const other = vi.fn<(value: unknown) => void>()
    const stop = hub.subscribe('1', 'settings', one)
    hub.subscribe('1', 'settings', two)
    hub.subscribe('2', 'settings', other)
    stop()
    hub.closeWindow('1')
    hub.publish('settings', dark)
    flush()
    expect([one.mock.calls.length, two.mock.calls.length, other.mock.calls.length]).toStrictEqual([0, 0, 1])
  })
  it('drops a window that cannot take a push, and serves the others', () => {
    const { hub, flush } = setUp()
    const broken = vi.fn<(value: unknown) => void>(() => {
      throw new Error('destroyed')
    })
    const other = vi.fn<(value: unknown) => void>()
    hub.subscribe('1', 'settings', broken)
    hub.subscribe('2', 'settings', other)
    hub.publish('settings', dark)
    flush()
    hub.publish('settings', light)
    flush()
    expect(broken).toHaveBeenCalledTimes(1)
    expect(other).toHaveBeenCalledTimes(2)
  })
  it('pushes nothing after its end', () => {
    const { hub, flush } = setUp()
    const push = vi.fn<(value: unknown) => void>()
    hub.subscribe('1', 'settings', push)
    hub.publish('settings', dark)
    hub.dispose()
    flush()
    expect(push).not.toHaveBeenCalled()
  })
  it('flushes within a frame by its own timer', async () => {
    vi.useFakeTimers()
    const hub = createTopicHub({ log: SILENT })
    const push = vi.fn<(value: unknown) => void>()
    hub.subscribe('1', 'settings', push)
    hub.publish('settings', dark)
    await vi.advanceTimersByTimeAsync(16)
    expect(push).toHaveBeenCalledTimes(1)
    vi.useRealTimers()
  })
})

describe('isTopicName', () => {
  it.each(['__proto__', 'constructor', 'Settings', '', 7, null, ['settings']])('knows no topic %j', (name) => {
    expect(isTopicName(name)).toBe(false)
  })
  it('knows the contract’s', () => {
    expect(isTopicName('sessions')).toBe(true)
  })
})
