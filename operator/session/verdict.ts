// What is said of a session in one word and one sentence: the reason of its Ready condition, and how it stands with kstatus.
// Sentences come from the app's catalogue where it says the same; each ends with the next step.
import type { ErrorCode } from '../../shared/error-catalog.ts'
import { AppError, type Words } from '../../shared/errors.ts'
import type { Reason } from '../../shared/domain/conditions.ts'
import type { SessionPhaseName } from '../../shared/domain/vdi-session.ts'

/**
 * `ready`: it can be used. `going`: it is on its way, or comes by itself (Reconciling). `stalled`: somebody has to do something (Stalled).
 * `stopped`: it is as it is wanted.
 */
export interface Verdict {
  readonly kind: 'ready' | 'going' | 'stalled' | 'stopped'
  readonly phase: SessionPhaseName
  readonly reason: Reason
  /** A sentence with its next step. */
  readonly message: string
}

/** It comes by itself. */
export function going(phase: SessionPhaseName, reason: Reason, message: string): Verdict {
  return { kind: 'going', phase, reason, message }
}
/** It does not come by itself. */
export function stalled(reason: Reason, message: string): Verdict {
  return { kind: 'stalled', phase: 'Failed', reason, message }
}

/** The longest detail that is kept of the cluster's own words. */
const LONGEST_DETAIL = 600

/**
 * A catalogue entry as one message: sentence, next step, and the cluster's own words in brackets.
 * @param detail left out when empty
 */
export function say(code: ErrorCode, words: Words = {}, detail = ''): string {
  const error = new AppError(code, words)
  return withDetail(`${error.sentence} ${error.nextStep}`, detail)
}

/** The sentence of a catalogue entry alone, where the next step is another one here. */
export function sentence(code: ErrorCode, words: Words = {}): string {
  return new AppError(code, words).sentence
}

/** A message with the cluster's own words in brackets. */
export function withDetail(message: string, detail: string): string {
  const cut = detail.length > LONGEST_DETAIL ? `${detail.slice(0, LONGEST_DETAIL)}…` : detail
  return cut === '' ? message : `${message} (${cut})`
}
