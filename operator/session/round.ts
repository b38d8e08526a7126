// What every part of a session's plan is made from.
import type { OperatorConfig } from '../config.ts'
import type { Facts } from './facts.ts'
import type { Fresh, ObservedSession } from './observed.ts'

/** What every part of a plan is made from. */
export interface Round {
  readonly observed: ObservedSession
  readonly facts: Facts
  readonly config: OperatorConfig
  readonly fresh: Fresh
  /** Epoch ms. */
  readonly now: number
}

/** The earliest of the times that there are. */
export function earliest(...times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}
