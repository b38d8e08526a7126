// The budget that a cluster's reflectors share, on a clock of the test's own.
import { beforeEach, describe, expect, it } from 'vitest'
import { createRetryBudget, type RetryBudget } from './retry-budget.ts'
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
