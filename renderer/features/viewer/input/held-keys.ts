// The keys that the desktop holds down for us. Pure: every press is paired with its release, whatever the browser forgets.
import { KEYSYM } from '../../../../shared/selkies/keysym.ts'
import type { ClientMessage } from '../../../../shared/selkies/g2/messages.ts'

/** The heartbeat of held keys, ms: without it a key is let go after 300 ms. Source: Selkies 2.1, keyboard. */
export const HEARTBEAT_MS = 100

export interface HeldKeys {
  /** @param code the physical key; it names the press, since the character may change before the release */
  press(code: string, keysym: number, now: number): readonly ClientMessage[]
  release(code: string): readonly ClientMessage[]
  /** What to say every `HEARTBEAT_MS`; null while nothing is held. */
  heartbeat(): ClientMessage | null
  /** Lets go of everything, ours and whatever else the desktop holds. */
  releaseAll(): readonly ClientMessage[]
  readonly size: number
}

/** Windows says Control with AltGr within this time, ms. */
const ALTGR_WITHIN_MS = 10

export function createHeldKeys(): HeldKeys {
  const held = new Map<string, { readonly keysym: number; readonly at: number }>()
  const up = (code: string): readonly ClientMessage[] => {
    const key = held.get(code)
    if (key === undefined) return []
    held.delete(code)
    return [{ type: 'key-up', keysym: key.keysym }]
  }
  return {
    get size() {
      return held.size
    },
    press(code, keysym, now) {
      const before: ClientMessage[] = []
      const control = held.get('ControlLeft')
      if (keysym === KEYSYM.altGraph && control !== undefined && now - control.at <= ALTGR_WITHIN_MS)
        before.push(...up('ControlLeft'))
      const present = held.get(code)
      if (present?.keysym === keysym) return before
      if (present !== undefined) before.push(...up(code))
      held.set(code, { keysym, at: now })
      return [...before, { type: 'key-down', keysym }]
    },
    release(code) {
      const released = up(code)
      // macOS says no key-up for what was pressed together with Command
      if ((code === 'MetaLeft' || code === 'MetaRight') && released.length > 0)
        return [...released, ...[...held.keys()].flatMap(up)]
      return released
    },
    heartbeat: () =>
      held.size === 0 ? null : { type: 'keys-held', keysyms: [...held.values()].map(({ keysym }) => keysym) },
    releaseAll: () => [...[...held.keys()].flatMap(up), { type: 'release-keys' }],
  }
}
