// A run that died, a file that did not load and a spec that did not run must each be visible in the counts.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { playwrightCounts, summaryLine, vitestCounts } from './test-counts.ts'

const folder = mkdtempSync(join(tmpdir(), 'counts-'))
function report(name: string, value: unknown): string {
  const file = join(folder, name)
  writeFileSync(file, JSON.stringify(value))
  return file
}

describe('counts', () => {
  it('takes a missing report for a failure', () => {
    expect(vitestCounts('unit', join(folder, 'none.json')).failed).toBe(1)
    expect(playwrightCounts('browser', join(folder, 'none.json')).failed).toBe(1)
  })

  it('counts a test file that could not be loaded as failed', () => {
    const file = report('unit.json', {
      numPassedTests: 3,
      numFailedTests: 0,
      numPendingTests: 1,
      numTodoTests: 0,
      testResults: [
        { status: 'failed', assertionResults: [] },
        { status: 'passed', assertionResults: [{ status: 'skipped', fullName: 'needs root' }] },
      ],
    })
    expect(vitestCounts('unit', file)).toEqual({ name: 'unit', passed: 3, failed: 1, skipped: ['needs root NOT RUN'] })
  })

  it('keeps the reason of a skipped spec, also in nested suites', () => {
    const test = (status: string, description?: string) => ({
      status,
      annotations: description ? [{ type: 'skip', description }] : [],
    })
    const file = report('browser.json', {
      suites: [
        {
          title: 'a',
          specs: [{ title: 'works', tests: [test('expected')] }],
          suites: [
            {
              title: 'b',
              specs: [
                { title: 'pads', tests: [test('skipped', 'no image')] },
                { title: 'breaks', tests: [test('unexpected')] },
              ],
            },
          ],
        },
      ],
    })
    const counts = playwrightCounts('browser', file)
    expect(counts).toEqual({ name: 'browser', passed: 1, failed: 1, skipped: ['pads NOT RUN: no image'] })
    expect(summaryLine([counts, counts])).toBe('2 passed, 2 failed, 2 skipped')
  })
})
