// Decides what becomes of a start that this app has in hand: arrived, waits, needs a new pod, or has failed for good. Pure.
import { AppError } from '../../../shared/errors.ts'
import type { SessionView } from '../../../shared/domain/session.ts'
import { timeInWords } from '../../../shared/domain/time-words.ts'
import { condition, isFinished, isTerminating, timeOf, type Pod } from '../kube-read.ts'
import type { StartReason } from '../start-reasons.ts'
import type { SessionMemory } from '../session-memory.ts'
import type { OwnStart } from './own-start.ts'

/** New pods for one start, and the time within which they count, ms. */
const MAX_RETRIES = 5
const RETRY_WINDOW_MS = 600_000

export type StartVerdict =
  | { readonly kind: 'waits'; /** Look again at this time, epoch ms. */ readonly until: number }
  | { readonly kind: 'arrived' }
  /** Its pod was deleted by somebody else. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'retry'; readonly afterMs: number }
  | { readonly kind: 'failed'; readonly reason: StartReason }

/**
 * Judges a start.
 * @param reason what holds it up, if anything
 * @param view the session as it is shown now
 * @param now epoch ms
 */
export function judgeStart(
  start: OwnStart,
  memory: SessionMemory,
  pod: Pod | undefined,
  reason: StartReason | undefined,
  view: SessionView,
  now: number,
): StartVerdict {
  const patience = start.input.template.spec.lifecycle.startTimeoutSeconds * 1000
  const placed = pod && condition(pod, 'PodScheduled')
  // waiting for room is no failure, however long it takes: the clock of a start runs from its place on
  const hasPlace = placed?.status !== 'False'
  const until = Math.max(start.askedAt, (hasPlace && timeOf(placed?.lastTransitionTime)) || 0) + patience
  if (memory.wasReady) return { kind: 'arrived' }
  if (!pod || isTerminating(pod)) return pod ? { kind: 'waits', until } : { kind: 'gone' }
  if (reason?.kind === 'final') return { kind: 'failed', reason }
  if (isFinished(pod)) {
    const recent = start.retries.filter((at) => now - at < RETRY_WINDOW_MS).length
    if (recent < MAX_RETRIES) return { kind: 'retry', afterMs: 1000 * 2 ** recent }
    return { kind: 'failed', reason: reason ?? timedOut(view, undefined, patience) }
  }
  if (now >= until && hasPlace && !view.openable) return { kind: 'failed', reason: timedOut(view, reason, patience) }
  return { kind: 'waits', until: hasPlace ? until : now + patience }
}

function timedOut(view: SessionView, reason: StartReason | undefined, patienceMs: number): StartReason {
  const stage =
    reason?.stage ?? view.stages.find(({ state }) => state === 'active' || state === 'waiting')?.name ?? 'started'
  const error = new AppError(
    'start-timeout',
    { time: timeInWords(patienceMs / 1000), reason: reason?.error.sentence ?? '' },
    { detail: reason?.error.detail },
  ).toView()
  return { stage, kind: 'final', error: { ...error, sentence: error.sentence.trim() } }
}
