// The error value of a call whose carrier is gone, and the check that an answer is one.
import { AppError } from '../../shared/errors.ts'
import type { CallResult } from '../../shared/ipc/bridge.ts'

/** The connection to the app's core is lost: said as a value, since calls never reject. */
export function lostCarrier(detail: string): CallResult<never> {
  return { ok: false, error: new AppError('core-lost', {}, { detail }).toView() }
}

/** Whether something that crossed the border is the answer to a call. */
export function isCallResult(value: unknown): value is CallResult<unknown> {
  return typeof value === 'object' && value !== null && 'ok' in value && typeof value.ok === 'boolean'
}
