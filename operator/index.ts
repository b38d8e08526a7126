// The operator's process: reads its settings and where it runs, and ends in order. What cannot be mended by waiting ends it at once, by name.
// Environment: KASM_OPERATOR_CONFIG (file), POD_NAME, POD_NAMESPACE, POD_SERVICE_ACCOUNT, KASM_OPERATOR_PORT, KUBECONFIG (outside a cluster).
import { randomBytes, randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { createKubeClient } from '../kube/client.ts'
import { createInClusterClient } from '../kube/in-cluster.ts'
import { defaultSource, loadSource } from '../kube/kubeconfig/sources.ts'
import { vetContext } from '../kube/kubeconfig/vet.ts'
import { REAL_TIMERS } from '../kube/retry-budget.ts'
import type { KubeClient } from '../kube/types.ts'
import { PLATFORM_NAMESPACE, PRODUCT_NAME } from '../shared/product.ts'
import { operatorConfigSchema, type OperatorConfig } from './config.ts'
import { createLogger } from './log.ts'
import { createOperator } from './operator.ts'

const CONFIG_FILE = '/etc/kasm-operator/config.json'
const HTTP_PORT = 8080
/** An orderly end takes less than this, ms; then it ends anyway. */
const END_MS = 20_000

type Environment = Readonly<Record<string, string | undefined>>

/** @throws Error that names the file and the field */
async function readConfig(path: string): Promise<OperatorConfig> {
  const parsed = operatorConfigSchema.safeParse(JSON.parse(await readFile(path, 'utf8')))
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path: field, message }) => `${field.join('.')}: ${message}`)
  throw new Error(`${path}: ${problems.join('; ')}`)
}

/** In a pod by its service account; elsewhere by the current context of the kubeconfig. */
async function connect(env: Environment): Promise<{ readonly client: KubeClient; readonly namespace: string }> {
  const now = (): number => Date.now()
  if (!env['KUBECONFIG']) return await createInClusterClient({ env, now })
  const source = defaultSource(env, process.platform)
  const found = source && (await loadSource(source)).contexts.find(({ current }) => current)
  if (!found) throw new Error(`${env['KUBECONFIG']} has no current context`)
  const context = await vetContext(found, env, now())
  const client = createKubeClient({ context, env, isTrusted: () => false, now, isBusy: true })
  return { client, namespace: PLATFORM_NAMESPACE }
}

async function main(): Promise<void> {
  const { env } = process
  const config = await readConfig(env['KASM_OPERATOR_CONFIG'] ?? CONFIG_FILE)
  const log = createLogger(config.logLevel, (line) => void process.stdout.write(line))
  const { client, namespace } = await connect(env)
  const pod = env['POD_NAME']
  const operator = createOperator({
    client,
    config,
    serviceAccount: env['POD_SERVICE_ACCOUNT'],
    timers: REAL_TIMERS,
    randomBytes,
    log,
    namespace: env['POD_NAMESPACE'] ?? namespace,
    identity: `${pod ?? hostname()}_${randomUUID()}`,
    // a pod's name is its own, and its container is started anew only after the last one has ended; on a host many may run
    isPredecessor: (identity) => pod !== undefined && identity.startsWith(`${pod}_`),
    // outside a cluster nobody else is to reach it
    http: { port: Number(env['KASM_OPERATOR_PORT'] ?? HTTP_PORT), host: env['KUBECONFIG'] ? '127.0.0.1' : undefined },
    // a new process runs for leader again
    onLost: () => process.exit(1),
  })
  const end = (signal: string): void => {
    log.info('ends', { signal })
    setTimeout(() => process.exit(1), END_MS).unref()
    void operator
      .stop()
      .then(() => client.close())
      .then(() => process.exit(0))
  }
  process.once('SIGTERM', end)
  process.once('SIGINT', end)
  await operator.start()
  log.info(`${PRODUCT_NAME} runs`, { namespace, port: operator.httpPort })
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})
