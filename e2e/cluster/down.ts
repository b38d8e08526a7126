// Takes the cluster down and leaves nothing behind: processes (by pid), mounts, cgroups, network, files. Safe to run twice, and after
// a cluster that came up half.
import { existsSync } from 'node:fs'
import { readFile, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { removeCgroup } from './cgroup.ts'
import { removeNetwork } from './network.ts'
import { readDaemons, startTime, stopAll, tryRun, type Daemon } from './process.ts'
import { FOLDERS, KUBELET_FOLDER, RUN } from './settings.ts'

/** Stops everything. @returns false when nothing was up */
export async function takeDown(): Promise<boolean> {
  if (!existsSync(FOLDERS.run)) return false
  const daemons = readDaemons(RUN.daemons)
  const shims = await ourShims()
  const containers = await childrenOf(shims)
  // the kubelet goes with the rest, so nothing is restarted; then the containers, then what held them
  await stopAll(daemons)
  await stopAll(containers, 1000)
  await stopAll(shims, 2000)
  for (const mount of await ourMounts()) await tryRun('umount', ['--lazy', mount])
  await removeCgroup()
  const before = existsSync(RUN.namespacesBefore)
    ? (JSON.parse(await readFile(RUN.namespacesBefore, 'utf8')) as string[])
    : []
  // without the list the pods' namespaces cannot be told from others': then only our own goes
  await removeNetwork(existsSync(RUN.namespacesBefore) ? before : await everyNamespace())
  if (existsSync(RUN.madeKubeletFolder)) await rm(KUBELET_FOLDER, { recursive: true, force: true })
  await rm(FOLDERS.run, { recursive: true, force: true })
  return true
}

async function everyNamespace(): Promise<string[]> {
  return readdir('/run/netns').catch(() => [])
}

async function processes(): Promise<Daemon[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0)
  return pids.flatMap((pid) => {
    const started = startTime(pid)
    return started === null ? [] : [{ name: String(pid), pid, started }]
  })
}

/** containerd's helpers, each of which holds one pod; they name the socket that started them. */
async function ourShims(): Promise<Daemon[]> {
  const found: Daemon[] = []
  for (const entry of await processes()) {
    // gone in between: no longer ours to stop
    const command = await readFile(`/proc/${entry.pid}/cmdline`, 'latin1').catch(() => '')
    if (command.includes('containerd-shim') && command.includes(RUN.containerd)) found.push(entry)
  }
  return found
}

async function childrenOf(parents: readonly Daemon[]): Promise<Daemon[]> {
  const wanted = new Set(parents.map(({ pid }) => pid))
  const found: Daemon[] = []
  for (const entry of await processes()) {
    const status = await readFile(`/proc/${entry.pid}/status`, 'latin1').catch(() => '')
    if (wanted.has(Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]))) found.push(entry)
  }
  return found
}

/** Mounts below the run folder, innermost first. */
async function ourMounts(): Promise<string[]> {
  const lines = (await readFile('/proc/mounts', 'utf8')).split('\n')
  const paths = lines.map((line) => line.split(' ')[1] ?? '')
  return paths.filter((path) => path.startsWith(`${FOLDERS.run}/`)).sort((a, b) => b.length - a.length)
}

/** What is left of a cluster on the machine; empty when `takeDown` did its work. */
export async function leftovers(): Promise<string[]> {
  const found: string[] = []
  if (existsSync(FOLDERS.run)) found.push(`files: ${FOLDERS.run}`)
  const links = (await tryRun('ip', ['-o', 'link', 'show'])).stdout
  if (links.includes('kasm-node')) found.push('network link kasm-node')
  if (existsSync('/run/netns/kasm-cluster')) found.push('network namespace kasm-cluster')
  for (const mount of await ourMounts()) found.push(`mount: ${mount}`)
  for (const { pid } of await processes()) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')
    if (command.includes(`${join(FOLDERS.run)}/`)) found.push(`process ${pid}: ${command.split('\0')[0] ?? ''}`)
  }
  return found
}
