// The times of single pictures of a video element, looked at a few times a second while somebody reads them. Policy: what the browser does not
// say is absent; a desktop's clock is used only as the browser has already turned it into its own.

/** Means of the pictures since the last reading, ms. */
export interface FrameTimes {
  /** From the page's handing over to the screen, as the browser expects it. */
  readonly renderMs: number | null
  /** From the desktop's capture to the screen; only where the stream carries capture times. */
  readonly captureToScreenMs: number | null
}

/** What `requestVideoFrameCallback` says. All in ms of the page's clock. */
export interface FrameMetadata {
  readonly presentationTime: number
  readonly expectedDisplayTime: number
  readonly captureTime?: number
}

/** A video element, as far as it is used. */
export interface FrameSource {
  requestVideoFrameCallback(callback: (now: number, metadata: FrameMetadata) => void): number
  cancelVideoFrameCallback(handle: number): void
}

export interface FrameClock {
  /** Looks from now on, or no more. */
  watch(on: boolean): void
  /** @returns null where nothing was looked at since the last reading */
  take(): FrameTimes | null
}

/** Pictures that are looked at: enough for a mean, few enough to cost nothing, ms. */
const LOOK_EVERY_MS = 200
/** A time beyond this is a clock that was set, or none, ms. */
const SENSIBLE_MS = 10_000

/** Makes one. @param source null in a mode that has no video element */
export function createFrameClock(source: () => FrameSource | null): FrameClock {
  let timer: ReturnType<typeof setInterval> | undefined
  let asked: { readonly from: FrameSource; readonly handle: number } | null = null
  let rendered: number[] = []
  let captured: number[] = []
  const stop = (): void => {
    clearInterval(timer)
    timer = undefined
    asked?.from.cancelVideoFrameCallback(asked.handle)
    asked = null
    rendered = []
    captured = []
  }
  const look = (): void => {
    const from = source()
    // one that waits for a picture still waits
    if (from === null || asked?.from === from) return
    const handle = from.requestVideoFrameCallback((_, { presentationTime, expectedDisplayTime, captureTime }) => {
      asked = null
      const add = (list: number[], ms: number): void => {
        if (Number.isFinite(ms) && ms >= 0 && ms <= SENSIBLE_MS) list.push(ms)
      }
      add(rendered, expectedDisplayTime - presentationTime)
      if (captureTime !== undefined) add(captured, expectedDisplayTime - captureTime)
    })
    asked = { from, handle }
  }
  return {
    watch(on) {
      stop()
      if (on) timer = setInterval(look, LOOK_EVERY_MS)
    },
    take() {
      if (rendered.length === 0) return null
      const times = { renderMs: mean(rendered), captureToScreenMs: mean(captured) }
      rendered = []
      captured = []
      return times
    },
  }
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
}
