// When a viewer shows frames again after a loss, seen in its page: the frame callback of the first video frame after the loss was noticed.
import type { Page } from '@playwright/test'

declare global {
  interface Window {
    /** Epoch ms of the frame that ended each loss, the newest last. */
    benchShown?: number[]
  }
}

/** Watches the viewer from now on; the picture must be there. */
export async function watchShown(page: Page): Promise<void> {
  await page.evaluate(() => {
    const shown: number[] = []
    window.benchShown = shown
    const viewer = document.querySelector('[data-viewer]')
    const video = document.querySelector('video')
    if (viewer === null || video === null) throw new Error('no viewer')
    const isConnected = (): boolean => viewer.getAttribute('data-state') === 'connected'
    let lost = false
    let framed = 0
    let before: MediaProvider | null = null
    const tell = (): void => {
      if (!lost || !isConnected() || framed === 0) return
      lost = false
      // by the wall clock of now: the page's time of origin may be off it by what the clock was set right since
      shown.push(Date.now() - (performance.now() - framed))
    }
    new MutationObserver(() => {
      if (!isConnected()) {
        if (!lost) before = video.srcObject
        lost = true
        // a frame from before the loss does not count
        framed = 0
      } else tell()
    }).observe(viewer, { attributeFilter: ['data-state'] })
    const onFrame = (now: number): void => {
      // a late frame of the old connection is none of the new one, which brings a stream of its own
      if (lost && video.srcObject !== before) framed ||= now
      tell()
      video.requestVideoFrameCallback(onFrame)
    }
    video.requestVideoFrameCallback(onFrame)
  })
}

/**
 * Waits for the frame that ended the loss.
 * @param lostAt epoch ms at which it began
 * @returns epoch ms of that frame
 */
export async function shownAgain(page: Page, lostAt: number, patienceMs: number): Promise<number> {
  const handle = await page.waitForFunction((since) => window.benchShown?.find((at) => at > since), lostAt, {
    timeout: patienceMs,
    polling: 50,
  })
  const at = await handle.jsonValue()
  if (at === undefined) throw new Error('no frame')
  return at
}
