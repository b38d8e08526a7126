// What changed on a gamepad, as Selkies wants to hear it. Pure; polling is the caller's.
// Policy: no dead zone of ours: games have their own. What is left out is the trembling of a stick that nobody moves.
import type { ClientMessage } from '../../../../shared/selkies/g2/messages.ts'

/** The fields of a Gamepad that matter. */
export interface PadSnapshot {
  readonly id: string
  readonly buttons: readonly { readonly value: number; readonly pressed: boolean }[]
  readonly axes: readonly number[]
}

export interface PadState {
  readonly buttons: readonly number[]
  readonly axes: readonly number[]
}

/** Triggers carry fractions; every other button is pressed or not (0.6 would arrive as not). Source: Selkies 2.1. */
const TRIGGERS = new Set([6, 7])
const AXES = 4
const BUTTONS = 17
/** A stick that nobody holds rests a little off its middle: it needs no heartbeat. */
const REST = 0.06
/** Half a step of a stick with 256 steps. Middle and ends are told however near. */
const TREMBLE = 0.004

/** The state of a pad. */
export function readPad(pad: PadSnapshot): PadState {
  return {
    buttons: pad.buttons
      .slice(0, BUTTONS)
      .map(({ value, pressed }, index) => (TRIGGERS.has(index) ? round(value) : pressed ? 1 : 0)),
    axes: pad.axes.slice(0, AXES).map(round),
  }
}

/** A pad is there, or there again: its announcement and its full state. */
export function padArrived(slot: number, pad: PadSnapshot): readonly ClientMessage[] {
  const state = readPad(pad)
  return [
    { type: 'pad-connect', slot, name: pad.id.slice(0, 120), axes: state.axes.length, buttons: state.buttons.length },
    ...padChanges(slot, { buttons: [], axes: [] }, state),
  ]
}

/** The changes from one state to the next. */
export function padChanges(slot: number, before: PadState, after: PadState): readonly ClientMessage[] {
  const changes: ClientMessage[] = []
  after.buttons.forEach((value, button) => {
    if (value !== before.buttons[button]) changes.push({ type: 'pad-button', slot, button, value })
  })
  after.axes.forEach((value, axis) => {
    if (value !== before.axes[axis]) changes.push({ type: 'pad-axis', slot, axis, value })
  })
  return changes
}

/** The state to compare with next time: a stick that only trembles is still where it was told to be. */
export function steadied(told: PadState, now: PadState): PadState {
  return {
    buttons: now.buttons,
    axes: now.axes.map((value, axis) => {
      const before = told.axes[axis]
      const isEdge = value === 0 || Math.abs(value) === 1
      return before === undefined || isEdge || Math.abs(value - before) > TREMBLE ? value : before
    }),
  }
}

/** The same pad with nothing pressed or pushed. */
export function atRest(state: PadState): PadState {
  return { buttons: state.buttons.map(() => 0), axes: state.axes.map(() => 0) }
}

/** Something is pressed or pushed: the desktop wants a heartbeat then. */
export function isDeflected(state: PadState): boolean {
  return state.buttons.some((value) => value !== 0) || state.axes.some((value) => Math.abs(value) > REST)
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
