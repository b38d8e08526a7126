import { describe, expect, it } from 'vitest'
import { displayMode, FIXED_SIZES, layoutsSchema, withLayout, type Layouts } from './display-layout.ts'

describe('a layout', () => {
  it('is changed in its parts', () => {
    const first = withLayout({}, 'a', { primary: { size: '1280x720' }, second: true })
    const next = withLayout(first, 'a', { primary: { scaling: 'actual' }, display2: { size: 'own' } })
    expect(next).toEqual({
      a: { primary: { size: '1280x720', scaling: 'actual' }, display2: { size: 'own' }, second: true },
    })
    expect(layoutsSchema.parse(next)).toEqual(next)
  })
  it('is kept for sixty desktops, those that were changed last', () => {
    let layouts: Layouts = {}
    for (let index = 0; index < 70; index++) layouts = withLayout(layouts, `d${index}`, { second: true })
    layouts = withLayout(layouts, 'd10', { second: false })
    expect(Object.keys(layouts)).toHaveLength(60)
    expect(Object.keys(layouts).at(-1)).toBe('d10')
    expect(layouts).not.toHaveProperty('d9')
  })
  it.each([
    [{ a: { primary: { size: '0x0' } } }],
    [{ a: { primary: { size: '1e3x720' } } }],
    [{ a: { primary: { scaling: 'zoom' } } }],
    [{ a: { side: 'behind' } }],
    [{ a: { display2: { bounds: { left: 0.5, top: 0, width: 1, height: 1 } } } }],
  ])('is none as %j', (value) => {
    expect(layoutsSchema.safeParse(value).success).toBe(false)
  })
})

describe('what counts for a display', () => {
  it('is what is set for all where nothing else is said', () => {
    expect(displayMode(undefined, 'primary', true)).toEqual({ size: 'window', scaling: 'fit', monitor: null })
    expect(displayMode({}, 'display2', false)).toEqual({ size: 'own', scaling: 'fit', monitor: null })
  })
  it('is its own choice otherwise', () => {
    const layout = { primary: { size: '1366x769', scaling: 'stretch' as const, monitor: '0,0 800x600' } }
    expect(displayMode(layout, 'primary', true)).toEqual({
      // servers take even sizes alone
      size: { width: 1366, height: 768 },
      scaling: 'stretch',
      monitor: '0,0 800x600',
    })
    expect(displayMode(layout, 'display2', true).size).toBe('window')
  })
  it('has sizes to be fixed to that are valid', () => {
    for (const size of FIXED_SIZES) expect(layoutsSchema.safeParse({ a: { primary: { size } } }).success).toBe(true)
  })
})
