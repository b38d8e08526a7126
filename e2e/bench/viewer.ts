// Bench: what the viewer costs this computer beside Selkies' own client, on a genuine desktop whose whole screen moves; then, on request,
// whether that grows over half an hour. Each client has a browser of its own, whose processes are counted together, and takes turns with
// the other. Flags: --rounds N (3), --seconds N (12) measured each turn, --mode webrtc|websocket (webrtc), --only costs|long,
// --minutes N (30) of the long part, which runs only with --only long, --no-build.
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { chromium, type Browser, type Page } from '@playwright/test'
import { runBench } from './bench-app.ts'
import { launchArguments, whereIsChromium } from './bench-browser.ts'
import { openBenchDesktop, type BenchDesktop } from './bench-desktop.ts'
import { pressKeys, watchPixel } from './key-to-pixel.ts'
import { loadAverage, quantile, report } from './machine.ts'
import { startMoving } from './moving-picture.ts'
import { treeCost } from './process-tree.ts'
import { ratio, type Mode } from './take-turns.ts'
import { drift, median, slope, type Reading } from './trend.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '12' },
    minutes: { type: 'string', default: '30' },
    mode: { type: 'string', default: 'webrtc' },
    only: { type: 'string' },
    'no-build': { type: 'boolean' },
  },
})
const mode: Mode = values.mode === 'websocket' ? 'websocket' : 'webrtc'
const rounds = Number(values.rounds)
const seconds = Number(values.seconds)
/** Decoder, caches and the browser's own work after a start settle in this time, ms. */
const SETTLE_MS = 6000
/** Of the long part: memory grows while caches fill, minutes. */
const WARM_UP_MIN = 5
const READ_EVERY_MS = 15_000
const PRESSES = 7

interface Format {
  readonly width: number
  readonly height: number
  readonly fps: number
}
const FORMATS: Readonly<Record<string, Format>> = {
  '1080p30': { width: 1920, height: 1080, fps: 30 },
  '720p60': { width: 1280, height: 720, fps: 60 },
}
const LONG: Format = { width: 1280, height: 720, fps: 30 }

/** A browser of one client's own, with the desktop in it. */
interface Opened {
  readonly page: Page
  readonly pid: number
  close(): Promise<void>
}
type ClientName = 'ours' | 'stock'

/** What a client cost during some seconds. */
interface Cost {
  /** Of one core, %. */
  readonly cpuPct: number
  readonly memoryMB: number
  /** Pictures a second that were shown, where the page tells. */
  readonly fps: number | null
}

async function open(desktop: BenchDesktop, client: ClientName, format: Format): Promise<Opened> {
  const server = await chromium.launchServer({
    executablePath: whereIsChromium(),
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    args: launchArguments(),
  })
  try {
    const browser: Browser = await chromium.connect(server.wsEndpoint())
    const page = await desktop.open(browser, client, mode, format)
    return { page, pid: server.process().pid ?? -1, close: () => server.close() }
  } catch (error) {
    await server.close()
    throw error
  }
}

/** Measures for a while. */
async function costOf({ page, pid }: Opened, forSeconds: number): Promise<Cost> {
  const shown = () =>
    page.evaluate(() => {
      const video = [...document.querySelectorAll('video')].find(({ videoWidth }) => videoWidth > 0)
      return video?.getVideoPlaybackQuality().totalVideoFrames ?? null
    })
  const framesBefore = await shown()
  const before = treeCost(pid)
  const began = performance.now()
  const memory: number[] = []
  for (let second = 0; second < forSeconds; second += 3) {
    await sleep(Math.min(3, forSeconds - second) * 1000)
    memory.push(treeCost(pid).memoryMB)
  }
  const after = treeCost(pid)
  const took = (performance.now() - began) / 1000
  const framesAfter = await shown()
  return {
    cpuPct: ((after.cpuS - before.cpuS) / took) * 100,
    memoryMB: median(memory),
    fps: framesBefore === null || framesAfter === null ? null : (framesAfter - framesBefore) / took,
  }
}

function figures(costs: readonly Cost[]): Readonly<Record<string, number | null>> {
  const at = (pick: (cost: Cost) => number | null) =>
    quantile(
      costs.flatMap((cost) => pick(cost) ?? []),
      0.5,
    )
  return { cpuPct: at(({ cpuPct }) => cpuPct), memoryMB: at(({ memoryMB }) => memoryMB), fps: at(({ fps }) => fps) }
}

