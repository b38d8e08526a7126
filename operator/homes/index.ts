// The program of a node that keeps homes on its own disk: `homes`, a DaemonSet's pod with the node's folder mounted at the same path.
// Environment: NODE_NAME, HOMES_ROOT (absolute), POD_NAME. What cannot be mended by waiting ends it at once, by name.
import { randomBytes } from 'node:crypto'
import { access, constants } from 'node:fs/promises'
import { hostname } from 'node:os'
import { createInClusterClient } from '../../kube/in-cluster.ts'
import { REAL_TIMERS } from '../../kube/retry-budget.ts'
import { NODE } from '../../kube/types.ts'
import { createEventRecorder } from '../events.ts'
import { createLogger } from '../log.ts'
import { createFolders } from './folders.ts'
import { createHomes } from './homes.ts'
import { hostnameOf } from './volumes.ts'

/** An orderly end takes less than this, ms; then it ends anyway. */
const END_MS = 20_000

function needed(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set`)
  return value
}

async function main(): Promise<void> {
  const root = needed('HOMES_ROOT').replace(/\/+$/, '')
  if (!/^\/[^\0]+$/.test(root) || root.split('/').includes('..'))
    throw new Error('HOMES_ROOT has to be an absolute path without ..')
  await access(root, constants.W_OK)
  const log = createLogger('info', (line) => void process.stdout.write(line))
  const now = (): number => Date.now()
  const { client } = await createInClusterClient({ env: process.env, now })
  const identity = process.env['POD_NAME'] ?? hostname()
  const events = createEventRecorder({ client, now, identity, randomBytes, log })
  const node = needed('NODE_NAME')
  const place = { node, root, hostname: hostnameOf(await client.get(NODE, node)) }
  const folders = createFolders(root)
  const homes = createHomes({ client, place, folders, events, timers: REAL_TIMERS, log })
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      setTimeout(() => process.exit(1), END_MS).unref()
      void homes
        .stop()
        .then(() => client.close())
        .then(() => process.exit(0))
    })
  await homes.synced
  log.info('keeps homes', { node, root })
  await folders.sweep()
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})
