// The chart's Job: applies the documents of a folder (`bootstrap FOLDER`) with the pod's own account.
// Exit 1 when anything was refused, with every refusal; 2 for wrong arguments. Files that are no documents of ours end it before it begins.
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createInClusterClient } from '../../kube/in-cluster.ts'
import { applyAll, chartObject } from './apply-all.ts'

/** A second each: definitions that were just applied are served within that. */
const ATTEMPTS = 60

const folder = process.argv[2]
if (folder === undefined) {
  process.stderr.write('usage: bootstrap FOLDER\n')
  process.exit(2)
}
// a mounted ConfigMap has hidden entries of its own
const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()
const objects = await Promise.all(
  names.map(async (name) => chartObject(await readFile(join(folder, name), 'utf8'), name)),
)
const { client } = await createInClusterClient({ env: process.env, now: Date.now })
try {
  const refused = await applyAll(objects, {
    client,
    wait: (ms) => delay(ms),
    log: (line) => void process.stdout.write(`${line}\n`),
    attempts: ATTEMPTS,
  })
  for (const sentence of refused) process.stderr.write(`${sentence}\n`)
  process.exitCode = refused.length === 0 ? 0 : 1
} finally {
  await client.close()
}
