// From a click in the app's page to the first picture of the desktop that it starts, as a person sees both; and what many such starts come to.
import type { Page } from '@playwright/test'
import type { StageName } from '../../shared/domain/session.ts'
import { STAGES } from '../../shared/domain/session.ts'
import type { BenchApp } from './bench-app.ts'
import { quantile } from './machine.ts'

/** Nothing takes this long; a start that does is a failure of the bench, ms. */
export const PATIENCE_MS = 60_000

declare global {
  interface Window {
    /** Epoch ms of the last click, of the first decoded frame, and of the page's word that it is connected. */
    benchSeen: { click?: number; frame?: number; connected?: number }
  }
}

/** A start as it was seen. */
export interface Start {
  readonly clickToFirstFrameMs: number
  /** Since the click; null where this start did not need the stage. */
  readonly stages: Readonly<Record<StageName, number | null>>
}

/** Runs in a page before its own scripts. Only looks: nothing of what the page does is changed. */
export function watch(): void {
  const seen: Window['benchSeen'] = {}
  window.benchSeen = seen
  // of the monotonic clock, as all others here: epoch times of one machine's pages then agree
  const epoch = (ms: number): number => performance.timeOrigin + ms
  addEventListener('click', ({ timeStamp }) => (seen.click = epoch(timeStamp)), { capture: true })
  let watched: HTMLVideoElement | null = null
  const look = (): void => {
    const video = document.querySelector('video')
    if (video !== null && video !== watched) {
      watched = video
      video.requestVideoFrameCallback(() => (seen.frame ??= epoch(performance.now())))
    }
    const connected = document.querySelector('[data-viewer][data-state="connected"]') !== null
    if (connected) seen.connected ??= epoch(performance.now())
  }
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributeFilter: ['data-state'] })
  look()
}

/** @throws with what the page says: it knows why */
async function giveUp(page: Page, cause: unknown): Promise<never> {
  const main = page.locator('[data-phase]').or(page.locator('body')).first()
  const said = (await main.innerText()).replaceAll(/\s+/g, ' ').slice(0, 400)
  throw new Error(`no picture after ${PATIENCE_MS / 1000} s; the page says: ${said}`, { cause })
}

/**
 * Clicks, and follows the desktop that comes of it to its first picture.
 * @param app with `watch` running in its page
 * @throws with what the page says when no picture comes
 */
export async function measure(
  app: BenchApp,
  click: (page: Page) => Promise<void>,
): Promise<Start & { sessionId: string }> {
  const opened = app.context.waitForEvent('page', { timeout: PATIENCE_MS })
  await click(app.page)
  const viewer = await opened.catch((error: unknown) => giveUp(app.page, error))
  // a tab that a page opens begins empty, and what would run in it beforehand runs in that empty page alone
  await viewer.waitForURL(/\/viewer/, { waitUntil: 'commit' })
  await viewer.evaluate(watch)
  const isShown = () => window.benchSeen.frame !== undefined && window.benchSeen.connected !== undefined
  await viewer
    .waitForFunction(isShown, null, { polling: 200, timeout: PATIENCE_MS })
    .catch((error: unknown) => giveUp(viewer, error))
  const { click: clickedAt } = await app.page.evaluate(() => window.benchSeen)
  const { frame, connected } = await viewer.evaluate(() => window.benchSeen)
  if (clickedAt === undefined || frame === undefined || connected === undefined) throw new Error('nothing was seen')
  const session = await app.core.wait('sessions', ({ sessions }) =>
    sessions.find(({ stages }) => stages.some(({ name, state }) => name === 'connected' && state === 'done')),
  )
  const since = (name: StageName): number | null => {
    const stage = session.stages.find((candidate) => candidate.name === name)
    return stage?.state === 'done' && stage.endedAt !== undefined ? stage.endedAt - clickedAt : null
  }
  await viewer.close()
  return {
    sessionId: session.id,
    // decoded and shown: the later of the two
    clickToFirstFrameMs: Math.max(frame, connected) - clickedAt,
    stages: Object.fromEntries(STAGES.map((name) => [name, since(name)])) as Record<StageName, number | null>,
  }
}

/** p50 and p95 of times in ms, and how many they are. */
export function figures(times: readonly number[]): {
  readonly p50: number | null
  readonly p95: number | null
  n: number
} {
  return { p50: quantile(times, 0.5), p95: quantile(times, 0.95), n: times.length }
}

/** Medians of the stages, ms since the click; null where most starts did not need the stage. */
export function medians(starts: readonly Start[]): Readonly<Record<string, number | null>> {
  const of = (name: StageName): number | null => {
    const times = starts.flatMap(({ stages }) => stages[name] ?? [])
    // a stage that half of the starts did not need is a skipped one
    return times.length * 2 < starts.length ? null : quantile(times, 0.5)
  }
  return Object.fromEntries(STAGES.map((name) => [name, of(name)]))
}
