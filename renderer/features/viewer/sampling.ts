// Once a second while a desktop is connected: the figures of its transport for the page.
import type { Size } from './input/geometry.ts'
import { createFrameClock } from './media/frame-times.ts'
import { createStatsMeter, type DesktopFigures } from './stats-meter.ts'
import type { Transport } from './transport/transport.ts'
import { HISTORY, type ViewerStats, type ViewerStore } from './viewer-state.ts'

export interface SamplingOptions {
  readonly store: ViewerStore
  transport(): Transport | null
  /** What the desktop itself last said. */
  figures(): DesktopFigures
  /** What shows the picture. */
  source(): HTMLVideoElement | HTMLCanvasElement
  onSample(picture: Size | null, stats: ViewerStats | null): void
}

export interface Sampling {
  /** A connection's first picture was seen: nothing of the one before counts. */
  begin(): void
  /** Somebody reads the statistics: the times of single pictures are looked at too. */
  watchFrames(on: boolean): void
  dispose(): void
}

const EVERY_MS = 1000

/** Samples until disposed. */
export function createSampling(options: SamplingOptions): Sampling {
  const { store } = options
  const meter = createStatsMeter()
  const clock = createFrameClock(() => {
    const source = options.source()
    return source instanceof HTMLVideoElement ? source : null
  })

  const sample = async (): Promise<void> => {
    const transport = options.transport()
    if (transport === null || store.getState().status.kind !== 'connected') return
    const raw = await transport.stats()
    if (options.transport() !== transport) return
    const stats = meter.take(raw, options.figures(), clock.take(), performance.now())
    store.setState({ path: raw.path, relay: raw.relay ?? null })
    if (stats !== null) store.setState({ stats, history: [...store.getState().history, stats].slice(-HISTORY) })
    options.onSample(store.getState().picture, stats)
  }
  const timer = setInterval(() => void sample(), EVERY_MS)

  return {
    begin() {
      meter.reset()
      void sample()
    },
    watchFrames: (on) => clock.watch(on),
    dispose() {
      clearInterval(timer)
      clock.watch(false)
    },
  }
}
