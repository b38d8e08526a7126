// The last line of a whole run: the counts of `npm test` and `npm run test:cluster` added up, every skipped one with its reason before it.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { summaryLine, type Counts } from './test-counts.ts'

const folder = join(import.meta.dirname, '..', 'test-results')
const parts = ['test.json', 'cluster.json'].flatMap((name): Counts[] => {
  const file = join(folder, name)
  // a part that left no report died: it must not look green
  return existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Counts[])
    : [{ name, passed: 0, failed: 1, skipped: [] }]
})
for (const part of parts) for (const reason of part.skipped) console.log(`skipped: ${reason}`)
console.log(summaryLine(parts))
process.exitCode = parts.some((part) => part.failed > 0) ? 1 : 0
