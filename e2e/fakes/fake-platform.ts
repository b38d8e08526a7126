// A fake API server on which the operator's kinds are served and a small operator follows: one user with exactly the rights of the
// platform's user role, in their own namespace. A test plays kubelet with `run`.
import { createFakeOperator, type FakeOperator } from '../../main/sessions/testing/fake-operator.ts'
import { NAMESPACE, POD, VDI_SESSION, VDI_TEMPLATE, type KubeObject } from '../../kube/types.ts'
import { userNamespace } from '../../shared/domain/names.ts'
import type { TemplateSpecInput } from '../../shared/domain/template.ts'
import { API_GROUP, API_VERSION, LABEL } from '../../shared/product.ts'
import { USER_RIGHTS, USER_TEMPLATE_RIGHTS, type Right } from '../../scripts/generate/platform/rights.ts'
import { createFakeApiServer, type Attributes, type FakeApiServer } from './api-server.ts'
import type { StoredObject } from './api-store.ts'

export interface FakePlatform {
  readonly api: FakeApiServer
  readonly operator: FakeOperator
  /** The user's own. */
  readonly namespace: string
  offer(id: string, spec: TemplateSpecInput): void
  /** The VDISessions that there are. */
  sessions(): readonly StoredObject[]
  /** Plays scheduler and kubelet. */
  run(pod: string, ready?: boolean): void
}

/** Rights of a user of the platform and no more. */
export function userAllows(username: string): (attributes: Attributes) => boolean {
  const namespace = userNamespace(username)
  const grants = (rights: readonly Right[], { verb, group, resource, subresource }: Attributes): boolean => {
    const wanted = subresource === undefined ? resource : `${resource}/${subresource}`
    return rights.some(
      (right) => right.group === group && right.resources.includes(wanted) && right.verbs.includes(verb),
    )
  }
  return (asked) =>
    asked.user === username &&
    ((asked.namespace === namespace && grants(USER_RIGHTS, asked)) || grants(USER_TEMPLATE_RIGHTS, asked))
}

/** @param username as the fake API server's token has it (`user-token` is jane's) */
export async function createFakePlatform(username = 'jane'): Promise<FakePlatform> {
  const api = await createFakeApiServer({ groups: [`${API_GROUP}/${API_VERSION}`], allows: userAllows(username) })
  const namespace = userNamespace(username)
  const { store } = api
  store.put(NAMESPACE, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels: { [LABEL.user]: username } },
  })
  const placeOf = (plural: string) => (plural === VDI_TEMPLATE.plural ? undefined : namespace)
  const operator = createFakeOperator(
    {
      // what stands in the store came as whole objects
      list: (resource) => store.list(resource, { namespace: placeOf(resource.plural) }) as readonly KubeObject[],
      get: (resource, name) => store.get(resource, name, placeOf(resource.plural)) as KubeObject | undefined,
      put: (resource, object) => void store.put(resource, object as StoredObject),
      remove: (resource, name) => void store.remove(resource, name, placeOf(resource.plural)),
    },
    Date.now,
  )
  let planned = false
  store.onEvent(({ kind }) => {
    if (planned || ![VDI_SESSION.plural, POD.plural].includes(kind.plural)) return
    planned = true
    // after the answer to whoever changed it
    setImmediate(() => {
      planned = false
      operator.step()
    })
  })
  return {
    api,
    operator,
    namespace,
    offer(id, spec) {
      store.put(VDI_TEMPLATE, {
        apiVersion: `${API_GROUP}/${API_VERSION}`,
        kind: VDI_TEMPLATE.kind,
        metadata: { name: id },
        spec,
      })
    },
    sessions: () => store.list(VDI_SESSION, { namespace }),
    run(name, ready = true) {
      const pod = store.get(POD, name, namespace)
      if (!pod) throw new Error(`no pod ${name}`)
      const status = (type: string, value: boolean) => ({
        type,
        status: value ? 'True' : 'False',
        lastTransitionTime: new Date().toISOString(),
      })
      store.put(POD, {
        ...pod,
        spec: { ...(pod['spec'] as object), nodeName: 'gpu-a' },
        status: {
          phase: 'Running',
          hostIP: '10.0.0.7',
          conditions: [status('PodScheduled', true), status('ContainersReady', ready), status('Ready', ready)],
          containerStatuses: [{ name: 'desktop', ready, restartCount: 0, state: { running: {} } }],
        },
      })
    },
  }
}
