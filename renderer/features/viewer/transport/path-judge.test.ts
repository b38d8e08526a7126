// When a way is left: tables of seconds.
import { describe, expect, it } from 'vitest'
import {
  isPoor,
  isWorthIt,
  judge,
  LEFT_FOR_MS,
  networkChanged,
  POOR_FOR_MS,
  SETTLE_MS,
  tried,
  UNJUDGED,
  type JudgeState,
  type WaySample,
  type Wish,
} from './path-judge.ts'
import { ICE_PATHS, type IcePath } from './paths.ts'

const all = new Set(ICE_PATHS)

/** Lets seconds pass. @returns the state and the first wish with its time */
function pass(
  from: JudgeState,
  seconds: readonly [start: number, end: number],
  figures: Partial<WaySample> & { readonly way: IcePath },
  usable: ReadonlySet<IcePath> = all,
): readonly [JudgeState, (Wish & { readonly at: number }) | null] {
  let state = from
  for (let now = seconds[0]; now <= seconds[1]; now += 1000) {
    const [next, wish] = judge(state, { rttMs: 20, loss: 0, ...figures, now }, usable)
    state = next
    if (wish !== null) return [state, { ...wish, at: now }]
  }
  return [state, null]
}

describe('a better way', () => {
  it.each([
    ['tunnel', ['direct', 'node', 'relay-udp', 'relay-tcp', 'relay-tls']],
    ['relay-tls', ['direct', 'node', 'relay-udp', 'relay-tcp']],
    ['relay-udp', ['direct', 'node']],
  ] as const)('is looked for from %s', (way, ways) => {
    const [, wish] = pass(UNJUDGED, [0, 60_000], { way })
    expect(wish).toEqual({ at: SETTLE_MS, why: 'better', ways: new Set(ways) })
  })

  it.each(['node', 'direct'] as const)('is not looked for from %s', (way) => {
    expect(pass(UNJUDGED, [0, 600_000], { way })[1]).toBeNull()
  })

  it('is looked for ever more rarely while it does not work, ten minutes apart at most', () => {
    let [state, wish] = pass(UNJUDGED, [0, 60_000], { way: 'tunnel' })
    const gaps: number[] = []
    for (let i = 0; i < 8; i++) {
      const at = wish?.at ?? 0
      ;[state, wish] = pass(tried(state, at), [at, at + 700_000], { way: 'tunnel' })
      gaps.push(((wish?.at ?? 0) - at) / 1000)
    }
    expect(gaps).toEqual([30, 60, 120, 240, 480, 600, 600, 600])
  })

  it('is looked for soon on another network', () => {
    let [state] = pass(UNJUDGED, [0, 60_000], { way: 'tunnel' })
    for (let i = 0; i < 5; i++) state = tried(state, 20_000)
    expect(pass(networkChanged(state, 30_000), [30_000, 60_000], { way: 'tunnel' })[1]?.at).toBe(33_000)
  })
})

describe('a way that degrades', () => {
  const settled = () => pass(UNJUDGED, [0, SETTLE_MS + 5000], { way: 'node' })[0]

  it.each([
    ['loses packets', { loss: 0.08 }],
    ['has become slow', { rttMs: 180 }],
  ])('is left when it %s for long enough', (_, figures) => {
    const [, wish] = pass(settled(), [21_000, 60_000], { way: 'node', ...figures })
    expect(wish).toMatchObject({ why: 'poor', at: 21_000 + POOR_FOR_MS })
    // the desktop's own address is reached by the same road
    expect(wish?.ways).toEqual(new Set(ICE_PATHS.filter((way) => way !== 'node' && way !== 'direct')))
  })

  it('is not gone back to for minutes, although it would be the better one', () => {
    const [poor] = pass(settled(), [21_000, 60_000], { way: 'node', loss: 0.3 })
    const usable = new Set<IcePath>(['direct', 'node', 'tunnel'])
    const [later, none] = pass(poor, [28_000, 28_000 + LEFT_FOR_MS - 1000], { way: 'tunnel' }, usable)
    expect(none).toBeNull()
    const at = 28_000 + LEFT_FOR_MS
    expect(pass(later, [at, at], { way: 'tunnel' }, usable)[1]).toMatchObject({
      why: 'better',
      ways: new Set(['direct', 'node']),
    })
    // on another network all that is forgotten
    const moved = networkChanged(later, at - 60_000)
    expect(pass(moved, [at - 60_000, at], { way: 'tunnel' }, usable)[1]?.at).toBe(at - 57_000)
  })

  it('is left for its sibling where nothing else is there', () => {
    const usable = new Set<IcePath>(['direct', 'node'])
    expect(pass(settled(), [21_000, 60_000], { way: 'node', rttMs: 400 }, usable)[1]?.ways).toEqual(new Set(['direct']))
  })

  it('is kept through bursts, and where nothing else is there', () => {
    let state = settled()
    for (let burst = 0; burst < 10; burst++) {
      const at = 21_000 + burst * 10_000
      const [bad, none] = pass(state, [at, at + POOR_FOR_MS - 1000], { way: 'node', loss: 0.3 })
      expect(none).toBeNull()
      ;[state] = pass(bad, [at + POOR_FOR_MS, at + POOR_FOR_MS], { way: 'node' })
    }
    expect(pass(state, [200_000, 260_000], { way: 'node', loss: 0.3 }, new Set(['node']))[1]).toBeNull()
  })

  it('is poor by loss, or by a round trip that grew', () => {
    const at = (rttMs: number | null, loss = 0) => ({ now: 0, way: 'node' as const, rttMs, loss })
    expect(isPoor(at(119), 20)).toBe(false)
    expect(isPoor(at(121), 20)).toBe(true)
    expect(isPoor(at(290), 100)).toBe(false)
    expect(isPoor(at(301), 100)).toBe(true)
    expect(isPoor(at(null, 0.05), null)).toBe(true)
    expect(isPoor(at(null, 0.04), 1)).toBe(false)
  })
})

it('does nothing for a while after a move', () => {
  const [state] = pass(UNJUDGED, [0, 60_000], { way: 'tunnel' })
  const [, wish] = pass(state, [15_000, 90_000], { way: 'relay-udp' })
  expect(wish?.at).toBe(15_000 + SETTLE_MS)
})

it.each([
  ['better', 20, 0, 30, true],
  ['better', 20, 0, 60, false],
  ['better', 20, 0, null, true],
  ['better', null, 0, 300, true],
  ['poor', 200, 0, 100, true],
  ['poor', 200, 0, 180, false],
  ['poor', 200, 0.1, 300, true],
] as const)('why %s: from %s ms with %s lost to %s ms: %s', (why, rttMs, loss, other, worth) => {
  expect(isWorthIt({ ways: all, why }, { now: 0, way: 'tunnel', rttMs, loss }, other)).toBe(worth)
})
