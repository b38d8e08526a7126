// The app driver on a cluster with the operator: installed once for all tests of a worker and taken away with it, and one person
// whom an admin let in by a VDIUser.
import type { TestCluster } from '../cluster/index.ts'
import { NETWORK } from '../cluster/settings.ts'
import { buildCoturnImage } from '../../images/coturn/build.ts'
import { imageCache } from '../../images/debian.ts'
import type { Condition } from '../../shared/domain/conditions.ts'
import type { TemplateSpecInput } from '../../shared/domain/template.ts'
import type { VdiSessionSpec, VdiSessionStatus } from '../../shared/domain/vdi-session.ts'
import { API_GROUP, API_VERSION, LABEL } from '../../shared/product.ts'
import { test as base } from './cluster-app.ts'
import { HOMES_VALUES, installOperator, KINDS, uninstallOperator, type ChartValues } from './operator-cluster.ts'
import { admitPerson, clearPerson, dismissPerson, type Person } from './people.ts'

const PODS = NETWORK.podCidr.replace('.0/24', '')
/** With a relay beside the desktops, on ports that no other spec uses, a place for a warm pool, and homes on the node's own disk for the chart's templates. A spec that changes the release brings it back to these. */
export const OPERATOR_VALUES: ChartValues = {
  relay: {
    install: true,
    addresses: [NETWORK.nodeIp],
    port: 13_479,
    minPort: 50_210,
    maxPort: 50_260,
    allowedPeers: [`${PODS}.0-${PODS}.255`],
  },
  warmPool: { enabled: true },
  homes: HOMES_VALUES,
}

/** A VDISession as the API server has it. */
export interface SeenSession {
  readonly spec: VdiSessionSpec
  readonly status: VdiSessionStatus
  /** Reason of its Ready condition. */
  readonly reason: string
  readonly uid: string
}

interface Stored {
  readonly metadata: { readonly uid: string }
  readonly spec: VdiSessionSpec
  readonly status?: VdiSessionStatus
}

export async function readSession(cluster: TestCluster, namespace: string, name: string): Promise<SeenSession> {
  const text = await cluster.kubectl(['get', KINDS.sessions, name, '-n', namespace, '-o', 'json'])
  const { metadata, spec, status = {} } = JSON.parse(text) as Stored
  const conditions: readonly Condition[] = status.conditions ?? []
  const reason = conditions.find(({ type }) => type === 'Ready')?.reason ?? ''
  return { spec, status, reason, uid: metadata.uid }
}

/** Creates or replaces a template as an admin. */
export async function applyTemplate(cluster: TestCluster, name: string, spec: TemplateSpecInput): Promise<void> {
  const apiVersion = `${API_GROUP}/${API_VERSION}`
  await cluster.apply(JSON.stringify({ apiVersion, kind: 'VDITemplate', metadata: { name }, spec }))
}

interface WorkerFixtures {
  /** Installed; nothing to read. */
  readonly operator: true
  readonly person: Person
}

export const test = base.extend<{ readonly leftClean: void }, WorkerFixtures>({
  operator: [
    async ({ cluster }, use) => {
      // the runner has imported it already; a spec that is run alone has not
      if (process.env['KASM_COTURN_ARCHIVE'] === undefined)
        await cluster.importImage(await buildCoturnImage(imageCache(), console.log))
      try {
        await installOperator(cluster, OPERATOR_VALUES)
        await use(true)
      } finally {
        await uninstallOperator(cluster)
      }
    },
    { scope: 'worker', timeout: 400_000 },
  ],
  person: [
    async ({ cluster, operator: _installed }, use) => {
      const person = await admitPerson(cluster)
      await use(person)
      await dismissPerson(cluster, person)
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  // the person's, which outlives the test
  namespace: async ({ person }, use) => {
    await use(person.namespace)
  },
  kubeconfig: async ({ person }, use) => {
    await use(person.kubeconfig)
  },
  leftClean: [
    async ({ cluster, person }, use) => {
      await use()
      await clearPerson(cluster, person)
    },
    { auto: true, timeout: 120_000 },
  ],
})
export { expect } from './cluster-app.ts'
export { clearPerson, type Person } from './people.ts'

/** Pods of a person's desktops, `name uid` each. */
export async function podsOf(cluster: TestCluster, { namespace }: Person): Promise<readonly string[]> {
  const format = 'jsonpath={range .items[*]}{.metadata.name} {.metadata.uid}{"\\n"}{end}'
  const text = await cluster.kubectl(['get', 'pods', '-n', namespace, '-l', LABEL.session, '-o', format])
  return text.split('\n').filter((line) => line !== '')
}
