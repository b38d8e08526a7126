// bench:start in operator mode: starts with nothing, as in direct mode, and starts of a desktop that the app had started ahead when it
// was opened; for each the click to the first picture, and the operator's own part of it.
import { parseSessionId } from '../../shared/domain/names.ts'
import { KINDS } from '../drivers/operator-cluster.ts'
import { clearPerson } from '../drivers/people.ts'
import { connectAsAdmin } from './admin-client.ts'
import { TEMPLATE, untilQuiet, type BenchApp } from './bench-app.ts'
import { figures, measure, medians, watch, type Start } from './first-frame.ts'
import { startCold } from './start-direct.ts'
import { watchStreamReady, type StreamReady } from './stream-ready.ts'

const nameOf = (sessionId: string): string => parseSessionId(sessionId)?.name ?? ''

/** The bench in operator mode. @returns its figures */
export async function startByOperator(
  app: BenchApp,
  rounds: number,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  const client = await connectAsAdmin(app.cluster)
  app.cleanup.defer(() => client.close())
  const ready = await watchStreamReady(client, app.namespace)
  app.cleanup.defer(() => ready.stop())
  const toReady: Record<'homeNew' | 'homeKept' | 'warm', number[]> = { homeNew: [], homeKept: [], warm: [] }
  const cold = await startCold(app, rounds, signal, async (kind, sessionId) => {
    toReady[kind].push(await ready.wait(nameOf(sessionId)))
  })
  const warm = await startWarm(app, rounds, signal, ready, toReady.warm)
  const all = { ...cold, warm }
  const each = <T>(of: (starts: readonly Start[], kind: keyof typeof all) => T) => ({
    homeNew: of(all.homeNew, 'homeNew'),
    homeKept: of(all.homeKept, 'homeKept'),
    warm: of(all.warm, 'warm'),
  })
  return {
    createdToStreamReadyMs: each((_starts, kind) => figures(toReady[kind])),
    clickToFirstFrameMs: each((starts) => figures(starts.map(({ clickToFirstFrameMs }) => clickToFirstFrameMs))),
    stages: each(medians),
  }
}

/** Each round is somebody who opens the app anew, waits until their desktop runs unasked, and clicks. */
async function startWarm(
  app: BenchApp,
  rounds: number,
  signal: AbortSignal,
  ready: StreamReady,
  toReady: number[],
): Promise<readonly Start[]> {
  const { cluster, namespace } = app
  const patch = JSON.stringify({ spec: { startAhead: { enabled: true } } })
  await cluster.kubectl(['patch', KINDS.templates, TEMPLATE, '--type=merge', '-p', patch])
  const starts: Start[] = []
  for (let round = 0; round < rounds && !signal.aborted; round++) {
    const window = await app.reopen()
    await ready.wait(await aheadOf(app))
    await window.page.evaluate(watch)
    const start = await measure(window, (page) => page.locator(`[data-template="${TEMPLATE}"] [data-start]`).click())
    starts.push(start)
    toReady.push(await ready.wait(nameOf(start.sessionId)))
    console.error(`round ${round + 1} of ${rounds}: started ahead ${Math.round(start.clickToFirstFrameMs)} ms`)
    await clearPerson(cluster, { namespace })
    await untilQuiet(app, true)
  }
  return starts
}

/** @returns the name of the only session, which was started ahead. @throws when there is none within half a minute */
async function aheadOf({ cluster, namespace }: BenchApp): Promise<string> {
  const path = 'jsonpath={.items[?(@.spec.startAhead==true)].metadata.name}'
  for (let tries = 0; tries < 60; tries++) {
    const name = await cluster.kubectl(['get', KINDS.sessions, '-n', namespace, '-o', path])
    if (name !== '') return name
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  throw new Error('the app started nothing ahead within 30 s.')
}
