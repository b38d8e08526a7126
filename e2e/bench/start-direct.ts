// Starts of bench:start that begin with nothing: a home that is made by the start, and one that was kept from it. In direct mode that is
// all; in operator mode a part.
import { TEMPLATE, untilQuiet, type BenchApp } from './bench-app.ts'
import { figures, measure, medians, watch, type Start } from './first-frame.ts'

/** Starts that began with nothing, in their order. */
export interface ColdStarts {
  readonly homeNew: readonly Start[]
  readonly homeKept: readonly Start[]
}

/**
 * Starts, stops, starts again and removes, `rounds` times.
 * @param started told of each desktop that has shown its first picture, before anything else is done with it
 */
export async function startCold(
  app: BenchApp,
  rounds: number,
  signal: AbortSignal,
  started: (kind: keyof ColdStarts, sessionId: string) => Promise<void> = () => Promise.resolve(),
): Promise<ColdStarts> {
  const [homeNew, homeKept]: [Start[], Start[]] = [[], []]
  await app.page.evaluate(watch)
  for (let round = 0; round < rounds && !signal.aborted; round++) {
    const first = await measure(app, (page) => page.locator(`[data-template="${TEMPLATE}"] [data-start]`).click())
    homeNew.push(first)
    const { sessionId } = first
    await started('homeNew', sessionId)
    await app.core.call('sessions.stop', { sessionId })
    await untilQuiet(app, false)
    const again = app.page.locator(`[data-session="${sessionId}"]`).getByRole('button', { name: /^Start again/ })
    homeKept.push(await measure(app, () => again.click()))
    await started('homeKept', sessionId)
    await app.core.call('sessions.remove', { sessionId, deleteHome: true })
    await untilQuiet(app, true)
    const ms = (start: Start | undefined): string => `${Math.round(start?.clickToFirstFrameMs ?? 0)} ms`
    console.error(`round ${round + 1} of ${rounds}: new home ${ms(homeNew.at(-1))}, kept home ${ms(homeKept.at(-1))}`)
  }
  return { homeNew, homeKept }
}

/** The bench in direct mode. @returns its figures */
export async function startDirectly(
  app: BenchApp,
  rounds: number,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  const { homeNew, homeKept } = await startCold(app, rounds, signal)
  const toFrame = (starts: readonly Start[]) => figures(starts.map(({ clickToFirstFrameMs }) => clickToFirstFrameMs))
  return {
    clickToFirstFrameMs: { homeNew: toFrame(homeNew), homeKept: toFrame(homeKept) },
    stages: { homeNew: medians(homeNew), homeKept: medians(homeKept) },
  }
}
