// What benches make of readings: trees of processes, and trends.
import { expect, it } from 'vitest'
import { cpuTicks, treeCost, treeOf } from './process-tree.ts'
import { drift, median, slope } from './trend.ts'

it('finds a process and all that come from it', () => {
  const parents = new Map([
    [2, 1],
    [3, 2],
    [4, 2],
    [5, 4],
    [9, 1],
  ])
  expect(treeOf(2, parents).toSorted((a, b) => a - b)).toEqual([2, 3, 4, 5])
})

it('reads CPU time behind any name', () => {
  const rest = 'S 1 2 3 0 -1 4194304 10 20 30 40 100 50 7 3 20 0 1 0 12345'
  expect(cpuTicks(`77 (a ) b (c) ${rest}`)).toBe(160)
})

it.runIf(process.platform === 'linux')('measures this very process', () => {
  const cost = treeCost(process.pid)
  expect(cost.processes).toBeGreaterThanOrEqual(1)
  expect(cost.memoryMB).toBeGreaterThan(5)
  expect(cost.cpuS).toBeGreaterThan(0)
})

it('tells growth from noise', () => {
  const readings = (value: (at: number) => number) => Array.from({ length: 12 }, (_, at) => ({ at, value: value(at) }))
  expect(slope(readings((at) => 100 + 2 * at))).toBe(2)
  expect(Math.abs(slope(readings((at) => 100 + (at % 2))) ?? 9)).toBeLessThan(0.1)
  expect(slope(readings(() => 1).slice(0, 2))).toBeNull()
  expect(drift(readings((at) => (at < 6 ? 20 : 26)))).toBe(6)
  expect(drift(readings(() => 1).slice(0, 5))).toBeNull()
  expect(median([3, 1, 2, 4])).toBe(2.5)
})
