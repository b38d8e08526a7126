// From a key press to the changed pixel, measured in the page in the same way for every client: the clock starts at the keydown
// event and stops when a frame that is about to be shown has the new colour. Nothing of the client is changed for it.
import type { BrowserContext, Page } from '@playwright/test'
import type { Desktop } from '../drivers/desktop.ts'

declare global {
  interface Window {
    /** Waits for the next flip of the colour. @returns null when nothing changed in 3 s */
    benchFlip(): Promise<SeenPress | null>
    benchPicture(): { readonly width: number; readonly height: number } | null
    /** The round trip of the page's peer connection, ms; null where there is none. */
    benchRtt?(): Promise<number | null>
    /** Times of the page's own doing, filled in by `traceStages`. */
    benchTrace?: {
      /** When the last key was handed to the browser. */
      sentAt: number
      /** When the last message with a picture came in. */
      arrivedAt: number
      /** Told after each drawing on a canvas of this page. */
      drawn: ((canvas: unknown) => void) | null
      /** The last picture that came out of a decoder of this page. */
      decoded: { readonly arrivedAt: number; readonly begunAt: number; readonly doneAt: number } | null
    }
  }
}

/**
 * Parts of the way from a key to its pixel, in order: from the event to the browser's network, there and back, what the desktop needed,
 * received until the decoder begins, decoded, decoded until it is in a frame that is shown.
 */
export const STAGES = ['send', 'network', 'server', 'buffer', 'decode', 'present'] as const
export type Stage = (typeof STAGES)[number]
export type Stages = Partial<Readonly<Record<Stage, number>>>

/** One answered press, ms. Stages that the client does not let one see are missing; where all are there, they make `ms` together. */
export interface Press {
  readonly ms: number
  readonly stages: Stages
}

/** A press as its page sees it: what came back from the desktop holds the network too. */
interface SeenPress {
  readonly ms: number
  readonly stages: Omit<Stages, 'network' | 'server'> & { readonly desktop?: number }
}

/** How long a key is down, ms. */
const HELD_MS = 70

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
 * Notes in every page of a browser context when keys leave and when pictures come in and out of a decoder. To be called before the
 * page is opened. Nothing is kept but the last times, so that the client does not get slower by it.
 */
