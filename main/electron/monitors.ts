// The monitors as Electron knows them: a window comes back where it was only while that is still on one, and moves to one that its page
// names. Positions are in device-independent pixels, as the page has them.
import type { BrowserWindow, Display } from 'electron'
import type { Bounds } from '../../shared/domain/display-layout.ts'

/** Of a window's top this much must be on a monitor, so that a person can take hold of it, px. */
const HANDLE = { width: 80, height: 24 }

/** Where a window may open: its last place, or nothing when that monitor is gone. */
export function placeOn(
  displays: readonly Pick<Display, 'workArea'>[],
  bounds: Bounds | undefined,
): Bounds | undefined {
  if (bounds === undefined) return undefined
  const { left, top, width } = bounds
  const reachable = displays.some(({ workArea: area }) => {
    const across = Math.min(left + width, area.x + area.width) - Math.max(left, area.x)
    return across >= HANDLE.width && top >= area.y && top + HANDLE.height <= area.y + area.height
  })
  return reachable ? bounds : undefined
}

/**
 * Moves a window to a monitor.
 * @param monitor its place and size as the page says them: `1920,0 2560x1440` @returns whether there is such a one
 */
export function moveTo(
  displays: readonly Pick<Display, 'bounds'>[],
  window: Pick<BrowserWindow, 'getBounds' | 'setBounds'> | null,
  monitor: string,
): boolean {
  const found = displays.find(({ bounds: { x, y, width, height } }) => `${x},${y} ${width}x${height}` === monitor)
  if (found === undefined || window === null) return false
  const { x, y, width, height } = found.bounds
  const size = window.getBounds()
  const [w, h] = [Math.min(size.width, width), Math.min(size.height, height)]
  // its full screen takes the monitor that its middle is on
  window.setBounds({ x: Math.round(x + (width - w) / 2), y: Math.round(y + (height - h) / 2), width: w, height: h })
  return true
}
