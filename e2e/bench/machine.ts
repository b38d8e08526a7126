// What a figure was taken on: part of every bench's line.
import { readFileSync } from 'node:fs'
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

/**
 * Watches how busy all cores are from now on: where nothing is idle, what is measured waits for the machine.
 * @returns the share of the time that they worked since then, %
 */
export function watchCores(): () => number {
  const read = (): { readonly all: number; readonly idle: number } => {
    const fields = readFileSync('/proc/stat', 'latin1').split('\n')[0]?.trim().split(/\s+/).slice(1).map(Number) ?? []
    return { all: fields.reduce((sum, value) => sum + value, 0), idle: (fields[3] ?? 0) + (fields[4] ?? 0) }
  }
  const before = read()
  return () => {
    const { all, idle } = read()
    return Math.round((1 - (idle - before.idle) / Math.max(1, all - before.all)) * 100)
  }
}
