// What specs of the pointer do: read which pointer messages a page sent, and touch it as fingers do.
import type { CDPSession, Page } from '@playwright/test'
import type { Point } from './desktop.ts'
import { sentTexts } from './viewer.ts'

/** Pointer messages that a page sent since a number of them, without their own numbers; `watchSent` has to be called before it loads. */
export async function sentPointer(page: Page, since = 0): Promise<readonly string[]> {
  const all = await sentTexts(page, /^(?:m2?|p),/)
  return all.slice(since).map((text) => text.split(',').slice(0, 5).join(','))
}
/** How far the messages since a number of them moved the desktop's pointer. */
export async function sentMotion(page: Page, since: number): Promise<Point> {
  const moved = (await sentPointer(page, since)).filter((text) => text.startsWith('m2,'))
  return moved.reduce(
    (sum, text) => {
      const [, x = '0', y = '0'] = text.split(',')
      return { x: sum.x + Number(x), y: sum.y + Number(y) }
    },
    { x: 0, y: 0 },
  )
}

/**
 * Plays the browser's part of pointer lock: a headless Chromium warps its pointer to a corner for every move under a real one, which
 * takes seconds and says movement that nobody made. Movement stays the browser's own. To be called before pages load.
 */
export async function playPointerLock(target: { addInitScript: Page['addInitScript'] }): Promise<void> {
  await target.addInitScript(() => {
    let locked: Element | null = null
    const change = (to: Element | null) => {
      locked = to
      document.dispatchEvent(new Event('pointerlockchange'))
    }
    Object.defineProperty(Document.prototype, 'pointerLockElement', { get: () => locked })
    Element.prototype.requestPointerLock = function (this: Element, options?: PointerLockOptions) {
      if (options?.unadjustedMovement === true)
        return Promise.reject(new DOMException('none here', 'NotSupportedError'))
      change(this)
      return Promise.resolve()
    }
    Document.prototype.exitPointerLock = () => locked !== null && change(null)
  })
}

/** Puts fingers on the page, moves them by steps, and lifts them. */
export async function fingers(
  page: Page,
  from: readonly Point[],
  by: Point = { x: 0, y: 0 },
  steps = 4,
): Promise<void> {
  const devtools: CDPSession = await page.context().newCDPSession(page)
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', points: readonly Point[]) =>
    devtools.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: points.map(({ x, y }, id) => ({ x, y, id })),
    })
  // one after the other, as they come down
  for (let count = 1; count <= from.length; count++) await touch('touchStart', from.slice(0, count))
  if (by.x !== 0 || by.y !== 0)
    for (let step = 1; step <= steps; step++)
      await touch(
        'touchMove',
        from.map(({ x, y }) => ({ x: x + (by.x * step) / steps, y: y + (by.y * step) / steps })),
      )
  await touch('touchEnd', [])
  await devtools.detach()
}
