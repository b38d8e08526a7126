// Everything that operator mode watches: templates of the cluster, and in the person's namespace sessions, pods, claims and events.
// Sessions, pods and templates are needed; claims and events are extras whose absence costs only the words that they add.
import { LABEL } from '../../../shared/product.ts'
import { CLAIM, EVENT, POD, VDI_SESSION, VDI_TEMPLATE, type Reflector, type Resource } from '../../../kube/types.ts'
import { healthOf, type CreateReflector, type WatchHealth } from '../watch-health.ts'

export interface OperatorState {
  readonly templates: Reflector
  readonly sessions: Reflector
  readonly pods: Reflector
  readonly claims: Reflector
  readonly events: Reflector
  /** The needed kinds have been listed once. Rejects when disposed before. */
  readonly synced: Promise<void>
  health(): WatchHealth
  dispose(): void
}

/** @param changed called after every change of any kind */
export function createOperatorState(
  createReflector: CreateReflector,
  namespace: string,
  ownerHash: string,
  changed: () => void,
): OperatorState {
  const reflectors: Reflector[] = []
  const start = (resource: Resource, options: Parameters<CreateReflector>[1]): Reflector => {
    const reflector = createReflector(resource, options)
    reflector.onChange(changed)
    // whoever needs it awaits it; a stop before the first list is no fault
    reflector.synced.catch(() => undefined)
    reflectors.push(reflector)
    return reflector
  }
  const ours = { namespace, labelSelector: `${LABEL.ownerHash}=${ownerHash}` }
  const needed = {
    templates: start(VDI_TEMPLATE, {}),
    sessions: start(VDI_SESSION, { namespace }),
    pods: start(POD, ours),
  }
  const extras = { claims: start(CLAIM, ours), events: start(EVENT, { namespace }) }
  const synced = Promise.all(Object.values(needed).map((reflector) => reflector.synced)).then(() => undefined)
  synced.catch(() => undefined)
  return {
    ...needed,
    ...extras,
    synced,
    // a refused sign-in is everybody's, whichever kind met it first
    health: () => healthOf(reflectors.some(({ state }) => state === 'signed-out') ? reflectors : Object.values(needed)),
    dispose() {
      for (const reflector of reflectors) reflector.stop()
    },
  }
}
