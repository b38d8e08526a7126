// The page of figures in Prometheus' text format.
import { describe, expect, it } from 'vitest'
import { createMetrics } from './metrics.ts'

describe('the page of figures', () => {
  it('counts by labels', () => {
    const metrics = createMetrics()
    const counter = metrics.counter('writes_total', 'Writes.')
    counter.add({ verb: 'apply' })
    counter.add({ verb: 'apply' }, 2)
    counter.add({ verb: 'create' })
    expect(metrics.text()).toBe(
      '# HELP writes_total Writes.\n# TYPE writes_total counter\nwrites_total{verb="apply"} 3\nwrites_total{verb="create"} 1\n',
    )
  })
  it('adds up buckets, sum and count', () => {
    const metrics = createMetrics()
    const histogram = metrics.histogram('round_seconds', 'Rounds.', [0.1, 1])
    for (const value of [0.05, 0.1, 0.5, 5]) histogram.observe(value, { kind: 'user' })
    const lines = metrics.text().split('\n')
    expect(lines).toContain('round_seconds_bucket{kind="user",le="0.1"} 2')
    expect(lines).toContain('round_seconds_bucket{kind="user",le="1"} 3')
    expect(lines).toContain('round_seconds_bucket{kind="user",le="+Inf"} 4')
    expect(lines).toContain('round_seconds_sum{kind="user"} 5.65')
    expect(lines).toContain('round_seconds_count{kind="user"} 4')
  })
  it('asks gauges at each scrape and escapes what labels say', () => {
    const metrics = createMetrics()
    let value = 1
    metrics.gauge('depth', 'a\nb', () => [{ labels: { of: 'a"b\\c\n' }, value }])
    expect(metrics.text()).toContain('depth{of="a\\"b\\\\c\\n"} 1\n')
    value = 2
    expect(metrics.text()).toContain('} 2\n')
    expect(metrics.text()).toContain('# HELP depth a\\nb\n')
  })
})
