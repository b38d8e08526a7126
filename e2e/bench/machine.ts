// What a figure was taken on: part of every bench's line.
import { cpus, loadavg, totalmem } from 'node:os'

/** The machine as benches name it. */
export interface Machine {
  readonly cores: number
  readonly cpu: string
  readonly memoryGB: number
}

/** @returns this machine */
export function machine(): Machine {
  return { cores: cpus().length, cpu: cpus()[0]?.model ?? 'unknown', memoryGB: Math.round(totalmem() / 2 ** 30) }
}

/**
 * The value below which the share `q` of the values lies (nearest rank).
 * @param values any order
 * @param q 0 to 1
 * @returns rounded to 0.1, or null when there are no values
 */
export function quantile(values: readonly number[], q: number): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]
  return value === undefined ? null : Math.round(value * 10) / 10
}

/** Prints a bench's one JSON line. */
export function report(bench: string, figures: Readonly<Record<string, unknown>>): void {
  console.log(JSON.stringify({ bench, on: machine(), ...figures }))
}

/** Processes that wanted to run in the last minute: well above 0 before a bench begins means that others disturb it. */
export function loadAverage(): number {
  return Math.round((loadavg()[0] ?? 0) * 100) / 100
}
