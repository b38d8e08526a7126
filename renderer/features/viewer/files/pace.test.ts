// The rate of files: a bucket that owes, and a pace that gives way to the picture.
import { describe, expect, it } from 'vitest'
import { BREATH_MS, createTokenBucket } from './token-bucket.ts'
import { FIRST_PACE, LEAST, MOST, nextPace, rateOf, sliceBytes, type Pace } from './transfer-pace.ts'

describe('the bucket', () => {
  /** Sends pieces one behind the other. @returns bytes per second over the whole time */
  function run(rate: number, pieces: readonly number[]): number {
    const bucket = createTokenBucket(rate, 0)
    let now = 0
    for (const piece of pieces) now += bucket.take(piece, now)
    const sum = pieces.slice(0, -1).reduce((all, piece) => all + piece, 0)
    return (sum / now) * 1000
  }

  it.each([
    ['small pieces', Array.from({ length: 200 }, () => 1000)],
    ['large ones', Array.from({ length: 20 }, () => 1_000_000)],
    ['of all sizes', Array.from({ length: 60 }, (_, at) => 1 + ((at * 7919) % 300_000))],
  ])('keeps the rate with %s', (_, pieces) => expect(run(100_000, pieces)).toBeCloseTo(100_000, -3))

  it('a pause earns one breath, a clock that goes back nothing', () => {
    const bucket = createTokenBucket(1000, 0)
    expect(bucket.take(1, 1_000_000)).toBe(0)
    // 200 bytes of a breath, one of them gone
    expect(bucket.take((1000 * BREATH_MS) / 1000 - 1, 1_000_000)).toBe(0)
    expect(bucket.take(500, 1_000_000)).toBe(0)
    expect(bucket.take(1, 999_000)).toBe(500)
  })

  it('takes a new rate at once', () => {
    const bucket = createTokenBucket(Infinity, 0)
    expect(bucket.take(1e9, 0)).toBe(0)
    bucket.setRate(1000, 0)
    expect(bucket.take(1000, 0)).toBe(0)
    expect(bucket.take(1, 0)).toBe(1000)
    bucket.setRate(2000, 0)
    expect(bucket.take(1, 0)).toBeCloseTo(500, 0)
    bucket.setRate(Infinity, 0)
    expect(bucket.take(1e9, 0)).toBe(0)
  })
})

describe('the pace', () => {
  const after = (pace: Pace, seconds: number, link: { rttMs: number | null; loss: number }): Pace =>
    Array.from({ length: seconds }).reduce<Pace>((now) => nextPace(now, link), pace)

  it('grows to its bound while all is well, and falls to its floor while nothing is', () => {
    expect(after(FIRST_PACE, 60, { rttMs: 5, loss: 0 }).bytesPerSecond).toBe(MOST)
    expect(after(FIRST_PACE, 60, { rttMs: 5, loss: 0.1 }).bytesPerSecond).toBe(LEAST)
  })

  it('is halved by two seconds of loss or of a round trip that grew, and not by one that is long', () => {
    const calm = after(FIRST_PACE, 5, { rttMs: 10, loss: 0 })
    for (const bad of [
      { rttMs: 10, loss: 0.03 },
      { rttMs: 70, loss: 0 },
    ]) {
      expect(after(calm, 1, bad).bytesPerSecond).toBe(calm.bytesPerSecond)
      expect(after(calm, 2, bad).bytesPerSecond).toBe(calm.bytesPerSecond / 2)
    }
    const far = after(FIRST_PACE, 5, { rttMs: 180, loss: 0 })
    expect(nextPace(far, { rttMs: 190, loss: 0 }).bytesPerSecond).toBeGreaterThan(far.bytesPerSecond)
  })

  it('learns a new path', () => {
    let pace = after(FIRST_PACE, 5, { rttMs: 2, loss: 0 })
    for (let second = 0; second < 300; second++) pace = nextPace(pace, { rttMs: 40, loss: 0 })
    expect(pace.bytesPerSecond).toBeGreaterThan(FIRST_PACE.bytesPerSecond)
  })

  it('is careful where it sees nothing', () =>
    expect(after(FIRST_PACE, 60, { rttMs: null, loss: 0 }).bytesPerSecond).toBe(MOST / 10))

  it('obeys a limit of one’s own, and cuts pieces to it', () => {
    expect(rateOf(FIRST_PACE, 0)).toBe(FIRST_PACE.bytesPerSecond)
    expect(rateOf(FIRST_PACE, 8)).toBe(1_000_000)
    expect(rateOf(FIRST_PACE, 1000)).toBe(FIRST_PACE.bytesPerSecond)
    expect([sliceBytes(1), sliceBytes(1e6), sliceBytes(1e9), sliceBytes(Infinity)]).toEqual([
      131_072, 500_000, 4_194_304, 4_194_304,
    ])
  })
})
