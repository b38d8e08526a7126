// Looks after VDISessions: what is observed of one, what goes into its plan from outside, and what is remembered while a start is under way.
// Policy: a session whose spec cannot be read is left alone and said in the log; the API server's schema lets none through.
import { POD, ROLE } from '../../kube/types.ts'
import type { VdiSessionStatus } from '../../shared/domain/vdi-session.ts'
import type { KubeObject } from '../../shared/render/types.ts'
import type { OperatorConfig } from '../config.ts'
import type { Logger } from '../log.ts'
import type { Plan } from '../plan.ts'
import type { Controller } from '../rounds.ts'
import type { Stores } from '../stores.ts'
import { observeSession } from './observe.ts'
import type { Fresh, ObservedSession } from './observed.ts'
import { createRightsMemory } from './rights-memory.ts'

export interface SessionControllerDeps {
  readonly stores: Stores
  readonly config: OperatorConfig
  /** Epoch ms. */
  readonly now: () => number
  readonly fresh: () => Fresh
  readonly activityOf: (namespace: string, name: string) => ObservedSession['activity']
  readonly plan: (observed: ObservedSession, config: OperatorConfig, fresh: Fresh, now: number) => Plan
  /** A session has become ready: its status as it is then. */
  readonly onReady: (status: VdiSessionStatus) => void
  readonly log: Logger
}

/** Makes the controller of sessions. */
export function createSessionController(deps: SessionControllerDeps): Controller {
  const { stores, config, now, fresh, activityOf, plan, onReady, log } = deps
  // two sessions of one home may be planned at the same time: the second has to see that the first is being started
  const starting = new Set<string>()
  const rights = createRightsMemory()
  const nameOf = (namespace: string, name: string): string => `${namespace}/${name}`

  return {
    plan: (key, refusal) => {
      if (key.kind !== 'session') return undefined
      const memory = {
        activityOf,
        isStarting: (namespace: string, name: string) => starting.has(nameOf(namespace, name)),
        rightsSeenAt: (desktop: string) => rights.seenAt(desktop, now()),
        refusal,
      }
      const observed = observeSession(stores, key.namespace, key.name, memory)
      if (observed === undefined) return undefined
      if ('problem' in observed) {
        log.warn('a VDISession cannot be read', { key: nameOf(key.namespace, key.name), problem: observed.problem })
        return undefined
      }
      return {
        object: observed.session,
        plan: plan(observed, config, fresh(), now()),
        basis: basisOf(stores, observed),
      }
    },
    onExecute: (key, { object, plan: { writes, status } }) => {
      if (key.kind !== 'session') return () => undefined
      const place = nameOf(key.namespace, key.name)
      if (writes.some(({ resource, verb }) => resource === POD || verb === 'claim')) starting.add(place)
      const [before, after] = [object?.['status'], status] as readonly (VdiSessionStatus | undefined)[]
      return () => {
        starting.delete(place)
        for (const { resource, object: made } of writes) if (resource === ROLE) rights.wrote(made.metadata.name, now())
        if (after?.readyAt !== undefined && after.readyAt !== before?.readyAt) onReady(after)
      }
    },
  }
}

/** What a refused start may depend on: when one of them changes, it is worth another try. Quotas are tried again by time. */
function basisOf(stores: Stores, { session, spec, user }: ObservedSession): string {
  const generation = (object: KubeObject | undefined): string =>
    `${object?.metadata.uid ?? ''}:${object?.metadata.generation ?? ''}`
  return [
    generation(session),
    generation(stores.templates.get(spec.templateRef.name)),
    generation(user && stores.users.get(user.name)),
  ].join(' ')
}
