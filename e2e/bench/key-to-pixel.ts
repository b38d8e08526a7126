// From a key press to the changed pixel, measured in the page in the same way for every client: the clock starts at the keydown
// event and stops when a frame that is about to be shown has the new colour. Nothing of the client is changed for it.
import type { Page } from '@playwright/test'
import type { Desktop } from '../drivers/desktop.ts'

declare global {
  interface Window {
    /** Waits for the next flip of the colour. @returns ms since the last key, or null when nothing changed in 3 s */
    benchFlip(): Promise<number | null>
    benchPicture(): { readonly width: number; readonly height: number } | null
  }
}

/** Turns the whole screen black or white at each key that it gets. */
const FLIP_SCRIPT = `
import os, tty
tty.setraw(0)
white = False
def paint(): os.write(1, (b"\\x1b[107m" if white else b"\\x1b[40m") + b"\\x1b[2J\\x1b[H")
os.write(1, b"\\x1b[?25l"); paint()
while True:
    keys = os.read(0, 64)
    if not keys: break
    white ^= len(keys) % 2 == 1
    paint()
`

/** Starts the target in the desktop: a terminal over the whole screen, without anything of a window around it. */
export async function startTarget(desktop: Desktop): Promise<void> {
  await desktop.sh('cat > /tmp/flip.py', FLIP_SCRIPT)
  await desktop.background('exec xterm -fullscreen -bw 0 -b 0 +sb -e python3 /tmp/flip.py')
}

/**
 * Readies a page for measuring. To be called once it shows a picture.
 * @param mode webrtc: the video's own frame callback tells of each new frame. websocket: clients draw in different ways (canvas,
 *   generated track), so each animation frame is looked at, after the page's own work for it
 */
export async function watchPixel(page: Page, mode: 'webrtc' | 'websocket'): Promise<void> {
  await page.evaluate((mode) => {
    let lastKey = 0
    addEventListener('keydown', ({ timeStamp }) => (lastKey = timeStamp), { capture: true })
    const pixel = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })
    const isSeen = (element: HTMLElement): boolean => {
      const { width, height } = element.getBoundingClientRect()
      return width > 300 && height > 200 && element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    }
    const sizeOf = (element: HTMLVideoElement | HTMLCanvasElement) =>
      element instanceof HTMLVideoElement
        ? { width: element.videoWidth, height: element.videoHeight }
        : { width: element.width, height: element.height }
    const find = (): HTMLVideoElement | HTMLCanvasElement | undefined =>
      [
        ...[...document.querySelectorAll('video')].filter((video) => video.videoWidth > 0 && isSeen(video)),
        ...(mode === 'websocket' ? [...document.querySelectorAll('canvas')].filter(isSeen) : []),
      ][0]
    let source = find()
    const isLight = (): boolean | null => {
      if (source?.isConnected !== true || !isSeen(source)) source = find()
      if (source === undefined || pixel === null) return null
      const { width, height } = sizeOf(source)
      pixel.drawImage(source, width * 0.4, height * 0.4, 4, 4, 0, 0, 1, 1)
      return (pixel.getImageData(0, 0, 1, 1).data[0] ?? 0) > 127
    }
    window.benchPicture = () => {
      source = find()
      return source === undefined ? null : sizeOf(source)
    }
    const next = (look: () => void): void => {
      if (source instanceof HTMLVideoElement && mode === 'webrtc') source.requestVideoFrameCallback(look)
      else {
        // a task of its own: by then every callback of this frame has drawn
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = look
        requestAnimationFrame(() => port2.postMessage(null))
      }
    }
    window.benchFlip = () =>
      new Promise((resolve) => {
        const before = isLight()
        const limit = setTimeout(() => finish(null), 3000)
        let over = false
        const finish = (ms: number | null): void => {
          over = true
          clearTimeout(limit)
          resolve(ms)
        }
        const look = (): void => {
          if (over) return
          const now = performance.now()
          if (isLight() !== before) finish(now - lastKey)
          else next(look)
        }
        next(look)
      })
  }, mode)
}

/**
 * Presses a key that the target answers until `times` presses were answered.
 * @returns ms of each, and how many more had no answer within 3 s
 * @throws when more than half as many had none
 */
export async function pressKeys(
  page: Page,
  times: number,
): Promise<{ readonly times: readonly number[]; readonly missed: number }> {
  const answered: number[] = []
  let missed = 0
  while (answered.length < times) {
    // apart from any rhythm of frames
    await page.waitForTimeout(120 + Math.random() * 120)
    const flip = page.evaluate(() => window.benchFlip())
    const [ms] = await Promise.all([flip, page.keyboard.press('a')])
    if (ms !== null) answered.push(ms)
    else if (++missed > 2 + times / 2) throw new Error(`${missed} keys changed nothing within 3 s.`)
  }
  return { times: answered, missed }
}
