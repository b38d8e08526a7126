// Figures about the operator in Prometheus' text format (version 0.0.4): counters and histograms that are counted, gauges that are asked.
// Policy: names and label values are ours and few; a gauge that cannot be asked is left out of the answer.

export type Labels = Readonly<Record<string, string>>

export interface Counter {
  add(labels?: Labels, amount?: number): void
}
export interface Histogram {
  /** @param value in the unit of its name */
  observe(value: number, labels?: Labels): void
}
export interface Sample {
  readonly labels?: Labels
  readonly value: number
}

export interface Metrics {
  counter(name: string, help: string): Counter
  histogram(name: string, help: string, buckets: readonly number[]): Histogram
  /** @param read asked at each scrape */
  gauge(name: string, help: string, read: () => readonly Sample[]): void
  /** The whole page. */
  text(): string
}

interface Family {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  lines(): readonly string[]
}

/** Makes an empty page of figures. */
export function createMetrics(): Metrics {
  const families: Family[] = []
  return {
    counter: (name, help) => {
      const values = new Map<string, number>()
      families.push({
        name,
        help,
        type: 'counter',
        lines: () => [...values].map(([key, value]) => line(name, key, value)),
      })
      return {
        add: (labels = {}, amount = 1) => {
          const key = labelText(labels)
          values.set(key, (values.get(key) ?? 0) + amount)
        },
      }
    },
    histogram: (name, help, buckets) => {
      const series = new Map<
        string,
        { readonly labels: Labels; readonly counts: number[]; sum: number; count: number }
      >()
      families.push({
        name,
        help,
        type: 'histogram',
        lines: () =>
          [...series.values()].flatMap(({ labels, counts, sum, count }) => [
            ...buckets.map((bound, index) =>
              line(`${name}_bucket`, labelText({ ...labels, le: String(bound) }), counts[index] ?? 0),
            ),
            line(`${name}_bucket`, labelText({ ...labels, le: '+Inf' }), count),
            line(`${name}_sum`, labelText(labels), sum),
            line(`${name}_count`, labelText(labels), count),
          ]),
      })
      return {
        observe: (value, labels = {}) => {
          const key = labelText(labels)
          const entry = series.get(key) ?? { labels, counts: buckets.map(() => 0), sum: 0, count: 0 }
          series.set(key, entry)
          entry.sum += value
          entry.count += 1
          // each bucket holds what the smaller ones hold
          for (const [index, bound] of buckets.entries())
            if (value <= bound) entry.counts[index] = (entry.counts[index] ?? 0) + 1
        },
      }
    },
    gauge: (name, help, read) => {
      families.push({
        name,
        help,
        type: 'gauge',
        lines: () => read().map(({ labels = {}, value }) => line(name, labelText(labels), value)),
      })
    },
    text: () => {
      const parts = families.flatMap(({ name, help, type, lines }) => [
        `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
        `# TYPE ${name} ${type}`,
        ...lines(),
      ])
      return `${parts.join('\n')}\n`
    },
  }
}

function line(name: string, labels: string, value: number): string {
  return `${name}${labels} ${value}`
}

function labelText(labels: Labels): string {
  const parts = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`,
  )
  return parts.length === 0 ? '' : `{${parts.join(',')}}`
}
