// The budget that a cluster's reflectors share, on a clock of the test's own.
import { beforeEach, describe, expect, it } from 'vitest'
import { createComeback } from './comeback.ts'
import { createRetryBudget, REAL_TIMERS, type RetryBudget, type Turn } from './retry-budget.ts'
import { createFakeTimers, type FakeTimers } from './testing/fake-timers.ts'

let timers: FakeTimers
let budget: RetryBudget
let asked: number[]
let isDown: boolean
const never = new AbortController().signal

beforeEach(() => {
  timers = createFakeTimers()
  budget = createRetryBudget(timers, () => 0.5)
  asked = []
  isDown = false
})

/** A reflector in short: asks until it is answered, then once more whenever it is told to. */
async function reflector(): Promise<void> {
  for (;;) {
    const turn = await budget.turn(never)
    asked.push(timers.now())
    await new Promise<void>((resolve) => timers.after(10, resolve))
    if (!isDown) return turn.succeeded()
    turn.failed()
  }
}
/** The cluster has answered once: from now on it counts as healthy. */
async function isHealthy(): Promise<void> {
  const turn = await budget.turn(never)
  turn.succeeded()
}
const countBetween = (from: number, to: number): number => asked.filter((at) => at >= from && at < to).length

describe('a healthy cluster', () => {
  it('lets all go, after the first answer', async () => {
    const all = Array.from({ length: 16 }, () => reflector())
    await timers.advance(60)
    await Promise.all(all)
    expect(asked).toHaveLength(16)
  })
})

describe('a fault', () => {
  it('takes at most 10 requests in its first 10 s and 4 a minute after', async () => {
    await isHealthy()
    isDown = true
    budget.broke()
    asked = []
    const start = timers.now()
    for (let index = 0; index < 9; index += 1) {
      void reflector()
      budget.broke()
    }
    await timers.advance(10 * 60_000)
    expect(countBetween(start, start + 10_000)).toBeLessThanOrEqual(10)
    expect(countBetween(start, start + 10_000)).toBeGreaterThan(2)
    for (let minute = 0; minute < 9; minute += 1) {
      const from = start + 10_000 + minute * 60_000
      expect(countBetween(from, from + 60_000)).toBeLessThanOrEqual(4)
      expect(countBetween(from, from + 60_000)).toBeGreaterThan(0)
    }
  })

  it('takes no more when all ask at the start of a cluster that is down', async () => {
    isDown = true
    const start = timers.now()
    for (let index = 0; index < 9; index += 1) void reflector()
    await timers.advance(70_000)
    expect(countBetween(start, start + 10_000)).toBeLessThanOrEqual(10)
    expect(countBetween(start + 10_000, start + 70_000)).toBeLessThanOrEqual(4)
  })

  it('lets all go once one probe is answered', async () => {
    await isHealthy()
    isDown = true
    budget.broke()
    const all = Array.from({ length: 7 }, () => reflector())
    await timers.advance(300)
    isDown = false
    await timers.advance(2000)
    await Promise.all(all)
    expect(asked.length).toBeLessThanOrEqual(10)
  })

  it('keeps the limit while every second request fails', async () => {
    await isHealthy()
    const start = timers.now()
    asked = []
    let count = 0
    const flapping = async (): Promise<void> => {
      for (;;) {
        const turn = await budget.turn(never)
        asked.push(timers.now())
        await new Promise<void>((resolve) => timers.after(10, resolve))
        count += 1
        if (count % 2 === 0) turn.succeeded()
        else turn.failed()
      }
    }
    budget.broke()
    for (let index = 0; index < 7; index += 1) void flapping()
    await timers.advance(10_000)
    expect(countBetween(start, start + 10_000)).toBeLessThanOrEqual(10)
  })

  it('waits as long as the server asks', async () => {
    const turn = await budget.turn(never)
    turn.failed(5000)
    const again = reflector()
    await timers.advance(4900)
    expect(asked).toHaveLength(0)
    await timers.advance(200)
    await again
    expect(asked).toHaveLength(1)
  })

  it('probes at once when the network came back', async () => {
    isDown = true
    void reflector()
    await timers.advance(40_000)
    const before = asked.length
    budget.retryNow()
    await timers.advance(1)
    expect(asked.length).toBe(before + 1)
  })
})

