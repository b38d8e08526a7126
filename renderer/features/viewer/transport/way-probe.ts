// Tries ways for media without touching the picture: a second, watching connection that is measured and ended.
// Policy: it comes as a viewer with a page's name of its own, so that it never takes the desktop from anybody.
import type { Door } from '../../../../shared/domain/session.ts'
import type { CreateViewerPeer } from '../peer/viewer-peer.ts'
import { negotiate } from './negotiation.ts'
import { wayOf, type IcePath } from './paths.ts'
import { readRtcStats } from './rtc-stats.ts'
import { text } from '../../../ui/translate.ts'

export type ProbeVerdict =
  | {
      readonly kind: 'works'
      readonly way: IcePath
      readonly via: string | null
      /** Round trip, ms; null when the browser has not measured it. */
      readonly rttMs: number | null
    }
  /** The desktop's server could not be asked, or did not offer. */
  | { readonly kind: 'signalling'; readonly sentence: string }
  /** The server offered, and no candidate was answered in time. */
  | { readonly kind: 'no-answer' }

export interface WayProbeOptions {
  readonly door: Door
  readonly paths: ReadonlySet<IcePath>
  readonly createPeer: CreateViewerPeer
  /** For the candidates, ms, counted from the offer. */
  readonly withinMs: number
  readonly signal: AbortSignal
}

/** The round trip settles in this time, ms. */
const SETTLE_MS = 500

/** Tries. @returns rejects only with the signal's reason */
export async function probeWays(options: WayProbeOptions): Promise<ProbeVerdict> {
  const { door, signal } = options
  signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<ProbeVerdict>()
  const timers = new Set<ReturnType<typeof setTimeout>>()
  const later = (work: () => void, ms: number) => timers.add(setTimeout(work, ms))
  const negotiation = negotiate({
    door,
    paths: options.paths,
    createPeer: options.createPeer,
    hello: { clientType: 'viewer', clientSlot: -1, clientTabId: crypto.randomUUID(), pageSize: [1280, 720] },
    onOffer: () => later(() => resolve({ kind: 'no-answer' }), options.withinMs),
    onEnd(loss) {
      const sentence =
        loss.kind === 'closed' ? loss.meaning.sentence : text('The desktop’s server did not offer a picture.')
      resolve({ kind: 'signalling', sentence })
    },
  })
  const { peer } = negotiation
  const measure = async () => {
    const { path, relay = null, via, rttMs } = readRtcStats(await peer.stats(), door)
    const way = wayOf(path, relay)
    resolve(way === null ? { kind: 'no-answer' } : { kind: 'works', way, via, rttMs })
  }
  peer.on('state', (state) => {
    if (state === 'connected')
      later(() => {
        measure().catch(() => resolve({ kind: 'no-answer' }))
      }, SETTLE_MS)
    else if (state === 'failed' || state === 'closed') resolve({ kind: 'no-answer' })
  })
  peer.on('error', () => resolve({ kind: 'no-answer' }))
  const give = () => reject(signal.reason as Error)
  signal.addEventListener('abort', give, { once: true })
  try {
    return await promise
  } finally {
    signal.removeEventListener('abort', give)
    for (const timer of timers) clearTimeout(timer)
    negotiation.close()
  }
}
