// What a container runtime and a kubelet leave in the system's own folders, whatever folders they are given: found by our containers'
// ids and links, so that nothing of another runtime on this machine is touched.
import { readFile, readdir, readlink, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { FOLDERS } from './settings.ts'

const BUNDLES = join(FOLDERS.run, 'containerd/state/io.containerd.runtime.v2.task/k8s.io')
const RUNC = '/run/containerd/runc/k8s.io'
const SHIM_SOCKETS = '/run/containerd/s/'
const CNI_RESULTS = '/var/lib/cni/results'
const LOG_LINKS = '/var/log/containers'
/** Folders that may be ours alone, innermost first: they go when nothing else is in them. */
const MAYBE_OURS = [
  RUNC,
  '/run/containerd/runc',
  SHIM_SOCKETS,
  '/run/containerd',
  CNI_RESULTS,
  '/var/lib/cni',
  LOG_LINKS,
]

/** What was found of ours outside the run folder. */
export interface Traces {
  readonly paths: readonly string[]
}

/** Looks for our traces; must be called while the run folder is still there. */
export async function findTraces(): Promise<Traces> {
  const ids = await names(BUNDLES)
  const paths: string[] = []
  for (const id of ids) {
    paths.push(join(RUNC, id))
    const address = await readFile(join(BUNDLES, id, 'address'), 'utf8').catch(() => '')
    const socket = address.replace(/^unix:\/\//, '').trim()
    if (socket.startsWith(SHIM_SOCKETS)) paths.push(socket)
  }
  const results = await names(CNI_RESULTS)
  const ofCluster = results.flatMap((name) => /^kasm-cluster-([0-9a-f]{64})-/.exec(name)?.[1] ?? [])
  const sandboxes = new Set([...ids, ...ofCluster])
  for (const name of results) {
    const id = /-([0-9a-f]{64})-[^-]+$/.exec(name)?.[1]
    if (id !== undefined && sandboxes.has(id)) paths.push(join(CNI_RESULTS, name))
  }
  for (const name of await names(LOG_LINKS)) {
    const target = await readlink(join(LOG_LINKS, name)).catch(() => '')
    if (target.startsWith(`${FOLDERS.run}/`)) paths.push(join(LOG_LINKS, name))
  }
  return { paths: [...new Set(paths)] }
}

/** Removes them, and the folders that held nothing else. */
export async function removeTraces({ paths }: Traces): Promise<void> {
  for (const path of paths) await rm(path, { recursive: true, force: true })
  // one that is not empty is somebody else's too
  for (const folder of paths.length === 0 ? [] : MAYBE_OURS) await rmdir(folder).catch(() => undefined)
}

/** A folder that is not there holds nothing. */
function names(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => [])
}
