// The keys that the desktop holds down for us. Pure: every press is paired with its release, whatever the browser forgets.
import { KEYSYM } from '../../../../shared/selkies/keysym.ts'
import type { ClientMessage } from '../../../../shared/selkies/g2/messages.ts'

/** The heartbeat of held keys, ms: without it a key is let go after 300 ms. Source: Selkies 2.1, keyboard. */
export const HEARTBEAT_MS = 100

/** The modifiers that every event of keys and pointers tells of. */
export type Told = 'Control' | 'Shift' | 'Alt' | 'Meta'

export interface HeldKeys {
  /**
   * @param code the physical key; it names the press, since the character may change before the release
   * @param told the modifier that the key is for this machine, whatever it is for the desktop
   */
  press(code: string, keysym: number, now: number, told?: Told): readonly ClientMessage[]
  release(code: string): readonly ClientMessage[]
  /** Lets go of modifiers that this machine no longer holds. @param isDown whether it still does */
  reconcile(isDown: (told: Told) => boolean): readonly ClientMessage[]
  /** A key of a moment: while it is pressed, the desktop does not hold these keysyms. */
  tapWithout(keysyms: readonly number[], keysym: number): readonly ClientMessage[]
  holds(keysym: number): boolean
  has(code: string): boolean
  /** What to say every `HEARTBEAT_MS`; null while nothing is held. */
  heartbeat(): ClientMessage | null
  /** Lets go of all that is no modifier. */
  releaseKeys(): readonly ClientMessage[]
  /** Lets go of everything, ours and whatever else the desktop holds. */
  releaseAll(): readonly ClientMessage[]
  readonly size: number
}

/** Windows says Control with AltGr within this time, ms. */
const ALTGR_WITHIN_MS = 50

/** A key pressed and let go at once. */
export function tap(keysym: number): readonly ClientMessage[] {
  return [
    { type: 'key-down', keysym },
    { type: 'key-up', keysym },
  ]
}

export function createHeldKeys(): HeldKeys {
  const held = new Map<string, { readonly keysym: number; readonly at: number; readonly told: Told | undefined }>()
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
    press(code, keysym, now, told) {
      const before: ClientMessage[] = []
      const control = held.get('ControlLeft')
      if (keysym === KEYSYM.altGraph && control !== undefined && now - control.at <= ALTGR_WITHIN_MS)
        before.push(...up('ControlLeft'))
      const present = held.get(code)
      if (present?.keysym === keysym) return before
      if (present !== undefined) before.push(...up(code))
      held.set(code, { keysym, at: now, told })
      return [...before, { type: 'key-down', keysym }]
    },
    release: up,
    reconcile: (isDown) =>
      [...held].flatMap(([code, { told }]) => (told === undefined || isDown(told) ? [] : up(code))),
    tapWithout(keysyms, keysym) {
      const lifted = [...held.values()].map((key) => key.keysym).filter((each) => keysyms.includes(each))
      return [
        ...lifted.map((each): ClientMessage => ({ type: 'key-up', keysym: each })),
        ...tap(keysym),
        ...lifted.map((each): ClientMessage => ({ type: 'key-down', keysym: each })),
      ]
    },
    holds: (keysym) => [...held.values()].some((key) => key.keysym === keysym),
    has: (code) => held.has(code),
    heartbeat: () =>
      held.size === 0 ? null : { type: 'keys-held', keysyms: [...held.values()].map(({ keysym }) => keysym) },
    releaseKeys: () => [...held].flatMap(([code, { told }]) => (told === undefined ? up(code) : [])),
    releaseAll: () => [...[...held.keys()].flatMap(up), { type: 'release-keys' }],
  }
}
