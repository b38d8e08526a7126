// What counts as a sleep, another network, a page that is seen again.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { JUMP_MS, watchWake, type WakeReason } from './wake-watch.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function set() {
  const document = Object.assign(new EventTarget(), { hidden: false })
  const page = { window: new EventTarget(), document, connection: Object.assign(new EventTarget(), { type: 'wifi' }) }
  const seen: WakeReason[] = []
  const stop = new AbortController()
  let slept = 0
  watchWake({ now: () => Date.now() + slept, onWake: (reason) => seen.push(reason), signal: stop.signal, page })
  return {
    page,
    seen,
    stop,
    sleep: (ms: number) => (slept += ms),
    hide(hidden: boolean) {
      document.hidden = hidden
      document.dispatchEvent(new Event('visibilitychange'))
    },
  }
}

it('notices a sleep by the clock, and no starved page', () => {
  const { seen, sleep } = set()
  vi.advanceTimersByTime(5000)
  sleep(JUMP_MS - 100)
  vi.advanceTimersByTime(5000)
  expect(seen).toEqual([])
  sleep(60_000)
  vi.advanceTimersByTime(1000)
  expect(seen).toEqual(['woke'])
  vi.advanceTimersByTime(20_000)
  expect(seen).toHaveLength(1)
})

it('takes the slow clock of a page in the background for none, and looks when it is seen again', () => {
  const { seen, sleep, hide } = set()
  hide(true)
  for (let i = 0; i < 5; i++) {
    sleep(60_000)
    vi.advanceTimersByTime(1000)
  }
  expect(seen).toEqual([])
  hide(false)
  expect(seen).toEqual(['seen'])
  hide(true)
  vi.advanceTimersByTime(2000)
  hide(false)
  vi.advanceTimersByTime(3000)
  expect(seen).toEqual(['seen'])
})

it('passes on what the browser says of the network, until it is told to stop', () => {
  const { page, seen, stop } = set()
  page.window.dispatchEvent(new Event('offline'))
  page.window.dispatchEvent(new Event('online'))
  page.connection.dispatchEvent(new Event('change'))
  page.connection.type = 'ethernet'
  page.connection.dispatchEvent(new Event('change'))
  page.document.dispatchEvent(new Event('resume'))
  page.window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: false }))
  page.window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
  expect(seen).toEqual(['offline', 'online', 'network', 'woke', 'woke'])
  stop.abort()
  page.window.dispatchEvent(new Event('online'))
  vi.advanceTimersByTime(60_000)
  expect(seen).toHaveLength(5)
})
