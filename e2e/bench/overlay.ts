// Bench: what the statistics cost while they are open. One viewer on a genuine desktop, the overlay closed and open in turns; CPU time of the
// page's process as the browser counts it. Flags: --turns N of each (default 6), --seconds N a turn (default 8), --no-build.
import { parseArgs } from 'node:util'
import type { Page } from '@playwright/test'
import { runBench } from './bench-app.ts'
import { openOurs, startBenchDesktop } from './bench-desktop.ts'
import { loadAverage, quantile, report } from './machine.ts'

const { values } = parseArgs({
  options: {
    turns: { type: 'string', default: '6' },
    seconds: { type: 'string', default: '8' },
    'no-build': { type: 'boolean' },
  },
})
const [turns, seconds] = [Number(values.turns), Number(values.seconds)]
const SETTLE_MS = 2000

await runBench('overlay', values['no-build'] !== true, async (app, signal) => {
  const load1 = loadAverage()
  const page = await openOurs(app.context, app.host, await startBenchDesktop(app), 'overlay', '')
  const shares = { closed: [] as number[], open: [] as number[] }
  const taken = await cpuTime(page)
  for (let turn = 0; turn < turns; turn++)
    for (const state of ['closed', 'open'] as const) {
      signal.throwIfAborted()
      if (state === 'open') await page.keyboard.press('Control+Alt+Shift+S')
      await page
        .getByRole('region', { name: 'Statistics' })
        .waitFor({ state: state === 'open' ? 'visible' : 'detached' })
      await page.waitForTimeout(SETTLE_MS)
      const [before, from] = [await taken(), performance.now()]
      await page.waitForTimeout(seconds * 1000)
      shares[state].push(((await taken()) - before) / ((performance.now() - from) / 1000))
      if (state === 'open') await page.keyboard.press('Control+Alt+Shift+S')
    }
  const middle = (list: readonly number[]): number => quantile(list, 0.5) ?? 0
  const percent = (share: number): number => Math.round(share * 1000) / 10
  report('overlay', {
    load1,
    closedCpuPct: percent(middle(shares.closed)),
    openCpuPct: percent(middle(shares.open)),
    overlayCpuPct: percent(middle(shares.open.map((share, index) => share - (shares.closed[index] ?? 0)))),
    turns,
    seconds,
  })
})

/** Reads the CPU seconds of the page's process: its main thread, the compositor, decoders, all of it. */
async function cpuTime(page: Page): Promise<() => Promise<number>> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
  return async () => {
    const { metrics } = await devtools.send('Performance.getMetrics')
    return metrics.find(({ name }) => name === 'ProcessTime')?.value ?? 0
  }
}
