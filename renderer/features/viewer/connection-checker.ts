// The connection check with this window's own tools: doors of the core, relays and peers of the browser.
import type { Bridge } from '../../../shared/ipc/bridge.ts'
import { checkConnection, type Hop } from './connection-check.ts'
import { createDesktopApi } from './desktop-api.ts'
import type { CreateViewerPeer } from './peer/viewer-peer.ts'
import { askRelay } from './transport/relay-check.ts'
import { probeWays } from './transport/way-probe.ts'

const RELAY_WITHIN_MS = 5000
const WAY_WITHIN_MS = 5000

export interface CheckerOptions {
  readonly bridge: Bridge
  readonly sessionId: string
  createPeer(): CreateViewerPeer
}

/** @returns runs a check: it tells all hops at each change and resolves with them; rejects with the signal's reason */
export function createChecker({ bridge, sessionId, createPeer }: CheckerOptions) {
  return (signal: AbortSignal, onHops: (hops: readonly Hop[]) => void): Promise<readonly Hop[]> =>
    checkConnection(
      {
        async openDoor() {
          const answer = await bridge.call('sessions.open', { sessionId })
          return answer.ok ? { door: answer.value } : { error: answer.error }
        },
        closeDoor: ({ ticket }) => void bridge.call('sessions.closeDoor', { ticket }),
        probe: (door, abort) => createDesktopApi(door.base).probe(abort),
        askRelay: (address, abort) => askRelay(address, RELAY_WITHIN_MS, abort),
        tryWays: (door, paths, abort) =>
          probeWays({ door, paths, createPeer: createPeer(), withinMs: WAY_WITHIN_MS, signal: abort }),
        now: () => performance.now(),
      },
      signal,
      onHops,
    )
}
