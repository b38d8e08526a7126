// The door to the desktop: opened when it is needed, kept over connections, opened anew when it is dead or its credentials are old.
// Policy: what refuses is said in words and asked again, for as long as it takes; a door that nobody waits for any more is closed.
import type { Door } from '../../../shared/domain/session.ts'
import type { Bridge } from '../../../shared/ipc/bridge.ts'
import { pause } from './pause.ts'
import { pauseMs } from './transport/reconnect.ts'
import { translated } from '../../ui/translate.ts'

/** A credential that has less left than this is not begun with, ms. */
const RELAY_MARGIN_MS = 5000

export interface DoorKeeper {
  readonly door: Door | null
  /**
   * The present door, or a new one.
   * @param onRefused told why there is none yet
   * @throws the signal's reason
   */
  need(signal: AbortSignal, onRefused: (because: string) => void): Promise<Door>
  /** Another door beside the present one, for fresh credentials. @returns null when it is refused */
  another(): Promise<Door | null>
  /** A door of `another` becomes the present one, and the one before is closed. */
  use(next: Door): void
  /** Closes one that is not the present one. */
  drop(door: Door): void
  close(): void
}

export interface DoorKeeperOptions {
  readonly bridge: Bridge
  readonly sessionId: string
  /** Epoch ms. */
  now(): number
}

export function createDoorKeeper({ bridge, sessionId, now }: DoorKeeperOptions): DoorKeeper {
  let door: Door | null = null
  let detachDemo: (() => void) | null = null
  /** The door that came with an old credential already. */
  let asked: string | null = null
  const drop = ({ ticket }: Door) => void bridge.call('sessions.closeDoor', { ticket })
  const close = () => {
    detachDemo?.()
    detachDemo = null
    if (door !== null) drop(door)
    door = null
  }
  const open = async (signal: AbortSignal, onRefused: (because: string) => void): Promise<Door> => {
    const began = performance.now()
    for (let attempt = 1; ; attempt++) {
      const answer = await bridge.call('sessions.open', { sessionId })
      if (answer.ok) {
        if (signal.aborted) drop(answer.value)
        signal.throwIfAborted()
        if (answer.value.demo !== undefined) {
          const { attachDemoDesktop } = await import('../../demo-desktop/index.ts')
          detachDemo = attachDemoDesktop(answer.value.demo.attach)
        }
        return answer.value
      }
      signal.throwIfAborted()
      onRefused(translated(answer.error.sentence))
      await pause(pauseMs(attempt, performance.now() - began), signal)
    }
  }
  return {
    get door() {
      return door
    },
    async need(signal, onRefused) {
      const old = door
      if (old === null) return (door = await open(signal, onRefused))
      if (old.relayUntil === undefined || now() <= old.relayUntil - RELAY_MARGIN_MS || asked === old.ticket) return old
      // once a door: what answers with an old credential again has no other
      close()
      const fresh = await open(signal, onRefused)
      asked = fresh.relayUntil !== undefined && now() > fresh.relayUntil - RELAY_MARGIN_MS ? fresh.ticket : null
      return (door = fresh)
    },
    async another() {
      // the demo's desktop runs in this page, once
      if (door?.demo !== undefined) return null
      const answer = await bridge.call('sessions.open', { sessionId })
      return answer.ok ? answer.value : null
    },
    use(next) {
      const before = door
      door = next
      if (before !== null && before.ticket !== next.ticket) drop(before)
    },
    drop,
    close,
  }
}