it('asks one thing first when all streams end together, and waits when there is no answer', async () => {
  const all = Array.from({ length: 17 }, () => reflector())
  await timers.advance(100)
  await Promise.all(all)
  isDown = true
  asked = []
  for (let index = 0; index < 17; index += 1) {
    budget.ended()
    void reflector()
  }
  await timers.advance(150)
  expect(asked.length).toBeLessThanOrEqual(2)
  await timers.advance(9850)
  expect(asked.length).toBeLessThanOrEqual(10)
})

it('begins a stream that ended alone at once', async () => {
  await isHealthy()
  budget.ended()
  void reflector()
  await timers.advance(0)
  expect(asked).toHaveLength(1)
})

describe('a server that takes no connections', () => {
  let listens: boolean
  beforeEach(async () => {
    listens = false
    budget = createRetryBudget(timers, () => 0.5, { knock: () => Promise.resolve(listens) })
    await isHealthy()
    isDown = true
    budget.broke()
  })
  const away = async (ms: number, count = 9): Promise<void[]> => {
    const all = Promise.all(Array.from({ length: count }, () => reflector()))
    await timers.advance(ms)
    asked = []
    return all
  }

  it.each([4000, 24_000, 600_000])('is asked within 2 s of when it takes them again, after %i ms', async (ms) => {
    const all = away(ms)
    await timers.advance(ms)
    asked = []
    const backAt = timers.now()
    listens = true
    isDown = false
    await timers.advance(2000)
    expect(asked[0]).toBeLessThanOrEqual(backAt + 2000)
    // of a fault that is younger than 10 s only 10 requests are left
    await timers.advance(ms < 10_000 ? 6000 : 1000)
    await all
  })

  it('is asked quickly while it is still starting, and all go at the first answer', async () => {
    const all = away(60_000)
    await timers.advance(60_000)
    asked = []
    listens = true
    await timers.advance(4000)
    isDown = false
    await timers.advance(4000)
    await all
    expect(asked.length).toBeLessThanOrEqual(9 + 6)
  })

  it('gets no more than 10 requests in 10 s and 4 a minute after when it fails as before', async () => {
    void away(60_000)
    await timers.advance(60_000)
    asked = []
    const backAt = timers.now()
    listens = true
    await timers.advance(190_000)
    expect(countBetween(backAt, backAt + 12_000)).toBeLessThanOrEqual(10)
    for (const from of [12_000, 72_000, 132_000])
      expect(countBetween(backAt + from, backAt + from + 60_000)).toBeLessThanOrEqual(4)
  })

  it.each([1000, 30_000])('is read anew by all at once after %i ms, although parts come late', async (ms) => {
    const KINDS = 17
    let failures = 4
    const kind = async (): Promise<void> => {
      // a list and a watch
      for (let left = 2; left > 0;) {
        const turn = await budget.turn(never)
        asked.push(timers.now())
        await new Promise<void>((resolve) => timers.after(10, resolve))
        if (isDown) turn.unreached()
        else if (asked.length % 3 === 0 && failures > 0) {
          failures -= 1
          turn.failed(1000)
        } else {
          left -= 1
          turn.succeeded()
        }
      }
    }
    const kinds = Promise.all(Array.from({ length: KINDS }, kind))
    await timers.advance(ms)
    asked = []
    const backAt = timers.now()
    listens = true
    isDown = false
    await timers.advance(6000)
    await kinds
    expect(failures).toBe(0)
    expect(asked).toHaveLength(2 * KINDS + 4)
    expect((asked.at(-1) ?? 0) - backAt).toBeLessThanOrEqual(5500)
  })

  it.each([4000, 60_000])('is asked although requests of before still hang, after %i ms', async (ms) => {
    const hung: Turn[] = []
    // a probe, whose connection never tells that it is dead
    void budget.turn(never).then((turn) => hung.push(turn))
    const all = away(ms)
    await timers.advance(ms)
    expect(hung).toHaveLength(1)
    asked = []
    const backAt = timers.now()
    listens = true
    isDown = false
    await timers.advance(3000)
    await all
    expect((asked[0] ?? Infinity) - backAt).toBeLessThanOrEqual(1500)
    // what it learns in the end is of a server that is gone: nobody waits for anything because of it
    hung[0]?.unreached()
    asked = []
    void reflector()
    await timers.advance(0)
    expect(asked).toHaveLength(1)
  })

  it('is asked quickly from when it opens, although that is late in the first part of the fault', async () => {
    const all = away(2000)
    await timers.advance(2000)
    listens = true
    await timers.advance(9000)
    // listening, it answered nothing yet: 11 s after the fault began it does
    isDown = false
    const readyAt = timers.now()
    await timers.advance(2500)
    await all
    expect((asked.at(-1) ?? Infinity) - readyAt).toBeLessThanOrEqual(2500)
  })

  it('gets no more when it listens and falls again every few seconds', async () => {
    void away(0)
    for (let second = 0; second < 600; second += 3) {
      listens = second % 2 === 0
      await timers.advance(3000)
    }
    expect(asked.length).toBeLessThanOrEqual(10 * 14)
  })
})

