// Whether something grows over time. Pure.

/** One reading at a time. */
export interface Reading {
  /** Minutes since the beginning. */
  readonly at: number
  readonly value: number
}

/**
 * The slope of the straight line that fits best (least squares), a minute.
 * @returns rounded to 0.01, or null with fewer than three readings
 */
export function slope(readings: readonly Reading[]): number | null {
  const n = readings.length
  if (n < 3) return null
  const middle = readings.reduce((sum, { at }) => sum + at, 0) / n
  const mean = readings.reduce((sum, { value }) => sum + value, 0) / n
  const spread = readings.reduce((sum, { at }) => sum + (at - middle) ** 2, 0)
  if (spread === 0) return null
  const together = readings.reduce((sum, { at, value }) => sum + (at - middle) * (value - mean), 0)
  return Math.round((together / spread) * 100) / 100
}

/**
 * How far the end is from the beginning: the median of the last third less that of the first.
 * @returns rounded to 0.1, or null with fewer than six readings
 */
export function drift(readings: readonly Reading[]): number | null {
  if (readings.length < 6) return null
  const sorted = readings.toSorted((a, b) => a.at - b.at).map(({ value }) => value)
  const third = Math.floor(sorted.length / 3)
  return Math.round((median(sorted.slice(-third)) - median(sorted.slice(0, third))) * 10) / 10
}

/** @param values at least one, in any order */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = Math.floor(sorted.length / 2)
  const upper = sorted[half] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? upper) + upper) / 2
}
