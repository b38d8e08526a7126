// The work queue on a clock of the test's own: what runs when, what never runs twice at once, and how failures slow down.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFakeTimers, settled, type FakeTimers } from './testing/fake-timers.ts'
import { ApiError } from './types.ts'
import { createWorkQueue, type WorkQueue, type WorkQueueOptions } from './work-queue.ts'

let timers: FakeTimers
let queue: WorkQueue
/** Rounds so far: key and time since the start, ms. */
let rounds: { readonly key: string; readonly at: number }[]
let start: number

beforeEach(() => {
  timers = createFakeTimers()
  start = timers.now()
  rounds = []
})
afterEach(() => queue.close(0))

/** A queue whose rounds are noted; `work` says what they do. */
function begin(work: WorkQueueOptions['work'] = async () => undefined, options: Partial<WorkQueueOptions> = {}): void {
  queue = createWorkQueue({
    concurrency: 1,
    timers,
    // no jitter
    random: () => 1,
    ...options,
    work: (key, signal) => {
      rounds.push({ key, at: timers.now() - start })
      return work(key, signal)
    },
  })
}
const keys = (): readonly string[] => rounds.map(({ key }) => key)
const times = (): readonly number[] => rounds.map(({ at }) => at)
const takes = (ms: number) => (): Promise<void> => new Promise((resolve) => timers.after(ms, resolve))
const fails = async (): Promise<void> => {
  throw new Error('no')
}

describe('what waits for room', () => {
  it('runs in the order it came, each key once however often it changed', async () => {
    begin()
    for (const key of ['a', 'b', 'a', 'c', 'b']) queue.add(key)
    expect(queue.depth).toBe(3)
    await queue.idle()
    expect(keys()).toEqual(['a', 'b', 'c'])
    expect(queue.depth).toBe(0)
  })

  it('runs side by side up to the limit', async () => {
    begin(takes(10), { concurrency: 2 })
    for (const key of ['a', 'b', 'c']) queue.add(key)
    await settled()
    expect([queue.running, queue.depth]).toEqual([2, 1])
    await timers.advance(20)
    expect(times()).toEqual([0, 0, 10])
  })

  it('runs again after, and never at once, when it changed while it ran', async () => {
    begin(takes(10), { concurrency: 4 })
    queue.add('a')
    await timers.advance(5)
    queue.add('a')
    queue.add('a')
    await timers.advance(4)
    expect(rounds).toHaveLength(1)
    await timers.advance(20)
    expect(times()).toEqual([0, 10])
  })

  it('runs after the others that came before its second change', async () => {
    begin(takes(10))
    queue.add('a')
    await settled()
    queue.add('b')
    queue.add('a')
    await timers.advance(40)
    expect(keys()).toEqual(['a', 'b', 'a'])
  })

  it('takes in all of a list before it begins', async () => {
    let depth = 0
    begin(async () => {
      depth = Math.max(depth, queue.depth)
    })
    for (let index = 0; index < 1000; index += 1) queue.add(`k${index}`)
    await queue.idle()
    expect(depth).toBe(999)
    expect(rounds).toHaveLength(1000)
  })
})

