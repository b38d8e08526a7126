// Moves a desktop's picture to a better way when one appears, away from one that degrades, and on before a relay's credential expires.
// Policy: what another way can do is measured first, without touching the picture; then a second connection is made before the first is
// dropped. Nothing moves while nobody looks, while a person types a text by the viewer, and where a person forced a way.
import type { Door } from '../../../shared/domain/session.ts'
import type { Connection, Standby } from './connection-shape.ts'
import { isWorthIt, judge, networkChanged, tried, UNJUDGED, type Wish, type WaySample } from './transport/path-judge.ts'
import { pathWords, wayOf, type IcePath } from './transport/paths.ts'
import type { Loss } from './transport/transport.ts'
import type { ProbeVerdict } from './transport/way-probe.ts'
import type { Say, ViewerState } from './viewer-state.ts'
import { t } from '../../ui/translate.ts'

export interface PathMoverOptions {
  readonly connection: Pick<Connection, 'door' | 'usable' | 'transport' | 'handOver' | 'moveTo'>
  state(): Pick<ViewerState, 'status' | 'path' | 'relay' | 'stats' | 'typing'>
  /** Nobody sees the page. */
  hidden(): boolean
  /** A person forced a way. */
  forced(): boolean
  probe(door: Door, paths: ReadonlySet<IcePath>, signal: AbortSignal): Promise<ProbeVerdict>
  openBeside(door: Door, paths: ReadonlySet<IcePath>, lost: (loss: Loss) => void): Promise<Standby>
  say(say: Omit<Say, 'id'>): void
  /** Monotonic ms, and epoch ms. */
  now(): number
  date(): number
}

export interface PathMover {
  /** To be called once a second while there is a picture. */
  sample(): void
  /** Another network, or this machine woke up. */
  networkChanged(): void
  dispose(): void
}

/** A relay's credential is renewed this long before it expires, ms. */
const RENEW_BEFORE_MS = 60_000
/** A renewal that came to nothing is tried again this late, ms. */
const RENEW_EVERY_MS = 120_000

export function createPathMover(options: PathMoverOptions): PathMover {
  const { connection, now } = options
  const stop = new AbortController()
  let judged = UNJUDGED
  let busy = false
  let renewedAt = -Infinity

  const run = (work: Promise<void>) => {
    busy = true
    work
      .catch((error: unknown) => {
        // called off with the viewer; anything else is a fault of ours and costs no more than this move
        if (!stop.signal.aborted) reportError(error)
      })
      .finally(() => {
        busy = false
      })
  }
  const open = (paths: ReadonlySet<IcePath>) => (door: Door, lost: (loss: Loss) => void) =>
    options.openBeside(door, paths, lost)

  const move = async (wish: Wish, present: WaySample): Promise<void> => {
    const { door, transport } = connection
    if (door === null || transport === null) return
    const verdict = await options.probe(door, wish.ways, stop.signal)
    const same = connection.transport === transport && options.state().status.kind === 'connected'
    if (!same) return
    judged = tried(judged, now())
    if (verdict.kind !== 'works' || !isWorthIt(wish, present, verdict.rttMs)) return
    const to = new Set([verdict.way])
    if (transport.mayJoin?.() === false) connection.moveTo(to)
    else if (!(await connection.handOver(open(to), false))) return
    judged = { ...judged, failures: 0 }
    options.say({ icon: 'network', text: movedWords(wish, verdict.way) })
  }
  const renew = async (way: IcePath): Promise<void> => {
    renewedAt = now()
    await connection.handOver(open(new Set([way])), true)
  }

  return {
    sample() {
      const { status, path, relay, stats, typing } = options.state()
      const way = wayOf(path, relay)
      if (status.kind !== 'connected' || way === null || stats === null) return
      const until = connection.door?.relayUntil
      const expiring = path === 'relay' && until !== undefined && options.date() > until - RENEW_BEFORE_MS
      if (busy) return
      if (expiring && now() - renewedAt >= RENEW_EVERY_MS) return run(renew(way))
      const sample = { now: now(), way, rttMs: stats.rttMs, loss: stats.loss }
      const [next, wish] = judge(judged, sample, connection.usable)
      judged = next
      if (wish === null || options.forced() || options.hidden() || typing !== null) return
      run(move(wish, sample))
    },
    networkChanged() {
      judged = networkChanged(judged, now())
    },
    dispose: () => stop.abort(),
  }
}

function movedWords(wish: Wish, way: IcePath): string {
  const words = pathWords(way)
  return wish.why === 'better'
    ? t('A better way is there: {words}', { words })
    : t('The way had become poor. Moved to: {words}', { words })
}
