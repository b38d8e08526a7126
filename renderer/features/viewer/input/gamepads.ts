// Gamepads to Selkies and rumble back. Polls only while a pad is there. A pad keeps its slot, also over a reconnect.
import type { InputSink } from './input-sink.ts'
import { isDeflected, padArrived, padChanges, readPad, type PadState } from './pad-state.ts'

const POLL_MS = 8
const HEARTBEAT_MS = 100
const SLOTS = 4

export interface Gamepads {
  setEnabled(on: boolean): void
  /** A new connection: the desktop knows no pad yet. */
  announce(): void
  rumble(slot: number, strong: number, weak: number, durationMs: number): void
  readonly count: number
  dispose(): void
}

/** @param onCount called when the number of pads changes */
export function captureGamepads(sink: InputSink, onCount: (count: number) => void): Gamepads {
  const stop = new AbortController()
  const states = new Map<number, PadState>()
  let enabled = true
  let timer: ReturnType<typeof setInterval> | null = null
  let beatAt = 0

  const pads = () => navigator.getGamepads().flatMap((pad) => (pad !== null && pad.index < SLOTS ? [pad] : []))
  const poll = () => {
    const now = performance.now()
    const beat = now - beatAt >= HEARTBEAT_MS
    if (beat) beatAt = now
    for (const pad of pads()) {
      const before = states.get(pad.index)
      if (before === undefined) {
        for (const message of padArrived(pad.index, pad)) sink(message)
        states.set(pad.index, readPad(pad))
        continue
      }
      const after = readPad(pad)
      for (const message of padChanges(pad.index, before, after)) sink(message)
      states.set(pad.index, after)
      if (beat && isDeflected(after)) sink({ type: 'pad-heartbeat', slot: pad.index })
    }
  }
  const update = () => {
    const present = enabled ? pads() : []
    for (const slot of [...states.keys()])
      if (!present.some((pad) => pad.index === slot)) {
        states.delete(slot)
        sink({ type: 'pad-disconnect', slot })
      }
    if (present.length > 0 && timer === null) timer = setInterval(poll, POLL_MS)
    if (present.length === 0 && timer !== null) {
      clearInterval(timer)
      timer = null
    }
    onCount(pads().length)
  }
  window.addEventListener('gamepadconnected', update, { signal: stop.signal })
  window.addEventListener('gamepaddisconnected', update, { signal: stop.signal })
  update()
  return {
    get count() {
      return pads().length
    },
    setEnabled(on) {
      enabled = on
      update()
    },
    announce() {
      states.clear()
      update()
    },
    rumble(slot, strong, weak, durationMs) {
      const pad = enabled ? pads().find(({ index }) => index === slot) : undefined
      const level = (value: number) => Math.min(1, Math.max(0, value))
      pad?.vibrationActuator
        ?.playEffect('dual-rumble', {
          duration: Math.min(5000, Math.max(0, durationMs)),
          strongMagnitude: level(strong),
          weakMagnitude: level(weak),
        })
        .catch(() => {
          // a pad that cannot rumble, or was just pulled out
        })
    },
    dispose() {
      enabled = false
      update()
      stop.abort()
    },
  }
}
