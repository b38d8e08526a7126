// The pilot over traces, a sample a second: when it steps, when it does not, and what it says.
import { describe, expect, it } from 'vitest'
import { createPilot, type Course, type Wish } from './pilot.ts'
import type { Signs } from './signs.ts'

const calm: Signs = {
  fps: 60,
  packets: 900,
  loss: 0,
  rttMs: 20,
  decodeMs: 3,
  dropped: 0,
  encodeMs: 4,
  encodedFps: 60,
  heldKbps: null,
  poor: false,
}
const wish: Wish = {
  frameRate: 60,
  bitrateKbps: 12_000,
  least: { frameRate: 8, bitrateKbps: 100 },
  steered: false,
  automatic: true,
}
type Stretch = readonly [seconds: number, signs: Partial<Signs>]

/** Flies over a trace. @returns the course of every second */
function fly(trace: readonly Stretch[], wanted: Wish = wish): readonly Course[] {
  const pilot = createPilot()
  let second = 0
  return trace.flatMap(([seconds, signs]) =>
    Array.from({ length: seconds }, () => pilot.take({ ...calm, ...signs }, wanted, ++second * 1000)),
  )
}
const steps = (courses: readonly Course[]): readonly number[] =>
  courses.map(({ step }) => step).filter((step, index, all) => index === 0 || step !== all[index - 1])

describe('without steering by the desktop', () => {
  it('steps down on loss, says so once, and comes back when it is clean', () => {
    const courses = fly([
      [20, {}],
      [9, { loss: 0.08 }],
      [40, {}],
    ])
    expect(steps(courses)).toEqual([0, 1, 2, 1, 0])
    expect(courses[22]).toMatchObject({ frameRate: 45, bitrateKbps: 8400, poor: 'loss', because: 'loss' })
    expect(courses[28]).toMatchObject({ frameRate: 30, bitrateKbps: 6000 })
    // the word goes after five seconds, the quality after ten clean ones a step
    expect(courses.slice(29).findIndex(({ poor }) => poor === null)).toBe(4)
    expect(courses.slice(29).findIndex(({ step }) => step === 1)).toBe(9)
    expect(courses.at(-1)).toEqual({ frameRate: 60, bitrateKbps: 12_000, step: 0, poor: null, because: null })
  })

  it.each<[string, Stretch[]]>([
    [
      'a single burst',
      [
        [10, {}],
        [2, { loss: 0.3 }],
        [10, {}],
      ],
    ],
    ['a little loss that repair hides', [[60, { loss: 0.02 }]]],
    ['loss of the few packets of a still screen', [[60, { packets: 6, loss: 0.5, fps: 1 }]]],
    ['a long path', [[60, { rttMs: 280 }]]],
    ['a decoder that works at several pictures at once', [[60, { decodeMs: 40 }]]],
    ['an encoder that does', [[60, { encodeMs: 40 }]]],
    [
      'a path that jitters',
      Array.from({ length: 60 }, (_, index): Stretch => [1, { rttMs: 25 + ((index * 37) % 50) }]),
    ],
    ['a desktop that sends little because little happens', [[60, { fps: 2, encodedFps: 2 }]]],
    ['a screen without a picture', [[60, { fps: 0, packets: 0, decodeMs: 0, encodeMs: null, encodedFps: null }]]],
  ])('does nothing about %s', (_, trace) => {
    const courses = fly(trace)
    expect(steps(courses)).toEqual([0])
    expect(courses.some(({ poor }) => poor !== null)).toBe(false)
  })

  it.each<[NonNullable<Course['poor']>, Partial<Signs>]>([
    ['delay', { rttMs: 400 }],
    ['loss', { loss: 0.2 }],
    ['frames', { poor: true }],
    ['computer', { decodeMs: 20, fps: 47 }],
    ['computer', { dropped: 0.3, fps: 30 }],
    ['desktop', { encodeMs: 22, encodedFps: 42, fps: 42 }],
  ])('names the reason: %s', (reason, signs) => {
    const courses = fly([
      [10, {}],
      [4, signs],
    ])
    expect(courses.at(-1)).toMatchObject({ step: 1, poor: reason, because: reason })
    // coarser pictures help neither
    const machine = reason === 'computer' || reason === 'desktop'
    expect(courses.at(-1)?.bitrateKbps).toBe(machine ? 12_000 : 8400)
  })

  it('waits between steps, and stops where a picture would not move any more', () => {
    const courses = fly([
      [5, {}],
      [120, { loss: 0.2 }],
    ])
    expect(steps(courses)).toEqual([0, 1, 2, 3, 4])
    expect(courses.at(-1)).toMatchObject({ frameRate: 15, bitrateKbps: 3000 })
    const at = [1, 2, 3, 4].map((step) => courses.findIndex((course) => course.step === step))
    for (const [index, second] of at.slice(1).entries()) expect(second - (at[index] ?? 0)).toBeGreaterThanOrEqual(4)
  })

  it('tries a step that proved wrong later each time', () => {
    // the path carries 45 pictures and no more
    const pilot = createPilot()
    const ups: number[] = []
    let before = 0
    let frameRate = 60
    for (let second = 1; second <= 400; second++) {
      const course = pilot.take({ ...calm, loss: frameRate > 45 ? 0.06 : 0 }, wish, second * 1000)
      if (course.step < before) ups.push(second)
      before = course.step
      frameRate = course.frameRate
    }
    const waits = ups.slice(1).map((second, index) => second - (ups[index] ?? 0))
    expect(waits.length).toBeGreaterThan(2)
    expect(waits.slice(0, 3)).toEqual([...waits.slice(0, 3)].toSorted((a, b) => a - b))
    expect(waits[2] ?? 0).toBeGreaterThan(2 * (waits[0] ?? 0))
  })

  it('fits what it asks for to a computer that decodes slowly, and does not swing', () => {
    const pilot = createPilot()
    let frameRate = 60
    const seen = new Set<number>()
    for (let second = 1; second <= 300; second++) {
      // 24 ms a picture: 41 a second at most
      const course = pilot.take({ ...calm, decodeMs: 24, fps: Math.min(frameRate, 41) }, wish, second * 1000)
      frameRate = course.frameRate
      if (second > 30) seen.add(frameRate)
    }
    expect([...seen]).toEqual([30])
  })
})