describe('what is urgent', () => {
  it('goes before the rest, in the order it came', async () => {
    begin()
    queue.add('a')
    queue.add('b')
    queue.add('c', 'urgent')
    queue.add('d', 'urgent')
    await queue.idle()
    expect(keys()).toEqual(['c', 'd', 'a', 'b'])
  })

  it('may have waited as ordinary before, and is still worked on once; ordinary again it does not become', async () => {
    begin()
    for (const key of ['a', 'b', 'c']) queue.add(key)
    queue.add('c', 'urgent')
    queue.add('c')
    expect(queue.depth).toBe(3)
    await queue.idle()
    expect(keys()).toEqual(['c', 'a', 'b'])
  })

  it('finds room although the rest fills its share, and the rest has its share beside it', async () => {
    begin(takes(10), { concurrency: 4, ordinary: 1 })
    for (const key of ['a', 'b']) queue.add(key)
    await settled()
    expect([queue.running, queue.depth]).toEqual([1, 1])
    for (const key of ['u', 'v', 'w', 'x']) queue.add(key, 'urgent')
    await settled()
    expect([queue.running, queue.depth]).toEqual([4, 2])
    await timers.advance(30)
    expect(rounds).toEqual(
      [
        ['a', 0],
        ['u', 0],
        ['v', 0],
        ['w', 0],
        ['b', 10],
        ['x', 10],
      ].map(([key, at]) => ({ key, at })),
    )
  })

  it('leaves the rest less room while it is there, and one place however long it goes on', async () => {
    begin(takes(10), { concurrency: 4, ordinary: 3, ordinaryBeside: 1 })
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) queue.add(key)
    await settled()
    expect([keys(), queue.running]).toEqual([['a', 'b', 'c'], 3])
    for (let index = 0; index < 6; index += 1) queue.add(`u${index}`, 'urgent')
    await timers.advance(45)
    expect(rounds.slice(3).map(({ key, at }) => `${key} ${at}`)).toEqual([
      'u0 0',
      'u1 10',
      'u2 10',
      'd 10',
      'u3 10',
      'u4 20',
      'u5 20',
      'e 20',
      'f 30',
    ])
  })

  it('stays urgent when it changes while it runs, when it fails, and when both happen', async () => {
    const results = [takes(10), fails, async () => await takes(10)().then(fails)]
    begin(async (key) => (key === 'u' ? await results.shift()?.() : await takes(10)()))
    queue.add('u', 'urgent')
    await settled()
    for (const key of ['a', 'b']) queue.add(key)
    queue.add('u', 'urgent')
    await timers.advance(16)
    queue.add('c')
    await timers.advance(10)
    queue.add('u')
    await timers.advance(100)
    expect(keys()).toEqual(['u', 'u', 'a', 'u', 'u', 'b', 'c'])
  })
})

describe('what waits for a time', () => {
  it('runs then, and once', async () => {
    begin()
    queue.addAt('a', start + 500)
    await timers.advance(499)
    expect([rounds.length, queue.waiting]).toEqual([0, 1])
    await timers.advance(5000)
    expect(times()).toEqual([500])
  })

  it('takes the earliest of several times', async () => {
    begin()
    for (const ms of [900, 300, 600]) queue.addAt('a', start + ms)
    await timers.advance(2000)
    expect(times()).toEqual([300])
  })

  it('runs at once when the time is past', async () => {
    begin()
    queue.addAt('a', start - 1)
    await queue.idle()
    expect(times()).toEqual([0])
  })

  it('is what the last round said, not one before', async () => {
    const next = [500, 3000]
    begin(async () => ({ nextAt: start + (next.shift() ?? Infinity) }))
    queue.add('a')
    await timers.advance(100)
    queue.add('a')
    await timers.advance(2000)
    expect(times()).toEqual([0, 100])
    await timers.advance(1000)
    expect(times()).toEqual([0, 100, 3000])
  })

  it('may come from outside while a round runs', async () => {
    begin(takes(10))
    queue.add('a')
    await settled()
    queue.addAt('a', start + 200)
    await timers.advance(300)
    expect(times()).toEqual([0, 200])
  })

  it('may be months away', async () => {
    begin()
    const days = 100 * 24 * 3600 * 1000
    queue.addAt('a', start + days)
    await timers.advance(days - 1)
    expect(rounds).toHaveLength(0)
    await timers.advance(1)
    expect(times()).toEqual([days])
  })

  it('never makes a loop of a time that is always past', async () => {
    begin(async () => ({ nextAt: start - 1 }))
    queue.add('a')
    await timers.advance(10_000)
    expect(rounds.length).toBeGreaterThan(10)
    expect(rounds.length).toBeLessThanOrEqual(101)
  })

  it('is refused when it is no number, from outside and from a round', async () => {
    const errors: unknown[] = []
    begin(async () => ({ nextAt: NaN }), { onDone: (_key, _seconds, error) => errors.push(error) })
    expect(() => queue.addAt('a', NaN)).toThrow(RangeError)
    queue.add('a')
    await settled()
    expect(errors).toEqual([expect.any(RangeError)])
  })
})

