import { describe, expect, it, vi } from 'vitest'
import { createEdgePan, panSpeed } from './edge-pan.ts'

const STAGE = { width: 800, height: 600 }

it('an edge pulls, the more the nearer, and the middle does not', () => {
  expect(panSpeed({ x: 400, y: 300 }, STAGE)).toEqual({ x: 0, y: 0 })
  const [near, at] = [panSpeed({ x: 785, y: 300 }, STAGE), panSpeed({ x: 800, y: 300 }, STAGE)]
  expect(near.x).toBeGreaterThan(0)
  expect(at.x).toBeGreaterThan(near.x)
  expect(panSpeed({ x: 0, y: 0 }, STAGE)).toEqual({ x: -at.x, y: -at.x })
  // a drag that has left the window pulls no faster
  expect(panSpeed({ x: 5000, y: 300 }, STAGE)).toEqual(at)
})

function harness(room = { x: 200, y: 0 }) {
  const frames: ((now: number) => void)[] = []
  const onPan = vi.fn<() => void>()
  const pan = createEdgePan({ room: () => room, stage: () => STAGE, onPan, nextFrame: (act) => frames.push(act) })
  let now = 0
  const run = (most: number): void => {
    for (let left = most; left > 0 && frames.length > 0; left--) frames.shift()?.((now += 16))
  }
  return { pan, frames, onPan, run }
}

describe('a picture that is larger than its window', () => {
  it('moves while the mouse is at its edge, as far as there is more, and then rests', () => {
    const { pan, frames, onPan, run } = harness()
    pan.pointer({ x: 799, y: 300 })
    pan.pointer({ x: 800, y: 300 })
    expect(frames).toHaveLength(1)
    run(1000)
    expect(pan.offset).toEqual({ x: 200, y: 0 })
    expect(frames).toEqual([])
    expect(onPan.mock.calls.length).toBeGreaterThan(3)
    pan.pointer({ x: 1, y: 300 })
    run(1000)
    expect(pan.offset).toEqual({ x: 0, y: 0 })
  })
  it('goes on after frames of one time, as busy browsers have them', () => {
    const { pan, frames, onPan } = harness()
    pan.pointer({ x: 800, y: 300 })
    for (const now of [16, 16, 16, 32]) frames.shift()?.(now)
    expect(onPan).toHaveBeenCalledTimes(1)
    expect(pan.offset.x).toBeGreaterThan(0)
  })
  it('stays where it is once the mouse is in the middle or has left', () => {
    const { pan, frames, run } = harness()
    pan.pointer({ x: 800, y: 300 })
    run(3)
    const { x } = pan.offset
    expect(x).toBeGreaterThan(0)
    pan.pointer({ x: 400, y: 300 })
    run(10)
    expect(frames).toEqual([])
    expect(pan.offset.x).toBe(x)
    pan.pointer({ x: 800, y: 300 })
    pan.pointer(null)
    run(10)
    expect(frames).toEqual([])
  })
  it('takes no frame where it fits, and is never further than its room', () => {
    const room = { x: 0, y: 0 }
    const { pan, frames } = harness(room)
    pan.pointer({ x: 800, y: 600 })
    expect(frames).toEqual([])
    const other = { x: 300, y: 0 }
    const wide = harness(other)
    wide.pan.pointer({ x: 800, y: 300 })
    wide.run(1000)
    other.x = 40
    expect(wide.pan.offset).toEqual({ x: 40, y: 0 })
  })
})
