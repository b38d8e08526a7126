// The desktop fits every size: nothing overlaps, nothing is outside, and everything can be hit where it is drawn.
import { describe, expect, it } from 'vitest'
import { layoutOf, targetAt, type Box } from './layout.ts'
import { breakLines } from './typing.ts'

const overlap = (a: Box, b: Box): boolean => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h

describe.each([
  [1280, 720, 96],
  [640, 480, 96],
  [1920, 1080, 192],
  [3840, 2160, 96],
  [400, 1200, 96],
  [2560, 400, 96],
])('%i×%i at %i dpi', (width, height, dpi) => {
  const layout = layoutOf(width, height, dpi)
  const windows = [layout.notes, layout.sketch, layout.pad, layout.clip, layout.sound]
  it('keeps its windows apart and inside', () => {
    for (const box of windows) {
      expect(box.x).toBeGreaterThanOrEqual(0)
      expect(box.y).toBeGreaterThanOrEqual(layout.bar.h)
      expect((box.x + box.w) * layout.scale).toBeLessThanOrEqual(width)
      expect((box.y + box.h) * layout.scale).toBeLessThanOrEqual(height)
      for (const other of windows) if (other !== box) expect(overlap(box, other)).toBe(false)
    }
  })
  it('can be hit everywhere', () => {
    for (const [target, { x, y, w, h }] of layout.targets) expect(targetAt(layout, x + w / 2, y + h / 2)).toBe(target)
  })
})

it('breaks lines by columns, wide characters counted twice', () => {
  expect(breakLines('abcdef\n\ngh', 4).map(({ text, from }) => [text, from])).toEqual([
    ['abcd', 0],
    ['ef', 4],
    ['', 7],
    ['gh', 8],
  ])
  expect(breakLines('世界x', 4).map(({ text }) => text)).toEqual(['世界', 'x'])
})
