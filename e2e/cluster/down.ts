// Takes the cluster down and leaves nothing behind: processes (by pid), mounts, cgroups, network, files. Safe to run twice, and after
// a cluster that came up half.
import { existsSync } from 'node:fs'
import { readFile, readdir, rm } from 'node:fs/promises'
import { leftCgroups, removeCgroup } from './cgroup.ts'
import { leftNamespaces, removeNetwork } from './network.ts'
import { readDaemons, startTime, stopAll, tryRun, type Daemon } from './process.ts'
import { FOLDERS, KUBELET_FOLDER, RUN } from './settings.ts'
import { findTraces, removeTraces } from './traces.ts'

/**
 * Stops everything.
 * @returns false when nothing was up. Throws, with the files still there, when something of it stays mounted.
 */
export async function takeDown(): Promise<boolean> {
  if (!existsSync(FOLDERS.run)) return false
  // with kubelet and containerd gone nothing new is started; only then is what they started complete
  await stopAll(readDaemons(RUN.daemons))
  const shims = await ourShims()
  await stopAll(await childrenOf(shims), 1000)
  await stopAll(shims, 2000)
  for (const mount of await ourMounts()) await tryRun('umount', ['--lazy', mount])
  // to remove files through a mount would be to remove somebody's files
  const [stays] = await ourMounts()
  if (stays !== undefined) throw new Error(`still mounted: ${stays}`)
  await removeTraces(await findTraces())
  await removeCgroup()
  await removeNetwork()
  if (existsSync(RUN.madeKubeletFolder)) await rm(KUBELET_FOLDER, { recursive: true, force: true })
  await rm(FOLDERS.run, { recursive: true, force: true })
  return true
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
  for (const name of await leftNamespaces()) found.push(`network namespace ${name}`)
  for (const folder of await leftCgroups()) found.push(`cgroup: ${folder}`)
  for (const path of (await findTraces()).paths) found.push(`trace: ${path}`)
  for (const mount of await ourMounts()) found.push(`mount: ${mount}`)
  for (const { pid } of await processes()) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')
    if (command.includes(`${FOLDERS.run}/`)) found.push(`process ${pid}: ${command.split('\0')[0] ?? ''}`)
  }
  return found
}
