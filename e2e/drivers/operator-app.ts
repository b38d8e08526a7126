// The app driver on a cluster with the operator: installed once for all tests of a worker and taken away with it, and one person
// whom an admin let in by a VDIUser. Their kubeconfig names no namespace: the app has to find it.
import { randomBytes } from 'node:crypto'
import type { TestCluster } from '../cluster/index.ts'
import { makeUser } from '../cluster/pki.ts'
import { NETWORK } from '../cluster/settings.ts'
import { buildCoturnImage } from '../../images/coturn/build.ts'
import { imageCache } from '../../images/debian.ts'
import type { Condition } from '../../shared/domain/conditions.ts'
import { userNamespace } from '../../shared/domain/names.ts'
import type { TemplateSpecInput } from '../../shared/domain/template.ts'
import type { VdiSessionSpec, VdiSessionStatus } from '../../shared/domain/vdi-session.ts'
import { API_GROUP, API_VERSION, LABEL } from '../../shared/product.ts'
import { test as base } from './cluster-app.ts'
import { installOperator, KINDS, uninstallOperator, type ChartValues } from './operator-cluster.ts'

const PODS = NETWORK.podCidr.replace('.0/24', '')
/** With a relay beside the desktops, on ports that no other spec uses. A spec that changes the release brings it back to these. */
export const OPERATOR_VALUES: ChartValues = {
  relay: {
    install: true,
    addresses: [NETWORK.nodeIp],
    port: 13_479,
    minPort: 50_210,
    maxPort: 50_260,
    allowedPeers: [`${PODS}.0-${PODS}.255`],
  },
}

/** Somebody with a VDIUser. */
export interface Person {
  readonly username: string
  readonly namespace: string
  /** Of their certificate; without a namespace. */
  readonly kubeconfig: string
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

/** Ends everything that a person has, homes too; returns when it is gone. */
export async function clearPerson(cluster: TestCluster, { namespace }: Person): Promise<void> {
  await cluster.tryKubectl(['delete', KINDS.sessions, '--all', '-n', namespace, '--timeout=60s'])
  await cluster.tryKubectl(['delete', 'pvc', '--all', '-n', namespace, '--timeout=60s'])
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
      const username = `person-${randomBytes(3).toString('hex')}`
      const namespace = userNamespace(username)
      const kubeconfig = await makeUser(username, 'default')
      const apiVersion = `${API_GROUP}/${API_VERSION}`
      const spec = { username, quota: { sessions: 3, slices: 2 } }
      await cluster.apply(JSON.stringify({ apiVersion, kind: 'VDIUser', metadata: { name: username }, spec }))
      await cluster.kubectl(['wait', KINDS.users, username, '--for=condition=Ready', '--timeout=90s'])
      const person = { username, namespace, kubeconfig }
      await use(person)
      await clearPerson(cluster, person)
      await cluster.tryKubectl(['delete', KINDS.users, username, '--timeout=30s'])
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

/** Pods of a person's desktops, `name uid` each. */
export async function podsOf(cluster: TestCluster, { namespace }: Person): Promise<readonly string[]> {
  const format = 'jsonpath={range .items[*]}{.metadata.name} {.metadata.uid}{"\\n"}{end}'
  const text = await cluster.kubectl(['get', 'pods', '-n', namespace, '-l', LABEL.session, '-o', format])
  return text.split('\n').filter((line) => line !== '')
}
