// Adds up what the runners report, so that the last line of a run says it all.
import { existsSync, readFileSync } from 'node:fs'

/** What one part of a run did. `skipped` holds a reason for each test that did not run. */
export interface Counts {
  readonly name: string
  readonly passed: number
  readonly failed: number
  readonly skipped: readonly string[]
}

interface VitestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: readonly {
    readonly status: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

/** Reads vitest's JSON report; a missing one counts as one failure, for a runner that died must not look green. */
export function vitestCounts(name: string, file: string): Counts {
  if (!existsSync(file)) return { name, passed: 0, failed: 1, skipped: [] }
  const report = JSON.parse(readFileSync(file, 'utf8')) as VitestReport
  const skipped = report.testResults.flatMap((suite) =>
    suite.assertionResults
      .filter((test) => test.status === 'pending' || test.status === 'skipped')
      .map((test) => `${test.fullName} NOT RUN`),
  )
  // a file that could not even be loaded has no tests in it
  const broken = report.testResults.filter(
    (suite) => suite.status === 'failed' && suite.assertionResults.length === 0,
  ).length
  return { name, passed: report.numPassedTests, failed: report.numFailedTests + broken, skipped }
}

interface PlaywrightSuite {
  readonly title: string
  readonly specs?: readonly {
    readonly title: string
    readonly tests: readonly {
      readonly status: string
      readonly annotations: readonly { readonly type: string; readonly description?: string }[]
    }[]
  }[]
  readonly suites?: readonly PlaywrightSuite[]
}

/** Reads Playwright's JSON report; a missing one counts as one failure. Skipped tests carry their reason as the annotation's description. */
export function playwrightCounts(name: string, file: string): Counts {
  if (!existsSync(file)) return { name, passed: 0, failed: 1, skipped: [] }
  const report = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly suites: readonly PlaywrightSuite[]
    readonly errors?: readonly unknown[]
  }
  let passed = 0
  let failed = report.errors?.length ?? 0
  const skipped: string[] = []
  const visit = (suite: PlaywrightSuite): void => {
    for (const spec of suite.specs ?? []) {
      for (const test of spec.tests) {
        if (test.status === 'expected') passed++
        else if (test.status === 'skipped') {
          const why = test.annotations.find(
            (annotation) => annotation.type === 'skip' && annotation.description,
          )?.description
          skipped.push(`${spec.title} NOT RUN: ${why ?? 'no reason given'}`)
        } else failed++
      }
    }
    for (const inner of suite.suites ?? []) visit(inner)
  }
  for (const suite of report.suites) visit(suite)
  return { name, passed, failed, skipped }
}

/** @returns `N passed, N failed, N skipped` over all parts */
export function summaryLine(parts: readonly Counts[]): string {
  const sum = (pick: (part: Counts) => number): number => parts.reduce((total, part) => total + pick(part), 0)
  return `${sum((part) => part.passed)} passed, ${sum((part) => part.failed)} failed, ${sum((part) => part.skipped.length)} skipped`
}
