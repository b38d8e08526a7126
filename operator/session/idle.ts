// Who is connected, since when nobody is, and when that ends the desktop. Pure; every deadline comes from stored times.
// Policy: nothing is ended for being idle unless its own server has said, just now, that nobody is connected.
import { epochOf } from '../../shared/domain/cluster-objects.ts'
import type { TemplateSpec } from '../../shared/domain/template.ts'
import type { VdiSessionStatus } from '../../shared/domain/vdi-session.ts'
import { ANNOTATION } from '../../shared/product.ts'
import type { OperatorConfig } from '../config.ts'
import { isOfPool } from '../pool.ts'
import type { ObservedSession } from './observed.ts'

/** A sign of life is written at most so often, ms. */
const ACTIVITY_STEP_MS = 60_000
/** So far ahead of ours may an app's clock be, ms: a later sign of life is not believed. */
export const CLOCK_SKEW_MS = 300_000

export interface Idle {
  /** Connected clients; undefined while the server has not said. */
  readonly clients: number | undefined
  /** RFC 3339: as it should stand in the status. */
  readonly lastActivityTime: string | undefined
  /** Epoch ms at which it ends for being idle; undefined while somebody is connected, or where it never does. */
  readonly stopAt: number | undefined
  /** Epoch ms from which the person is told of `stopAt`. */
  readonly warnAt: number | undefined
  /** The time has come, and the server has said just now that nobody is there. */
  readonly due: boolean
}

/** The shorter of what the template and the session say, s; 0: never. */
export function idleTimeout(template: TemplateSpec, own: number | undefined): number {
  const { idleTimeoutSeconds, onIdle } = template.lifecycle
  if (onIdle === 'None') return 0
  if (own === undefined || own === 0) return idleTimeoutSeconds
  return idleTimeoutSeconds === 0 ? own : Math.min(own, idleTimeoutSeconds)
}

/**
 * How idle a desktop is.
 * @param before the status of this start
 * @param readyAt epoch ms, of the pod that runs
 */
export function idleOf(
  observed: ObservedSession,
  config: OperatorConfig,
  template: TemplateSpec,
  before: VdiSessionStatus,
  readyAt: number,
  now: number,
): Idle {
  // what was said of an earlier pod says nothing
  const told = observed.activity && observed.activity.at >= readyAt - 1000 ? observed.activity : undefined
  const clients = told?.clients ?? before.connectedClients
  const last = lastActivity(observed, before, told, now)
  const lastActivityTime = last === undefined ? undefined : new Date(last).toISOString()
  const seconds = isOfPool(observed.session) ? 0 : idleTimeout(template, observed.spec.idleTimeoutSeconds)
  if (seconds === 0 || (clients ?? 0) > 0)
    return { clients, lastActivityTime, stopAt: undefined, warnAt: undefined, due: false }
  const since = Math.max(readyAt, epochOf(before.lastActivityTime) ?? 0, last ?? 0, heartbeat(observed, now) ?? 0)
  const stopAt = since + seconds * 1000
  const fresh = told !== undefined && told.clients === 0 && now - told.at <= config.activitySeconds * 3000
  return {
    clients,
    lastActivityTime,
    stopAt,
    warnAt: stopAt - template.lifecycle.idleWarningSeconds * 1000,
    due: fresh && now >= stopAt,
  }
}

/** The app's "keep running", epoch ms. */
function heartbeat({ session }: ObservedSession, now: number): number | undefined {
  const at = epochOf(session.metadata.annotations?.[ANNOTATION.heartbeat])
  return at === undefined || at > now + CLOCK_SKEW_MS ? undefined : at
}

/** The time that is written: it moves in steps, but at once when somebody comes or goes. */
function lastActivity(
  observed: ObservedSession,
  before: VdiSessionStatus,
  told: ObservedSession['activity'],
  now: number,
): number | undefined {
  const written = epochOf(before.lastActivityTime)
  const were = before.connectedClients ?? 0
  // who is found to be gone was there a moment ago
  const someone = told !== undefined && told.clients + were > 0 ? told.at : 0
  const seen = Math.max(someone, heartbeat(observed, now) ?? 0)
  if (seen <= (written ?? 0)) return written
  const changed = told !== undefined && told.clients !== were
  return written === undefined || changed || seen - written >= ACTIVITY_STEP_MS ? seen : written
}
