// The cgroup under which the cluster's pods live, in every hierarchy that the machine has (version 1, 2 or both).
import { existsSync } from 'node:fs'
import { mkdir, readFile, readdir, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { CGROUP } from './settings.ts'

const ROOT = '/sys/fs/cgroup'

/** Mount points of cgroup hierarchies. */
async function hierarchies(): Promise<string[]> {
  const mounts = (await readFile('/proc/mounts', 'utf8')).split('\n').map((line) => line.split(' '))
  return mounts.flatMap(([, path, type]) =>
    path !== undefined && path.startsWith(ROOT) && (type === 'cgroup' || type === 'cgroup2') ? [path] : [],
  )
}

/** Makes the cluster's cgroup. */
export async function makeCgroup(): Promise<void> {
  for (const hierarchy of await hierarchies()) {
    const folder = join(hierarchy, CGROUP)
    await mkdir(folder, { recursive: true })
    // in version 1 a new cpuset has neither processors nor memory until it is given some
    for (const name of ['cpuset.cpus', 'cpuset.mems'])
      if (hierarchy.endsWith('cpuset') && existsSync(join(hierarchy, name)))
        await writeFile(join(folder, name), await readFile(join(hierarchy, name)))
  }
}

/** Removes the cluster's cgroup with everything below it; what still holds a process stays. */
export async function removeCgroup(): Promise<void> {
  // a process that was killed is counted until the kernel is done with it
  const end = Date.now() + 5000
  for (;;) {
    for (const folder of await leftCgroups()) await removeTree(folder)
    if ((await leftCgroups()).length === 0 || Date.now() > end) return
    await delay(100)
  }
}

/** The cluster's cgroups that are there. */
export async function leftCgroups(): Promise<string[]> {
  return (await hierarchies()).map((hierarchy) => join(hierarchy, CGROUP)).filter((folder) => existsSync(folder))
}

async function removeTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  for (const entry of entries) if (entry.isDirectory()) await removeTree(join(folder, entry.name))
  // a cgroup's files go with it; one with a process in it stays, and the leftovers check says so
  await rmdir(folder).catch(() => undefined)
}
