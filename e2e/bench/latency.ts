// Bench: from a key press to the changed pixel on a genuine desktop, our viewer and Selkies' own web client taking turns in one run,
// in both of the server's modes; then our viewer alone on each path. Flags: --n N presses each (default 200), --quick (20 presses,
// to see that it works), --only webrtc|paths|websocket (one part), --no-build (take `out/` as it is).
import { parseArgs } from 'node:util'
import { offerRelay, startCoturn } from '../drivers/coturn.ts'
import { runBench, VIEWPORT } from './bench-app.ts'
import { openBenchDesktop, openOurs, openStock } from './bench-desktop.ts'
import { startTarget, traceStages } from './key-to-pixel.ts'
import { loadAverage, report } from './machine.ts'
import { added, ratio, takeTurns, type Client, type Figures, type Mode } from './take-turns.ts'
import { tunnelRoundTrip } from './tunnel-rtt.ts'

const { values } = parseArgs({
  options: {
    n: { type: 'string', default: '200' },
    quick: { type: 'boolean' },
    only: { type: 'string' },
    'no-build': { type: 'boolean' },
  },
})
/** Beside those of the specs. */
const RELAY = { port: 13_479, relayPorts: [50_200, 50_300] } as const
const presses = values.quick === true ? 20 : Number(values.n)

/** @returns both, and ours through theirs */
function compare([ours, stock]: readonly Figures[]): Readonly<Record<string, unknown>> {
  return { ours, stock, ratioP50: ratio(ours?.p50, stock?.p50), ratioP95: ratio(ours?.p95, stock?.p95) }
}

await runBench('latency', values['no-build'] !== true, async (app, signal) => {
  const load1 = loadAverage()
  await using desktop = await openBenchDesktop(app)
  const stockContext = await app.browser.newContext({ viewport: VIEWPORT })
  for (const context of [app.context, stockContext]) await traceStages(context)
  const stock: Client = { name: 'stock', open: () => openStock(stockContext, desktop.stockUrl) }
  const ours = (name: string, query: string): Client => ({
    name,
    open: () => openOurs(app.context, app.host, desktop.sessionId, name, query),
  })
  await startTarget(desktop.inside)

  const wanted = (part: string): boolean => values.only === undefined || values.only === part
  const tunnelRttMs = await tunnelRoundTrip(desktop.dial)
  const turns = (clients: readonly Client[], mode: Mode) => takeTurns(clients, mode, presses, tunnelRttMs, signal)
  const figures: Record<string, unknown> = { tunnelRttMs }
  if (wanted('webrtc'))
    // the same way for both: the desktop's own address, which is all that the stock client is offered
    figures['webrtc'] = compare(await turns([ours('ours', 'paths=direct'), stock], 'webrtc'))
  if (wanted('paths')) {
    const relay = await startCoturn(RELAY)
    app.cleanup.defer(() => relay.stop())
    await offerRelay(app.cluster, app.namespace, relay.secret, relay.urls.slice(0, 1))
    const paths = ['node', 'relay', 'tunnel'] as const
    const alone = await turns(
      paths.map((path) => ours(path, `paths=${path}`)),
      'webrtc',
    )
    figures['paths'] = Object.fromEntries(paths.map((path, index) => [path, alone[index]]))
    const [node, , tunnel] = alone
    figures['portForwardAddedMs'] = added(tunnel?.p50, node?.p50)
  }
  if (wanted('websocket')) {
    await desktop.switchTo('websocket')
    figures['websocket'] = compare(await turns([ours('ours', 'mode=websocket'), stock], 'websocket'))
  }
  report('latency', { load1, ...figures })
})
