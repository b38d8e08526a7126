// A VDISession that is being deleted: its pod ends first, then the home goes where that is wanted and nobody else's desktop needs it, then
// the finalizer. Pure. In doubt the home stays.
import { CLAIM } from '../../kube/types.ts'
import { isEnding } from '../../shared/domain/cluster-objects.ts'
import { ownerHash } from '../../shared/domain/hash.ts'
import { FINALIZER, LABEL } from '../../shared/product.ts'
import { NO_PLAN, type Plan, type PlannedDelete } from '../plan.ts'
import { heldOf } from './adopted.ts'
import { endDeletes } from './objects.ts'
import type { Round } from './round.ts'
import { waitingStatus } from './status.ts'
import { event, transitions } from './transitions.ts'
import { going } from './verdict.ts'

/** Plans the removal. */
export function planRemoval(round: Round): Plan {
  const { observed, facts } = round
  const { finalizers = [] } = observed.session.metadata
  if (!finalizers.includes(FINALIZER)) return NO_PLAN
  const deletes = endDeletes(observed, facts)
  // what it has of the pool is told to go by whoever carries this out
  if (facts.pods.length + facts.leaving.length + heldOf(observed).length > 0) {
    const verdict = going('Terminating', 'Removing', 'The desktop is being removed; it is still ending.')
    const status = waitingStatus({ ...round, verdict })
    return { writes: [], deletes, status, events: transitions(observed.status, status) }
  }
  const home = homeDelete(round)
  const note = home ? `Removed, and its home ${home.name} with it.` : 'Removed. Homes that it used are kept.'
  return {
    writes: [],
    deletes: [...deletes, ...(home ? [home] : [])],
    finalizers: finalizers.filter((name) => name !== FINALIZER),
    events: [event('Removing', 'Remove', note, 'Normal')],
  }
}

function homeDelete({ observed, facts }: Round): PlannedDelete | undefined {
  const { spec, claim, siblings } = observed
  const reclaim = spec.home?.reclaim ?? facts.spec?.storage.home?.reclaim ?? 'Retain'
  if (reclaim !== 'Delete' || claim === undefined || isEnding(claim)) return undefined
  // of several that are removed together the last one decides
  if (siblings.some(({ removing, running }) => !removing || running)) return undefined
  if (claim.metadata.labels?.[LABEL.ownerHash] !== ownerHash(spec.owner)) return undefined
  const { name, namespace, uid } = claim.metadata
  return { resource: CLAIM, name, namespace, uid }
}