export async function traceStages(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const trace: NonNullable<Window['benchTrace']> = { sentAt: 0, arrivedAt: 0, drawn: null, decoded: null }
    window.benchTrace = trace
    const note = (data: unknown): void => {
      if (typeof data === 'string' && data.startsWith('kd,')) trace.sentAt = performance.now()
    }
    for (const kind of [RTCDataChannel.prototype, WebSocket.prototype]) {
      const send = kind.send as (this: unknown, data: unknown) => void
      kind.send = function (data: unknown): void {
        note(data)
        send.call(this, data)
      }
    }
    // the getter of each message's data would be too late: a listener of our own is the first one
    window.WebSocket = class extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols)
        this.addEventListener('message', ({ data }) => {
          if (typeof data !== 'string') trace.arrivedAt = performance.now()
        })
      }
    }
    const drawImage = CanvasRenderingContext2D.prototype.drawImage as (this: unknown, ...from: unknown[]) => void
    CanvasRenderingContext2D.prototype.drawImage = function (this: CanvasRenderingContext2D, ...from: unknown[]): void {
      drawImage.apply(this, from)
      trace.drawn?.(this.canvas)
    }
    const peers: RTCPeerConnection[] = []
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration)
        peers[0] = this
      }
    }
    window.benchRtt = async () => {
      const entries = [...((await peers[0]?.getStats()) ?? new Map()).values()] as Record<string, unknown>[]
      const transport = entries.find(({ type }) => type === 'transport')
      const pair = entries.find(({ id }) => id === transport?.['selectedCandidatePairId'])
      const seconds = pair?.['currentRoundTripTime']
      return typeof seconds === 'number' ? seconds * 1000 : null
    }
    const begun = new Map<number, { readonly arrivedAt: number; readonly begunAt: number }>()
    window.VideoDecoder = class extends VideoDecoder {
      constructor({ output, error }: VideoDecoderInit) {
        super({
          output(picture) {
            const from = begun.get(picture.timestamp)
            begun.delete(picture.timestamp)
            if (from !== undefined) trace.decoded = { ...from, doneAt: performance.now() }
            output(picture)
          },
          error,
        })
      }
      override decode(chunk: EncodedVideoChunk): void {
        if (begun.size > 64) begun.clear()
        begun.set(chunk.timestamp, { arrivedAt: trace.arrivedAt, begunAt: performance.now() })
        super.decode(chunk)
      }
    }
  })
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
    const isLight = async (): Promise<boolean | null> => {
      if (source?.isConnected !== true || !isSeen(source)) source = find()
      if (source === undefined || pixel === null) return null
      const { width, height } = sizeOf(source)
      if (source instanceof HTMLVideoElement) {
        // four pixels of the frame as they are: drawing would convert all of it, and keep it
        const frame = new VideoFrame(source)
        const rect = { x: 2 * Math.round(width * 0.2), y: 2 * Math.round(height * 0.2), width: 2, height: 2 }
        const bytes = new Uint8Array(frame.allocationSize({ rect }))
        await frame.copyTo(bytes, { rect })
        frame.close()
        // brightness, or the first of three colours
        return (bytes[0] ?? 0) > 127
      }
      pixel.drawImage(source, width * 0.4, height * 0.4, 4, 4, 0, 0, 1, 1)
      return (pixel.getImageData(0, 0, 1, 1).data[0] ?? 0) > 127
    }
    window.benchPicture = () => {
      source = find()
      return source === undefined ? null : sizeOf(source)
    }
    type Look = (now?: number, frame?: VideoFrameCallbackMetadata) => void
    const stagesOf = (end: number, frame?: VideoFrameCallbackMetadata): SeenPress['stages'] => {
      const { sentAt = 0, decoded = null } = window.benchTrace ?? {}
      if (sentAt < lastKey) return {}
      const send = sentAt - lastKey
      if (mode === 'websocket') {
        if (decoded === null || decoded.arrivedAt < sentAt || decoded.doneAt > end) return { send }
        const { arrivedAt, begunAt, doneAt } = decoded
        return {
          send,
          desktop: arrivedAt - sentAt,
          buffer: begunAt - arrivedAt,
          decode: doneAt - begunAt,
          present: end - doneAt,
        }
      }
      const { receiveTime, processingDuration, presentationTime } = frame ?? {}
      if (receiveTime === undefined || presentationTime === undefined || receiveTime < sentAt) return { send }
      const decode = (processingDuration ?? 0) * 1000
      return {
        send,
        desktop: receiveTime - sentAt,
        buffer: presentationTime - receiveTime - decode,
        decode,
        present: end - presentationTime,
      }
    }
    const atNextFrame = (look: Look): void => {
      // a task of its own: by then every callback of this frame has drawn
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => look()
      requestAnimationFrame(() => port2.postMessage(null))
    }
    // a page that asks for every animation frame makes the browser keep a clock that all pictures wait for: frames are asked for
    // when something was drawn, and one after another only where drawing cannot be seen (a worker's canvas)
    let seesDrawing = false
    const { benchTrace } = window
    if (benchTrace)
      benchTrace.drawn = (canvas) => {
        if (canvas === source) seesDrawing = true
      }
    const next = (look: Look): void => {
      if (source instanceof HTMLVideoElement) source.requestVideoFrameCallback(look)
      else if (seesDrawing && benchTrace)
        benchTrace.drawn = (canvas) => {
          if (canvas !== source) return
          benchTrace.drawn = null
          atNextFrame(look)
        }
      else atNextFrame(look)
    }
    window.benchFlip = () =>
      new Promise((resolve, reject) => {
        const before = isLight()
        const limit = setTimeout(() => finish(null), 3000)
        let over = false
        const finish = (press: SeenPress | null): void => {
          over = true
          clearTimeout(limit)
          resolve(press)
        }
        const look: Look = (_, frame) => {
          if (over) return
          const now = performance.now()
          Promise.all([before, isLight()]).then(([was, is]) => {
            if (!over && is !== was) finish({ ms: now - lastKey, stages: stagesOf(now, frame) })
          }, reject)
          // the next one is waited for while this one is read
          next(look)
        }
        next(look)
      })
  }, mode)
}

/**
 * Presses a key that the target answers until `times` presses were answered.
 * @param tunnelRttMs the round trip where the page has no peer connection
 * @returns each, and how many more had no answer within 3 s
 * @throws when more than half as many had none
 */
export async function pressKeys(
  page: Page,
  times: number,
  tunnelRttMs: number | null,
): Promise<{ readonly answered: readonly Press[]; readonly missed: number }> {
  const answered: SeenPress[] = []
  let missed = 0
  while (answered.length < times) {
    // apart from any rhythm of frames
    await page.waitForTimeout(120 + Math.random() * 120)
    const flip = page.evaluate(() => window.benchFlip())
    // held as long as a finger holds it: a release at once would be at work on the same cores while the picture is made
    const [press] = await Promise.all([flip, page.keyboard.press('a', { delay: HELD_MS })])
    if (press !== null) answered.push(press)
    else if (++missed > 2 + times / 2) throw new Error(`${missed} keys changed nothing within 3 s.`)
  }
  const rtt = (await page.evaluate(() => window.benchRtt?.() ?? null)) ?? tunnelRttMs
  return { answered: answered.map((press) => apart(press, rtt)), missed }
}

/** Takes the network out of what the desktop needed. */
function apart({ ms, stages: { desktop, ...stages } }: SeenPress, rttMs: number | null): Press {
  if (desktop === undefined || rttMs === null) return { ms, stages }
  const network = Math.min(rttMs, desktop)
  return { ms, stages: { ...stages, network, server: desktop - network } }
}
