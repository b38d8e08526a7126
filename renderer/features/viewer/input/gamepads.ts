// Gamepads to Selkies and rumble back. Polls only while a pad is there.
// Policy: a pad keeps its slot over re-plugging and over a new connection; nothing stays pressed that the desktop cannot see being
// released: while the page is hidden, a test is run, or the desktop takes no pads, every pad is at rest.
import { createAllowance } from '../transport/allowance.ts'
import type { InputSink } from './input-sink.ts'
import { createPadSlots } from './pad-slots.ts'
import { atRest, isDeflected, padArrived, padChanges, readPad, steadied, type PadState } from './pad-state.ts'
import { t } from '../../../ui/translate.ts'

const POLL_MS = 8
const HEARTBEAT_MS = 100
/** The desktop repeats long effects once a second; more than this is not felt as more. */
const RUMBLE_EVERY_MS = 20
/** Longest single effect, ms. Source: Selkies 2.1 sends 2000 at most; browsers take 5000. */
const RUMBLE_MS = 5000

/** A pad as the person knows it. */
export interface PadView {
  /** In the browser's list. */
  readonly index: number
  /** 0-3 on the desktop; null: a fifth one, which it cannot have. */
  readonly slot: number | null
  readonly name: string
  /** Its buttons are where games expect them. */
  readonly standard: boolean
  readonly rumbles: boolean
}

export interface Gamepads {
  /** The person's wish and the desktop's rule together. */
  setEnabled(on: boolean): void
  /** While the pads are tested here, the desktop has them at rest. */
  setTesting(on: boolean): void
  /** A new connection: the desktop knows no pad yet. */
  announce(): void
  rumble(slot: number, strong: number, weak: number, durationMs: number): void
  dispose(): void
}

/** @param onPads called when the pads or their slots change */
export function captureGamepads(sink: InputSink, onPads: (pads: readonly PadView[]) => void): Gamepads {
  const stop = new AbortController()
  const slots = createPadSlots()
  const rumbles = createAllowance(16, RUMBLE_EVERY_MS)
  /** What the desktop was told, by slot. */
  const told = new Map<number, PadState>()
  let slotOf: ReadonlyMap<number, number> = new Map()
  let enabled = true
  let testing = false
  let timer: ReturnType<typeof setInterval> | null = null
  let beatAt = 0

  const pads = () => navigator.getGamepads().flatMap((pad) => (pad?.connected === true ? [pad] : []))
  const isQuiet = () => testing || document.hidden
  const tell = (pad: Gamepad, slot: number, beat: boolean) => {
    const before = told.get(slot)
    if (before === undefined) {
      for (const message of padArrived(slot, pad)) sink(message)
      told.set(slot, readPad(pad))
      return
    }
    const read = readPad(pad)
    const after = isQuiet() ? atRest(read) : steadied(before, read)
    for (const message of padChanges(slot, before, after)) sink(message)
    told.set(slot, after)
    if (beat && isDeflected(after)) sink({ type: 'pad-heartbeat', slot })
  }
  const poll = () => {
    const now = performance.now()
    const beat = now - beatAt >= HEARTBEAT_MS
    if (beat) beatAt = now
    for (const pad of pads()) {
      const slot = slotOf.get(pad.index)
      if (slot !== undefined) tell(pad, slot, beat)
    }
  }
  const update = () => {
    const present = pads()
    slotOf = slots.assign(present)
    const used = new Set(enabled ? slotOf.values() : [])
    for (const slot of [...told.keys()])
      if (!used.has(slot)) {
        told.delete(slot)
        sink({ type: 'pad-disconnect', slot })
      }
    const isPolled = enabled && present.length > 0
    if (isPolled && timer === null) timer = setInterval(poll, POLL_MS)
    if (!isPolled && timer !== null) {
      clearInterval(timer)
      timer = null
    }
    onPads(present.map((pad) => viewOf(pad, slotOf.get(pad.index) ?? null)))
  }
  const { signal } = stop
  for (const event of ['gamepadconnected', 'gamepaddisconnected']) window.addEventListener(event, update, { signal })
  // a hidden page is polled once a second at best
  document.addEventListener('visibilitychange', () => timer !== null && poll(), { signal })
  update()
  return {
    setEnabled(on) {
      if (on === enabled) return
      enabled = on
      update()
    },
    setTesting(on) {
      testing = on
      if (timer !== null) poll()
    },
    announce() {
      told.clear()
      update()
    },
    rumble(slot, strong, weak, durationMs) {
      if (!enabled || isQuiet()) return
      const pad = pads().find(({ index }) => slotOf.get(index) === slot)
      if (pad !== undefined && rumbles.take(performance.now())) playRumble(pad, strong, weak, durationMs)
    },
    dispose() {
      enabled = false
      update()
      stop.abort()
    },
  }
}

/** Rumbles a pad of this machine; a new effect takes the place of the one before. @param strong 0-1 @param weak 0-1 */
export function playRumble(pad: Gamepad, strong: number, weak: number, durationMs: number): void {
  const level = (value: number) => Math.min(1, Math.max(0, value))
  const actuator = pad.vibrationActuator as GamepadHapticActuator | null | undefined
  actuator
    ?.playEffect('dual-rumble', {
      duration: Math.min(RUMBLE_MS, Math.max(0, durationMs)),
      strongMagnitude: level(strong),
      weakMagnitude: level(weak),
    })
    .catch(() => {
      // a pad that cannot rumble, or was just pulled out
    })
}

function viewOf(pad: Gamepad, slot: number | null): PadView {
  return {
    index: pad.index,
    slot,
    name: padName(pad.id),
    standard: pad.mapping === 'standard',
    // absent in some browsers, null on pads without motors
    rumbles: Boolean(pad.vibrationActuator as unknown),
  }
}

/** The name without what browsers put behind it for programs. */
export function padName(id: string): string {
  return id.replace(/\s*\((?:STANDARD GAMEPAD|Vendor:|[\w ]*Product:).*\)\s*$/i, '').slice(0, 60) || t('Gamepad')
}