/** Both clients at one format, a turn each in every round. */
async function compare(
  desktop: BenchDesktop,
  name: string,
  format: Format,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  const costs: Record<ClientName, Cost[]> = { ours: [], stock: [] }
  const endMoving = await startMoving(desktop.inside, format, format.fps)
  for (let round = 0; round < rounds; round++) {
    for (const client of round % 2 === 0 ? (['ours', 'stock'] as const) : (['stock', 'ours'] as const)) {
      signal.throwIfAborted()
      const opened = await open(desktop, client, format)
      try {
        await sleep(SETTLE_MS)
        const cost = await costOf(opened, seconds)
        costs[client].push(cost)
        const { cpuPct, memoryMB, fps } = cost
        console.error(
          `${name} ${client}: ${cpuPct.toFixed(0)} % CPU, ${memoryMB.toFixed(0)} MB, ${fps?.toFixed(0) ?? '?'} fps`,
        )
      } finally {
        await opened.close()
      }
    }
  }
  await endMoving()
  const [ours, stock] = [figures(costs.ours), figures(costs.stock)]
  return {
    ours,
    stock,
    cpuRatio: ratio(ours['cpuPct'], stock['cpuPct']),
    memoryRatio: ratio(ours['memoryMB'], stock['memoryMB']),
  }
}

/** Half an hour of one page: does its memory grow, do its answers get later? */
async function longRun(desktop: BenchDesktop, signal: AbortSignal): Promise<Readonly<Record<string, unknown>>> {
  const endMoving = await startMoving(desktop.inside, LONG, LONG.fps)
  const opened = await open(desktop, 'ours', LONG)
  const memory: Reading[] = []
  const latency: Reading[] = []
  const cpu: number[] = []
  let missed = 0
  try {
    await sleep(SETTLE_MS)
    await watchPixel(opened.page, mode)
    await opened.page.mouse.click(LONG.width * 0.4, LONG.height * 0.4)
    const began = performance.now()
    const minutes = () => (performance.now() - began) / 60_000
    let before = treeCost(opened.pid)
    let beforeAt = performance.now()
    while (minutes() < Number(values.minutes)) {
      signal.throwIfAborted()
      await sleep(READ_EVERY_MS, undefined, { signal })
      // what waits to be collected is not held; reading pixels for the presses leaves a lot of it
      await opened.page.requestGC()
      const cost = treeCost(opened.pid)
      const now = performance.now()
      cpu.push(((cost.cpuS - before.cpuS) / ((now - beforeAt) / 1000)) * 100)
      before = cost
      beforeAt = now
      if (minutes() < WARM_UP_MIN) continue
      memory.push({ at: minutes(), value: cost.memoryMB })
      const pressed = await pressKeys(opened.page, PRESSES, null)
      missed += pressed.missed
      latency.push({ at: minutes(), value: median(pressed.answered.map(({ ms }) => ms)) })
      console.error(
        `${minutes().toFixed(1)} min: ${cost.memoryMB.toFixed(0)} MB, ${latency.at(-1)?.value.toFixed(1)} ms key to pixel`,
      )
    }
  } finally {
    await opened.close()
    await endMoving()
  }
  return {
    minutes: Number(values.minutes),
    memoryMB: { first: Math.round(memory[0]?.value ?? 0), last: Math.round(memory.at(-1)?.value ?? 0) },
    memorySlopeMBPerMin: slope(memory),
    latencyMs: quantile(
      latency.map(({ value }) => value),
      0.5,
    ),
    latencyDriftMs: drift(latency),
    cpuPct: quantile(cpu, 0.5),
    missed,
  }
}

await runBench('viewer', values['no-build'] !== true, async (app, signal) => {
  const load1 = loadAverage()
  await using desktop = await openBenchDesktop(app)
  await desktop.switchTo(mode)
  const wanted = (part: string): boolean =>
    values.only === undefined ? part !== 'long' : values.only.split(',').includes(part)
  const result: Record<string, unknown> = {}
  if (wanted('costs'))
    for (const [name, format] of Object.entries(FORMATS)) result[name] = await compare(desktop, name, format, signal)
  if (wanted('long')) result['long'] = await longRun(desktop, signal)
  report('viewer', { load1, mode, ...result })
})