describe('what fails', () => {
  it('is tried again ever more slowly, a minute apart at most', async () => {
    begin(fails)
    queue.add('a')
    await timers.advance(10 * 60_000)
    const gaps = times().map((at, index) => at - (times()[index - 1] ?? 0))
    expect(gaps.slice(1, 15)).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 10_240, 20_480, 40_960])
    expect(new Set(gaps.slice(15))).toEqual(new Set([60_000]))
  })

  it('starts anew after a success', async () => {
    const failures = [true, true, true, false, true, false]
    begin(async () => (failures.shift() ? await fails() : undefined))
    queue.add('a')
    await timers.advance(1000)
    expect(times()).toEqual([0, 5, 15, 35])
    queue.add('a')
    await timers.advance(1000)
    expect(times().slice(4)).toEqual([1000, 1005])
  })

  it('starts anew after it was forgotten, and is not tried again by itself', async () => {
    begin(fails)
    queue.add('a')
    await timers.advance(100)
    expect(rounds).toHaveLength(5)
    queue.forget('a')
    await timers.advance(100_000)
    expect(rounds).toHaveLength(5)
    queue.add('a')
    await timers.advance(5)
    expect(times().slice(5)).toEqual([100_100, 100_105])
  })

  it('does not make a change wait', async () => {
    begin(fails)
    queue.add('a')
    await timers.advance(100_000)
    const before = rounds.length
    queue.add('a')
    await settled()
    expect(rounds).toHaveLength(before + 1)
    expect(queue.waiting).toBe(1)
  })

  it('waits as long as the server asks', async () => {
    begin(async () => {
      throw new ApiError(429, 'TooManyRequests', 'slow down', 7000)
    })
    queue.add('a')
    await timers.advance(6999)
    expect(rounds).toHaveLength(1)
    await timers.advance(1)
    expect(rounds).toHaveLength(2)
  })

  it('makes no storm with all the others: 100 retries at once, then 10 a second', async () => {
    begin(fails, { concurrency: 1000 })
    for (let index = 0; index < 1000; index += 1) queue.add(`k${index}`)
    await timers.advance(10_000)
    const retries = times().filter((at) => at > 0).length
    expect(retries).toBeGreaterThan(150)
    expect(retries).toBeLessThanOrEqual(201)
  })

  it('does not slow down what succeeds', async () => {
    begin(async (key) => (key === 'bad' ? await fails() : undefined))
    queue.add('bad')
    for (let index = 0; index < 500; index += 1) queue.add(`k${index}`)
    await queue.idle()
    expect(rounds).toHaveLength(501)
    expect(timers.now()).toBe(start)
  })

  it('spreads its retries by chance', async () => {
    begin(fails, { random: () => 0 })
    queue.add('a')
    await timers.advance(30)
    expect(times()).toEqual([0, 2.5, 7.5, 17.5])
  })

  it('also by a throw before its promise', async () => {
    begin(() => {
      throw new Error('at once')
    })
    queue.add('a')
    await timers.advance(5)
    expect(rounds).toHaveLength(2)
  })
})

describe('figures', () => {
  it('say how long each round took and why it failed', async () => {
    const done: unknown[] = []
    begin(
      async (key) => {
        await takes(250)()
        if (key === 'bad') await fails()
      },
      { onDone: (key, seconds, error) => done.push([key, seconds, error instanceof Error ? error.message : error]) },
    )
    queue.add('good')
    queue.add('bad')
    await timers.advance(500)
    expect(done).toEqual([
      ['good', 0.25, undefined],
      ['bad', 0.25, 'no'],
    ])
  })

  it('say how long the longest round of now has been running', async () => {
    begin((key) => takes(key === 'slow' ? 1000 : 100)(), { concurrency: 2 })
    expect(queue.longestRunningMs).toBe(0)
    queue.add('quick')
    queue.add('slow')
    await timers.advance(400)
    expect(queue.longestRunningMs).toBe(400)
    await timers.advance(600)
    expect(queue.longestRunningMs).toBe(0)
  })
})

describe('the end', () => {
  it('lets what runs finish, begins nothing more and leaves no timers', async () => {
    let aborted = false
    begin(async (_key, signal) => {
      await takes(100)()
      aborted = signal.aborted
      return { nextAt: start + 200 }
    })
    queue.add('a')
    queue.add('b')
    queue.addAt('c', start + 50)
    await settled()
    let ended = false
    void queue.close().then(() => {
      ended = true
    })
    queue.add('d')
    await timers.advance(99)
    expect(ended).toBe(false)
    await timers.advance(1)
    expect([ended, aborted]).toEqual([true, false])
    await timers.advance(1000)
    expect(keys()).toEqual(['a'])
    expect(timers.count).toBe(0)
  })

  it('aborts what does not finish in its time', async () => {
    begin(
      (_key, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    )
    queue.add('a')
    await settled()
    let ended = false
    void queue.close(3000).then(() => {
      ended = true
    })
    await timers.advance(2999)
    expect(ended).toBe(false)
    await timers.advance(1)
    expect(ended).toBe(true)
    expect(timers.count).toBe(0)
  })
})
