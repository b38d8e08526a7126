// One round of the work queue: observe, plan, execute. What a refusal says is kept for the next plan of the same key.
// Policy: nothing is planned before every needed kind was listed; a server that goes on refusing is asked ever more slowly.
import type { Timers } from '../kube/retry-budget.ts'
import type { KubeObject } from '../kube/types.ts'
import { execute, makesDesktop, type ExecuteDeps } from './execute.ts'
import { parseKey, resourceOfKey, type Key, type KeyKind } from './keys.ts'
import type { Logger } from './log.ts'
import type { Plan, Refusal } from './plan.ts'

/** What one kind of key is looked after by. */
export interface Controller {
  /** @returns undefined when there is nothing to plan for */
  plan(key: Key, refusal: Refusal | undefined): Planned | undefined
  /** Told before a plan is carried out. @returns called afterwards */
  onExecute?(key: Key, planned: Planned): () => void
}

export interface Planned {
  /** Whom the plan is for; undefined when the object is gone. */
  readonly object: KubeObject | undefined
  readonly plan: Plan
  /** What a refusal depended on: it is forgotten when this is another one. */
  readonly basis: string
}

export interface RoundsDeps extends ExecuteDeps {
  readonly controllers: Readonly<Record<KeyKind, Controller>>
  readonly stores: ExecuteDeps['stores'] & { readonly ready: boolean }
  readonly timers: Timers
  readonly log: Logger
}

export interface Rounds {
  /** @throws what may pass by itself: the queue tries again */
  work(key: string, signal: AbortSignal): Promise<{ readonly nextAt?: number | undefined }>
  /** How many keys the API server refuses something now. */
  readonly refused: number
}

/** Refused again and again, ms: the planner's own deadline counts where it is later. */
const AGAIN_MS = { first: 1000, last: 60_000 }

/** What was put off to the next round is made up for after this, ms, at the latest. */
const PUT_OFF_MS = 1000

interface Kept extends Refusal {
  readonly basis: string
}

/** Makes the rounds. */
export function createRounds(deps: RoundsDeps): Rounds {
  const { controllers, stores, timers, log } = deps
  const refusals = new Map<string, Kept>()

  return {
    get refused() {
      return refusals.size
    },
    work: async (text, signal) => {
      const key = parseKey(text)
      // an empty cache must never look like an empty cluster
      if (!stores.ready) throw new Error('not every kind of object was listed yet')
      const controller = controllers[key.kind]
      const { planned, known } = planWith(text, key, controller)
      if (planned === undefined) {
        refusals.delete(text)
        return {}
      }
      const done = controller.onExecute?.(key, planned)
      try {
        const subject = { resource: resourceOfKey(key.kind), object: planned.object }
        const refusal = await execute(planned.plan, subject, deps, { knewRefusal: known !== undefined, signal })
        if (refusal === undefined) {
          if (planned.plan.writes.length > 0) refusals.delete(text)
          // a pod that was made brings the next round itself; this is for the case that its event is lost
          const soon = makesDesktop(planned.plan, subject) ? timers.now() + PUT_OFF_MS : undefined
          return { nextAt: soon ?? planned.plan.nextAt }
        }
        const count = (known?.count ?? 0) + 1
        refusals.set(text, { ...refusal, count, basis: planned.basis })
        log.warn('the API server refused a write', { key: text, ...refusal, count })
        // the first time the next plan comes at once, since it has to say it
        const wait = count === 1 ? 0 : Math.min(AGAIN_MS.last, AGAIN_MS.first * 2 ** count)
        return { nextAt: Math.max(timers.now() + wait, count === 1 ? 0 : (planned.plan.nextAt ?? 0)) }
      } finally {
        done?.()
      }
    },
  }

  /** Plans with the refusal that is known, unless what it depended on has changed. */
  function planWith(
    text: string,
    key: Key,
    controller: Controller,
  ): { readonly planned: Planned | undefined; readonly known: Kept | undefined } {
    const known = refusals.get(text)
    const planned = controller.plan(key, known)
    if (known === undefined || planned === undefined || planned.basis === known.basis) return { planned, known }
    refusals.delete(text)
    return { planned: controller.plan(key, undefined), known: undefined }
  }
}
