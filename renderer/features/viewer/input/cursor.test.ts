// Cursors: scaled, hidden, refused.
import { expect, it } from 'vitest'
import { cursorCss } from './cursor.ts'

const cursor = { png: 'iVBORw0KGgo=', width: 24, height: 24, hotX: 4, hotY: 30, handle: 7 }

it('scales with the picture and keeps the hot spot inside', () => {
  expect(cursorCss(cursor, 1)).toBe('image-set(url("data:image/png;base64,iVBORw0KGgo=") 1x) 4 23, default')
  expect(cursorCss(cursor, 0.5)).toContain('2x) 2 12')
})

it.each([
  [1.25, 0.8, '1.25x) 3 18'],
  [1.5, 2 / 3, '1.5x) 3 15'],
  [1.75, 4 / 7, '1.75x) 2 13'],
] as const)('at scale %d a pixel of the desktop is one of the screen', (_ratio, scale, wanted) => {
  expect(cursorCss(cursor, scale)).toContain(wanted)
})

it('is the arrow for an empty picture that is not a hidden one', () => {
  expect(cursorCss({ ...cursor, png: '', handle: 9 }, 1)).toBe('default')
})

it('hides and refuses', () => {
  expect(cursorCss({ ...cursor, png: '', handle: 0 }, 1)).toBe('none')
  expect(cursorCss({ ...cursor, png: '") url(http://x' }, 1)).toBe('default')
  expect(cursorCss({ ...cursor, width: 400 }, 1)).toBe('default')
})
