// What follows when the API server refuses what a plan for a user or template wanted: it is said, and tried again ever more slowly.
import type { WantedCondition } from '../shared/domain/conditions.ts'
import type { Refusal } from './plan.ts'

const FIRST_MS = 5000
const LONGEST_MS = 300_000

/** When to try again, epoch ms: after 5 s, then twice as long each time, at most 5 min. */
export function retryAt({ at, count }: Refusal): number {
  return at + Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, count - 1))
}

/** The refusal in the API server's own words. */
export function refusalConditions({ of, message }: Refusal): readonly WantedCondition[] {
  const said = `The API server refused the ${of}: ${message}`
  return [
    { type: 'Ready', status: 'False', reason: 'AdmissionDenied', message: said },
    { type: 'Stalled', status: 'True', reason: 'AdmissionDenied', message: said },
  ]
}
