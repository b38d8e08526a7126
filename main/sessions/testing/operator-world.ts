// One provider of operator mode over a cluster in memory, with a fake operator, a clock turned by hand and a test that plays kubelet.
import type { Resource } from '../../../kube/types.ts'
import { POD, VDI_SESSION, VDI_TEMPLATE } from '../../../kube/types.ts'
import { builtinTemplates } from '../../../shared/domain/builtin-templates.ts'
import type { SessionView } from '../../../shared/domain/session.ts'
import type { TemplateSpec } from '../../../shared/domain/template.ts'
import { API_GROUP, API_VERSION, DEFAULT_DESKTOP_IMAGE } from '../../../shared/product.ts'
import { SILENT } from '../../logging/logger.ts'
import { createOperatorProvider } from '../operator/operator-provider.ts'
import type { ProviderSnapshot } from '../provider.ts'
import { createFakeCluster, type FakeCluster } from './fake-cluster.ts'
import { createFakeOperator } from './fake-operator.ts'
import { createHandClock } from './hand-clock.ts'

const disposals: (() => Promise<void>)[] = []
/** Ends every provider of the test. */
export async function disposeOperatorWorlds(): Promise<void> {
  for (const dispose of disposals.splice(0)) await dispose()
}

/** Offers a template in a cluster, changed as wanted. */
export function offer(cluster: FakeCluster, id: string, change: Partial<TemplateSpec> = {}): void {
  const builtin = builtinTemplates(DEFAULT_DESKTOP_IMAGE).find((template) => template.id === id)
  const spec = { ...(builtin ?? builtinTemplates(DEFAULT_DESKTOP_IMAGE)[0])?.spec, ...change }
  cluster.put(VDI_TEMPLATE.plural, {
    apiVersion: `${API_GROUP}/${API_VERSION}`,
    kind: VDI_TEMPLATE.kind,
    metadata: { name: id },
    spec,
  })
}
/** A cluster that offers the built-in templates as VDITemplates. */
export function clusterWithTemplates(): FakeCluster {
  const cluster = createFakeCluster()
  for (const { id } of builtinTemplates(DEFAULT_DESKTOP_IMAGE)) offer(cluster, id)
  return cluster
}

/** A provider that watches a cluster, and an operator that follows it. */
export function setUpOperator(cluster: FakeCluster = clusterWithTemplates(), groups: readonly string[] = []) {
  const clock = createHandClock()
  let byte = 0
  const operator = createFakeOperator(
    {
      list: ({ plural }) => cluster.all().filter(({ kind }) => kind === kindOf(plural)),
      get: ({ plural }, name) => cluster.find(plural, name),
      put: ({ plural }, object) => void cluster.put(plural, object),
      remove: ({ plural }, name) => cluster.remove(plural, name),
    },
    () => clock.now(),
  )
  let planned = false
  const follow = (resource: Resource): void => {
    cluster.createReflector(resource, {}).onChange(() => {
      if (planned) return
      planned = true
      // after whoever changed it has gone on, as over a network
      setImmediate(() => {
        planned = false
        operator.step()
      })
    })
  }
  follow(VDI_SESSION)
  const provider = createOperatorProvider({
    clusterId: 'test',
    client: cluster.client,
    namespace: 'alice',
    user: { username: 'alice', groups },
    createReflector: (resource, options) => cluster.createReflector(resource, options),
    clock,
    timers: clock,
    random: (count) => Uint8Array.from({ length: count }, () => (byte += 37)),
    log: SILENT,
  })
  let snapshot!: ProviderSnapshot
  provider.watch((value) => (snapshot = value))
  disposals.push(() => provider.dispose())
  const session = (id?: string): SessionView | undefined =>
    snapshot.sessions.find((view) => id === undefined || view.id === id)
  return { cluster, clock, provider, operator, snapshot: () => snapshot, session }
}
export type OperatorWorld = ReturnType<typeof setUpOperator>

function kindOf(plural: string): string {
  return plural === VDI_SESSION.plural ? VDI_SESSION.kind : plural === POD.plural ? POD.kind : VDI_TEMPLATE.kind
}
