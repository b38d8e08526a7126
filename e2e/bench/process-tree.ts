// What a browser costs: CPU time and memory of all its processes (browser, GPU, network, each page), from /proc. A client that moves work
// from its page into a worker, the decoder's or the GPU's process is still seen whole.
import { readdirSync, readFileSync } from 'node:fs'

/** Clock ticks of /proc a second; Linux has no other in use. */
const TICKS = 100

/** One look at a tree of processes. */
export interface TreeCost {
  /** CPU seconds that the processes alive now have used, with those of their children that ended. */
  readonly cpuS: number
  /** Memory of their own with their share of what is shared (PSS), MB. */
  readonly memoryMB: number
  readonly processes: number
}

/** @param root id of the first process @throws when it is gone */
export function treeCost(root: number): TreeCost {
  let ticks = 0
  let kB = 0
  const pids = treeOf(root, parentsNow())
  for (const pid of pids) {
    try {
      ticks += cpuTicks(readFileSync(`/proc/${pid}/stat`, 'latin1'))
      kB += pssKB(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))
    } catch {
      // ended meanwhile
    }
  }
  if (kB === 0) throw new Error(`no process ${root} to measure.`)
  return { cpuS: ticks / TICKS, memoryMB: kB / 1024, processes: pids.length }
}

/** A process and all that come from it. @param parents parent by process */
export function treeOf(root: number, parents: ReadonlyMap<number, number>): readonly number[] {
  const children = new Map<number, number[]>()
  for (const [pid, parent] of parents) children.set(parent, [...(children.get(parent) ?? []), pid])
  const found: number[] = []
  const next = [root]
  for (let pid = next.pop(); pid !== undefined; pid = next.pop()) {
    found.push(pid)
    next.push(...(children.get(pid) ?? []))
  }
  return found
}

/** User and system time of a `/proc/PID/stat`, children that were waited for included, in ticks. */
export function cpuTicks(stat: string): number {
  // the name may hold anything, so fields are counted from its end
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at] ?? 0), 0)
}

function pssKB(rollup: string): number {
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0)
}

function parentsNow(): ReadonlyMap<number, number> {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1')
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
    } catch {
      // ended meanwhile
    }
  }
  return parents
}