it('lets a probe wait for its answer only so long, and longer each time', async () => {
  await isHealthy()
  const limits: (number | undefined)[] = [(await budget.turn(never)).answerWithinMs]
  budget = createRetryBudget(timers, () => 0.5)
  budget.broke()
  for (let count = 0; count < 4; count += 1) {
    const next = budget.turn(never)
    await timers.advance(20_000)
    const turn = await next
    limits.push(turn.answerWithinMs)
    turn.failed()
  }
  expect(limits).toEqual([undefined, 5000, 10_000, 20_000, undefined])
})

it('takes versions that are too old after an outage for the way back, and twice for a fault', async () => {
  await isHealthy()
  isDown = true
  budget.broke()
  void reflector()
  await timers.advance(20_000)
  isDown = false
  await timers.advance(20_000)
  budget.expired(false)
  asked = []
  void reflector()
  await timers.advance(1)
  expect(asked).toHaveLength(1)
  await timers.advance(20)
  budget.expired(true)
  void reflector()
  await timers.advance(1)
  expect(asked).toHaveLength(1)
})

it('gives refused requests one turn in 15 s, for all together', async () => {
  const start = timers.now()
  for (let index = 0; index < 8; index += 1) {
    void budget.slowTurn(never).then((turn) => {
      asked.push(timers.now())
      turn.succeeded()
    })
  }
  await timers.advance(60_000)
  expect(countBetween(start, start + 60_000)).toBeLessThanOrEqual(5)
  await timers.advance(60_000)
  expect(asked).toHaveLength(8)
})

it('leaves nothing behind when a wait is ended', async () => {
  budget.broke()
  const abort = new AbortController()
  const waiting = budget.turn(abort.signal)
  abort.abort()
  await expect(waiting).rejects.toMatchObject({ code: 'cancelled' })
  await timers.advance(1000)
  void reflector()
  await timers.advance(1)
  expect(asked).toHaveLength(1)
})

describe('refusals', () => {
  it('are doubted for 10 s after a request without any answer, and no longer for being repeated', async () => {
    await isHealthy()
    expect(budget.doubtMs).toBe(0)
    budget.broke()
    expect(budget.doubtMs).toBe(0)
    const failing = budget.turn(never)
    await timers.advance(300)
    const turn = await failing
    turn.unreached()
    expect(budget.doubtMs).toBe(10_000)
    const refused = budget.turn(never)
    await timers.advance(4000)
    const again = await refused
    again.failed()
    expect(budget.doubtMs).toBe(6000)
    await timers.advance(6000)
    expect(budget.doubtMs).toBe(0)
  })

  it('are doubted from when the door was seen to open', async () => {
    let listens = false
    const comeback = createComeback(timers)
    budget = createRetryBudget(timers, () => 0.5, { knock: () => Promise.resolve(listens), comeback })
    isDown = true
    void reflector()
    await timers.advance(60_000)
    expect(comeback.doubtMs).toBe(0)
    listens = true
    await timers.advance(1500)
    expect(comeback.doubtMs).toBeGreaterThan(8000)
  })

  it('are taken at their word when a watch breaks that had been accepted', async () => {
    const turn = await budget.turn(never)
    turn.succeeded()
    turn.unreached()
    expect(budget.doubtMs).toBe(0)
  })
})

it('asks nothing of a server whose door is shut but what a long fault allows', async () => {
  await isHealthy()
  budget = createRetryBudget(timers, () => 0.5, { knock: () => Promise.resolve(false) })
  isDown = true
  for (let index = 0; index < 9; index += 1) void reflector()
  await timers.advance(70_000)
  expect(asked.length).toBeLessThanOrEqual(2 + 4)
})

it('calls at once for a moment that is over, without a word from Node', async () => {
  const warned: Error[] = []
  const onWarning = (warning: Error): void => void warned.push(warning)
  process.on('warning', onWarning)
  try {
    await new Promise<void>((resolve) => void REAL_TIMERS.after(-5, resolve))
    await new Promise((resolve) => setImmediate(resolve))
    expect(warned).toEqual([])
  } finally {
    process.off('warning', onWarning)
  }
})
