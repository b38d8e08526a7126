// Bench: from the click on Start in the page to the first picture of a genuine desktop, image on the node; once with a home that is
// made by it, once with a home that was kept; in operator mode also with a desktop that was started ahead of the click.
// Flags: --mode direct|operator (default direct), --n N rounds (default 10), --no-build (take `out/` as it is).
import { parseArgs } from 'node:util'
import { runBench, type BenchMode } from './bench-app.ts'
import { loadAverage, report } from './machine.ts'
import { startDirectly } from './start-direct.ts'
import { startByOperator } from './start-operator.ts'

const { values } = parseArgs({
  options: {
    mode: { type: 'string', default: 'direct' },
    n: { type: 'string', default: '10' },
    'no-build': { type: 'boolean' },
  },
})
const rounds = Number(values.n)
if (values.mode !== 'direct' && values.mode !== 'operator') {
  console.error('bench:start failed: --mode is direct or operator.')
  process.exit(1)
}
const mode: BenchMode = values.mode
const work = { direct: startDirectly, operator: startByOperator }[mode]

await runBench(
  'start',
  values['no-build'] !== true,
  async (app, signal) => {
    const load1 = loadAverage()
    report('start', { mode, load1, ...(await work(app, rounds, signal)) })
  },
  mode,
)
