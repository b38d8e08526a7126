// The operator in the test cluster, installed by Helm from the chart with its own image, as an admin would; and taken away again whole:
// while its definitions are there, the app takes the cluster for one with an operator.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { buildOperatorImage } from '../../images/operator/build.ts'
import { imageCache } from '../../images/debian.ts'
import { API_GROUP, FIELD_MANAGER_OPERATOR, LABEL, PLATFORM_NAMESPACE, PRODUCT_ID } from '../../shared/product.ts'
import type { TestCluster } from '../cluster/index.ts'
import { run, tryRun, type RunOptions, type RunResult } from '../cluster/process.ts'
import { RUN } from '../cluster/settings.ts'
import { buildHelm } from '../cluster/tools.ts'

export const CHART = join(import.meta.dirname, '..', '..', 'charts', PRODUCT_ID)
/** In full: a short name is that of the first group which has it. */
export const KINDS = {
  sessions: `vdisessions.${API_GROUP}`,
  templates: `vditemplates.${API_GROUP}`,
  users: `vdiusers.${API_GROUP}`,
} as const
export const CRDS: readonly string[] = Object.values(KINDS)

/** Of the chart, as deep as wanted. */
export type ChartValues = Readonly<Record<string, unknown>>

/** What the test cluster differs in from K3s: runc is its only runtime. */
export const CLUSTER_VALUES: ChartValues = { templates: { gpuRuntimeClassName: '' } }

/** Homes on the node's own disk, in a folder that goes with the cluster. */
export const HOMES_VALUES: ChartValues = { install: true, path: join(RUN.homes, 'own') }

export interface Helm {
  /** Throws with Helm's words when it fails. @returns what it printed */
  (args: readonly string[], options?: RunOptions): Promise<string>
}

/** Helm for this cluster, with folders of its own. */
export async function helmOf(cluster: TestCluster): Promise<{
  readonly helm: Helm
  readonly tryHelm: (args: readonly string[], options?: RunOptions) => Promise<RunResult>
}> {
  const program = await buildHelm(console.log)
  const home = join(cluster.runDir, 'helm')
  mkdirSync(home, { recursive: true })
  const env = {
    KUBECONFIG: cluster.kubeconfigPath,
    HELM_CACHE_HOME: join(home, 'cache'),
    HELM_CONFIG_HOME: join(home, 'config'),
    HELM_DATA_HOME: join(home, 'data'),
  }
  return {
    helm: (args, options) => run(program, args, { ...options, env: { ...env, ...options?.env } }),
    tryHelm: (args, options) => tryRun(program, args, { ...options, env: { ...env, ...options?.env } }),
  }
}

/** Arguments that install the chart, or bring the release to these values (given on standard input). */
export const INSTALL_ARGS: readonly string[] = [
  ...['upgrade', '--install', PRODUCT_ID, CHART, '--namespace', PLATFORM_NAMESPACE, '--create-namespace'],
  // what another spec applied by itself becomes the release's
  ...['--take-ownership', '--force-conflicts', '--wait', '--timeout=180s', '--values=-'],
]

let archive: Promise<string> | undefined

/** Puts the operator's image on the node; it is built once a process, or given in KASM_OPERATOR_ARCHIVE. */
export async function importOperatorImage(cluster: TestCluster): Promise<void> {
  const given = process.env['KASM_OPERATOR_ARCHIVE']
  await cluster.importImage(given ?? (await (archive ??= buildOperatorImage(imageCache(), console.log))))
}

/**
 * Installs the operator, or changes its values; returns when its pods are Ready and the values' templates and users are applied.
 * @param values over the chart's own and the cluster's
 */
export async function installOperator(cluster: TestCluster, values: ChartValues = {}): Promise<void> {
  await importOperatorImage(cluster)
  const { helm } = await helmOf(cluster)
  await helm(INSTALL_ARGS, { input: JSON.stringify(merged(CLUSTER_VALUES, values)) })
}

/** The second over the first, objects field by field. */
export function merged(under: ChartValues, over: ChartValues): ChartValues {
  const both: Record<string, unknown> = { ...under }
  for (const [key, value] of Object.entries(over)) {
    const below = both[key]
    both[key] = isObject(below) && isObject(value) ? merged(below, value) : value
  }
  return both
}

function isObject(value: unknown): value is ChartValues {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Takes everything away: sessions while there is an operator to end them, the release, users' namespaces, the definitions. */
export async function uninstallOperator(cluster: TestCluster): Promise<void> {
  const { tryHelm } = await helmOf(cluster)
  if ((await cluster.tryKubectl(['get', 'crd', KINDS.sessions])).code === 0) {
    await cluster.tryKubectl(['delete', KINDS.sessions, '--all', '-A', '--timeout=30s'])
    await releaseSessions(cluster)
  }
  await tryHelm(['uninstall', PRODUCT_ID, '--namespace', PLATFORM_NAMESPACE, '--ignore-not-found', '--wait'])
  const gone = ['--ignore-not-found', '--timeout=90s']
  // a namespace takes seconds to go, all of them together no longer
  await Promise.all([
    cluster.kubectl(['delete', 'namespace', '-l', `${LABEL.managed}=${FIELD_MANAGER_OPERATOR}`, ...gone]),
    cluster.kubectl(['delete', 'namespace', PLATFORM_NAMESPACE, ...gone]),
    cluster.kubectl(['delete', 'crd', ...CRDS, ...gone]),
  ])
}

/** An operator that is not there any more would keep its sessions for ever. */
async function releaseSessions(cluster: TestCluster): Promise<void> {
  const format = 'jsonpath={range .items[*]}{.metadata.namespace}/{.metadata.name}{"\\n"}{end}'
  const left = (await cluster.kubectl(['get', KINDS.sessions, '-A', '-o', format])).split('\n').filter(Boolean)
  for (const key of left) {
    const [namespace = '', name = ''] = key.split('/')
    const patch = ['--type=merge', '-p', '{"metadata":{"finalizers":null}}']
    await cluster.tryKubectl(['patch', KINDS.sessions, '-n', namespace, name, ...patch])
  }
}
