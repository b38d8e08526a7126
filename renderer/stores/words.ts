// Times, counts and states in the person's words. Pure: the clock and the locale's rules come from outside.
import type { ClusterView } from '../../shared/domain/cluster.ts'
import type { SessionView, StageName } from '../../shared/domain/session.ts'
import { assertNever } from '../../shared/assert-never.ts'

/** "0.4 s", "46 s", "6 min 10 s", "2 h 5 min". @param ms a span; a negative one counts as none */
export function span(ms: number): string {
  const safe = Math.max(0, ms)
  if (safe < 9_950) return `${(Math.round(safe / 100) / 10).toFixed(1).replace(/\.0$/, '')} s`
  const seconds = Math.round(safe / 1_000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`
  const hours = Math.floor(minutes / 60)
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
}

/** A span that ticks: whole seconds, so that nothing flickers. @param ms the span so far */
export function spanSoFar(ms: number): string {
  return span(Math.max(0, Math.floor(ms / 1_000) * 1_000))
}

/** "in 12 min": minutes while there are some, then seconds. @param ms the span left */
export function spanLeft(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000))
  return seconds >= 60 ? `${Math.ceil(seconds / 60)} min` : `${seconds} s`
}

const timeFormat = onFirstUse(
  () => new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
)
const secondsFormat = onFirstUse(
  () => new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }),
)
const dayFormat = onFirstUse(() => new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' }))

/** "09:12" today, "23 Nov, 09:12" on another day. @param at epoch ms @param now epoch ms */
export function clockTime(at: number, now: number): string {
  const sameDay = new Date(at).toDateString() === new Date(now).toDateString()
  return sameDay ? timeFormat().format(at) : `${dayFormat().format(at)}, ${timeFormat().format(at)}`
}
/** "14:19:48". @param at epoch ms */
export function clockSeconds(at: number): string {
  return secondsFormat().format(at)
}

/** Formats bring tables of megabytes into a page: those that show no times do without. */
function onFirstUse<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}

/** The words of a stage's name. */
export function stageWord(name: StageName): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}

/** A cluster's state beside its name. @param now epoch ms */
export function clusterStateWord(cluster: ClusterView, now: number): string {
  switch (cluster.state) {
    case 'idle':
      return 'Not asked yet'
    case 'connecting':
      return 'Connecting'
    case 'live':
      return cluster.kind === 'demo' ? 'Demo' : 'Live'
    case 'stale':
      return `Stale since ${spanSoFar(now - cluster.since)}`
    case 'signed-out':
      return 'Signed out'
    case 'unreachable':
      return 'Unreachable'
    case 'forbidden':
      return 'Rights missing'
    case 'needs-consent':
      return 'Waits for your consent'
    case 'invalid':
      return 'Cannot be used'
    default:
      return assertNever(cluster.state)
  }
}

/** Whether a session has its card among the running ones. */
export function isActive({ phase }: SessionView): boolean {
  return phase !== 'stopped' && phase !== 'removing'
}

/** "No slice", "1 slice", "2 slices". */
export function sliceWord(slices: number): string {
  return slices === 0 ? 'No slice' : slices === 1 ? '1 slice' : `${slices} slices`
}

/** Where and since when. @param now epoch ms */
export function placeLine(
  session: SessionView,
  now: number,
): { readonly node: string | undefined; readonly rest: string } {
  const since = session.readyAt ?? session.startedAt
  return { node: session.node, rest: since === undefined ? '' : `since ${clockTime(since, now)}` }
}
