import { describe, expect, it, vi } from 'vitest'
import { moveTo, placeOn } from './monitors.ts'

const LEFT = { x: 0, y: 0, width: 1920, height: 1080 }
const RIGHT = { x: 1920, y: 0, width: 2560, height: 1440 }
const displays = [LEFT, RIGHT].map((bounds) => ({ bounds, workArea: { ...bounds, y: 30, height: bounds.height - 30 } }))

describe('a window', () => {
  it.each([
    ['on the first', { left: 10, top: 40, width: 800, height: 600 }, true],
    ['across both', { left: 1800, top: 40, width: 800, height: 600 }, true],
    ['mostly off to the left', { left: -740, top: 40, width: 800, height: 600 }, false],
    ['with its title above the screen', { left: 10, top: 0, width: 800, height: 600 }, false],
    ['on a monitor that is gone', { left: 5000, top: 40, width: 800, height: 600 }, false],
  ])('opens where it was %s: %j, %s', (_where, bounds, there) => {
    expect(placeOn(displays, bounds)).toEqual(there ? bounds : undefined)
  })
  it('opens anywhere when it was nowhere', () => {
    expect(placeOn(displays, undefined)).toBeUndefined()
  })
  it('moves to the middle of the monitor that its page names, no larger than that', () => {
    const setBounds = vi.fn<(bounds: unknown) => void>()
    const window = { getBounds: () => ({ x: 0, y: 0, width: 3000, height: 700 }), setBounds }
    expect(moveTo(displays, window, '1920,0 2560x1440')).toBe(true)
    expect(setBounds).toHaveBeenCalledExactlyOnceWith({ x: 1920, y: 370, width: 2560, height: 700 })
  })
  it('stays where it is for one that is not there', () => {
    const setBounds = vi.fn<(bounds: unknown) => void>()
    const window = { getBounds: () => LEFT, setBounds }
    expect(moveTo(displays, window, '1,1 1x1')).toBe(false)
    expect(moveTo(displays, null, '0,0 1920x1080')).toBe(false)
    expect(setBounds).not.toHaveBeenCalled()
  })
})
