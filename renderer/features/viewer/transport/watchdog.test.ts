// The watchdog with a clock of its own.
import { expect, it } from 'vitest'
import { createWatchdog, FULL_RATE_SILENCE_MS, IDLE_SILENCE_MS, UNANSWERED_MS, type IceChecks } from './watchdog.ts'

function run(silenceMs: number, fullRate: boolean) {
  const dog = createWatchdog()
  let now = 0
  for (let bytes = 100; bytes <= 500; bytes += 100, now += 250) dog.sample({ now, bytesReceived: bytes, fullRate })
  const heard = now - 250
  for (; now <= heard + silenceMs; now += 250) if (dog.sample({ now, bytesReceived: 500, fullRate })) return now - heard
  return null
}

it('tells within 2 s that a full stream stopped', () => {
  const after = run(10_000, true)
  expect(after).toBeGreaterThanOrEqual(FULL_RATE_SILENCE_MS)
  expect(after).toBeLessThanOrEqual(2000)
  expect(run(1500, true)).toBeNull()
})

it('is patient where nothing is due', () => {
  expect(run(4000, false)).toBeNull()
  expect(run(10_000, false)).toBeGreaterThanOrEqual(IDLE_SILENCE_MS)
})

it('tells once, and never before the first byte', () => {
  const dog = createWatchdog()
  const told = Array.from({ length: 40 }, (_, index) =>
    dog.sample({ now: index * 250, bytesReceived: 0, fullRate: true }),
  )
  expect(told).not.toContain(true)
  dog.sample({ now: 10_250, bytesReceived: 1, fullRate: true })
  const later = Array.from({ length: 20 }, (_, index) =>
    dog.sample({ now: 10_500 + index * 250, bytesReceived: 1, fullRate: true }),
  )
  expect(later.filter(Boolean)).toHaveLength(1)
})

it('does not take its own sleep for silence', () => {
  const dog = createWatchdog()
  dog.sample({ now: 0, bytesReceived: 10, fullRate: true })
  expect(dog.sample({ now: 60_000, bytesReceived: 10, fullRate: true })).toBe(false)
  expect(dog.sample({ now: 60_250, bytesReceived: 10, fullRate: true })).toBe(false)
})

it('does not take its own starvation for silence: late samples prove less', () => {
  const dog = createWatchdog()
  dog.sample({ now: 0, bytesReceived: 10, fullRate: true })
  const late = [1000, 2000].map((now) => dog.sample({ now, bytesReceived: 10, fullRate: true }))
  expect(late).not.toContain(true)
  expect(dog.sample({ now: 3000, bytesReceived: 10, fullRate: true })).toBe(true)
})

it('takes silence for an end sooner once a sign was asked for, and forgets that with the next byte', () => {
  const watchdog = createWatchdog()
  const sample = (now: number, bytesReceived: number) => watchdog.sample({ now, bytesReceived, fullRate: false })
  let now = 0
  sample(now, 1)
  watchdog.check()
  for (let bytes = 2; bytes <= 4; bytes++) sample((now += 400), bytes)
  for (let i = 0; i < 10; i++) expect(sample((now += 400), 4)).toBe(false)
  sample((now += 400), 5)
  watchdog.check()
  const told = Array.from({ length: 5 }, () => sample((now += 400), 5))
  expect(told).toEqual([false, false, false, true, false])
})

it('does not take what came before the question for its answer', () => {
  const watchdog = createWatchdog()
  const sample = (now: number, bytesReceived: number) => watchdog.sample({ now, bytesReceived, fullRate: true })
  sample(0, 1)
  watchdog.check(500)
  // counted late, and then nothing any more
  sample(150, 2)
  const told = [300, 450, 600, 750].map((now) => sample(now, 2))
  expect(told).toEqual([false, false, false, true])
})

/** A full stream comes in all the time. @param checks of the sample at each of its seconds @returns when it was told, s */
function whileStreaming(checks: (second: number) => IceChecks): number | null {
  const dog = createWatchdog()
  for (let step = 0; step <= 60; step++) {
    const sample = { now: step * 400, bytesReceived: 1000 * (step + 1), fullRate: true }
    if (dog.sample({ ...sample, checks: checks(step * 0.4) })) return step * 0.4
  }
  return null
}

it('tells that nothing arrives there any more, though everything comes in', () => {
  // a check every 0.9 s, none of them answered from the third second on
  const told = whileStreaming((second) => ({
    asked: Math.floor(second / 0.9),
    answered: Math.floor(Math.min(second, 3) / 0.9),
  }))
  expect(told).toBeGreaterThanOrEqual(3 + UNANSWERED_MS / 1000)
  expect(told).toBeLessThan(9.5)
})

it('tells it too where it looks once a second, since pictures that are shown are sign enough between', () => {
  const dog = createWatchdog()
  let told: number | null = null
  for (let step = 0; step <= 60 && told === null; step++) {
    const second = step * 0.4
    if (step % 3 !== 0) dog.heard(second * 1000)
    else {
      const checks = { asked: Math.floor(second / 0.9), answered: Math.floor(Math.min(second, 3) / 0.9) }
      const isDead = dog.sample({ now: second * 1000, bytesReceived: 1000 * (step + 1), fullRate: true, checks })
      if (isDead) told = second
    }
  }
  expect(told).toBeGreaterThanOrEqual(3 + UNANSWERED_MS / 1000)
  expect(told).toBeLessThan(10)
})

it('takes pictures that are shown for a sign, and their end for silence', () => {
  const dog = createWatchdog()
  dog.sample({ now: 0, bytesReceived: 10, fullRate: true })
  for (let now = 400; now <= 8000; now += 400) dog.heard(now)
  const told = [8400, 8800, 9200, 9600].map((now) => dog.sample({ now, bytesReceived: 10, fullRate: true }))
  expect(told).toEqual([false, false, false, true])
})

it('takes lost checks, late answers and a burst of checks for no fault', () => {
  // five of six are lost, as on a very poor way
  expect(
    whileStreaming((second) => ({ asked: Math.floor(second / 0.9), answered: Math.floor(second / 5.4) })),
  ).toBeNull()
  // each is answered 3 s late
  expect(
    whileStreaming((second) => ({ asked: Math.floor(second), answered: Math.max(0, Math.floor(second) - 3) })),
  ).toBeNull()
  // while a pair is chosen many are sent within a moment; then it rests
  expect(whileStreaming((second) => ({ asked: second < 1 ? 1 : 20, answered: second < 3 ? 0 : 1 }))).toBeNull()
})

it('begins anew with another pair, whose checks are counted from the start', () => {
  const told = whileStreaming((second) =>
    second < 10
      ? { asked: 500 + Math.floor(second), answered: 500 + Math.floor(second) }
      : { asked: Math.floor(second) - 9, answered: Math.floor(second) - 9 },
  )
  expect(told).toBeNull()
})