describe('where the desktop steers its bitrate', () => {
  const steered = { ...wish, steered: true }

  it('leaves the bitrate to it', () => {
    const courses = fly(
      [
        [10, { heldKbps: 12_000 }],
        [30, { heldKbps: 9000, loss: 0.15 }],
      ],
      steered,
    )
    expect(courses.at(-1)?.step).toBeGreaterThan(0)
    expect(courses.every(({ bitrateKbps }) => bitrateKbps === 12_000)).toBe(true)
  })

  it('takes fewer pictures when each has too few bits, as many as have enough, and all of them again', () => {
    const courses = fly(
      [
        [10, { heldKbps: 12_000 }],
        [60, { heldKbps: 3600 }],
        [60, { heldKbps: 12_000 }],
      ],
      steered,
    )
    expect(courses[69]).toMatchObject({ frameRate: 30, poor: null, because: 'bandwidth' })
    expect(courses.slice(10, 70).some(({ poor }) => poor === 'bandwidth')).toBe(true)
    expect(courses.at(-1)).toMatchObject({ frameRate: 60, step: 0, because: null })
  })

  it('does nothing while it only corrects a little', () => {
    expect(steps(fly([[60, { heldKbps: 8000 }]], steered))).toEqual([0])
  })
})

it('only says what is poor where automatic is off, and takes back what it did', () => {
  const pilot = createPilot()
  for (let second = 1; second <= 20; second++) pilot.take({ ...calm, loss: 0.2 }, wish, second * 1000)
  expect(pilot.course(wish).step).toBeGreaterThan(0)
  const manual = { ...wish, automatic: false }
  expect(pilot.course(manual)).toEqual({ frameRate: 60, bitrateKbps: 12_000, step: 0, poor: 'loss', because: null })
  expect(pilot.take({ ...calm, loss: 0.2 }, manual, 21_000)).toMatchObject({ step: 0, poor: 'loss' })
})

it('asks for no less than the desktop takes, and for no more than was wished', () => {
  const tight = { ...wish, frameRate: 12, bitrateKbps: 700, least: { frameRate: 11, bitrateKbps: 600 } }
  const last = fly([[60, { loss: 0.2 }]], tight).at(-1)
  expect(last).toMatchObject({ frameRate: 11, bitrateKbps: 600 })
  const slow = { ...wish, frameRate: 8, bitrateKbps: 200 }
  expect(fly([[60, { loss: 0.2 }]], slow).at(-1)).toMatchObject({ frameRate: 8, bitrateKbps: 200 })
})

it('begins anew with another connection', () => {
  const pilot = createPilot()
  for (let second = 1; second <= 20; second++) pilot.take({ ...calm, loss: 0.2 }, wish, second * 1000)
  pilot.reset()
  expect(pilot.course(wish)).toEqual({ frameRate: 60, bitrateKbps: 12_000, step: 0, poor: null, because: null })
})
