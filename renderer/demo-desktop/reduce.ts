// (state, event) -> state: the whole behaviour of the demo's desktop. Pure; limits and repetition are Selkies 2.1's.
import type { ClientMessage } from '../../shared/selkies/g2/messages.ts'
import { KEYSYM } from '../../shared/selkies/keysym.ts'
import { copyNotes, copySketch } from './copy-notes.ts'
import { layoutOf } from './layout.ts'
import { movePointer } from './pointer.ts'
import type { Clip, DesktopState, HeldKey, Pad } from './state.ts'
import { insert, isModifier, press, type Modifiers } from './typing.ts'

export type DesktopEvent =
  | { readonly type: 'client'; readonly message: ClientMessage; readonly at: number }
  /** Time went on. */
  | { readonly type: 'tick'; readonly at: number }
  /** A whole clipboard content came from the viewer. */
  | { readonly type: 'pasted'; readonly clip: Clip }
  /** A viewer has gone: nothing of it stays held. */
  | { readonly type: 'left' }

/** Repetition of the newest held key: after, then every; it needs a heartbeat this new. All ms. Source: Selkies 2.1. */
const REPEAT = { after: 500, every: 40, heartbeat: 300 } as const
/** A key without heartbeat is let go after this, ms. Source: Selkies 2.1. */
const FORGET_MS = 2_000
const PAD_BUTTONS = 17
const PAD_AXES = 4

/** The desktop after an event. Unchanged things stay the same objects, so that the painter sees what to do. */
export function reduce(state: DesktopState, event: DesktopEvent): DesktopState {
  switch (event.type) {
    case 'client':
      return hear(state, event.message, event.at)
    case 'tick':
      return tick(state, event.at)
    case 'pasted':
      return { ...state, clip: event.clip }
    case 'left':
      return {
        ...state,
        held: [],
        isDrawing: false,
        pointer: { ...state.pointer, mask: 0, seq: 0 },
        pads: state.pads.map(() => null),
      }
  }
}

function hear(state: DesktopState, message: ClientMessage, at: number): DesktopState {
  switch (message.type) {
    case 'key-down':
      return keyDown(state, message.keysym, at)
    case 'key-up':
      return { ...state, held: state.held.filter(({ keysym }) => keysym !== message.keysym) }
    case 'keys-held':
      return {
        ...state,
        held: state.held.map((key) => (message.keysyms.includes(key.keysym) ? { ...key, seen: at } : key)),
      }
    case 'release-keys':
      return { ...state, held: [] }
    case 'text':
      return { ...state, field: insert(state.field, message.text), focus: 'editor' }
    case 'pointer':
      return movePointer(state, message)
    case 'resize':
      return message.width === state.width && message.height === state.height
        ? state
        : { ...state, width: message.width, height: message.height, strokes: fit(state, message.width, message.height) }
    case 'dpi':
      return { ...state, dpi: Math.min(288, Math.max(96, Math.round(message.dpi))) }
    case 'frame-rate':
      return message.fps > 0 ? { ...state, fps: Math.min(240, Math.max(8, message.fps)) } : state
    case 'cursor-in-video':
      return { ...state, isCursorDrawn: message.on }
    case 'pad-connect':
      return setPad(state, message.slot, {
        name: message.name,
        buttons: Array.from({ length: PAD_BUTTONS }, () => 0),
        axes: Array.from({ length: PAD_AXES }, () => 0),
      })
    case 'pad-disconnect':
      return setPad(state, message.slot, null)
    case 'pad-button':
      return changePad(state, message.slot, (pad) => ({
        ...pad,
        // digital buttons are cut to whole numbers, triggers are not
        buttons: pad.buttons.map((value, index) =>
          index === message.button ? (index === 6 || index === 7 ? message.value : Math.trunc(message.value)) : value,
        ),
      }))
    case 'pad-axis':
      return changePad(state, message.slot, (pad) => ({
        ...pad,
        axes: pad.axes.map((value, index) =>
          index === message.axis ? Math.min(1, Math.max(-1, message.value)) : value,
        ),
      }))
    default:
      return state
  }
}

function keyDown(state: DesktopState, keysym: number, at: number): DesktopState {
  const isHeld = state.held.some((key) => key.keysym === keysym)
  const key: HeldKey = { keysym, at, seen: at, repeated: 0 }
  const next = { ...state, held: isHeld ? state.held : [...state.held, key], lastKey: keysym }
  // the server repeats by itself: a second press of a held key types nothing
  return isHeld || isModifier(keysym) ? next : type(next, keysym)
}

function type(state: DesktopState, keysym: number): DesktopState {
  const modifiers = modifiersOf(state.held)
  if (modifiers.control) {
    const letter = String.fromCharCode(keysym).toLowerCase()
    if (letter === 'v' && state.clip.text !== '') return { ...state, field: insert(state.field, state.clip.text) }
    if (letter === 'p') return { ...state, prints: state.prints + 1 }
    if (letter === 'c' && state.focus === 'paint') return copySketch(state)
    if (letter === 'c' || letter === 'x') return copyNotes(state, letter === 'x')
  }
  const field = press(state.field, keysym, modifiers)
  return field === state.field ? state : { ...state, field, focus: 'editor' }
}

function tick(state: DesktopState, at: number): DesktopState {
  if (state.held.length === 0) return state
  const held = state.held.filter(({ seen }) => at - seen <= FORGET_MS)
  const newest = held.findLast(({ keysym }) => !isModifier(keysym))
  const next = held.length === state.held.length ? state : { ...state, held }
  if (newest === undefined || at - newest.at < REPEAT.after || at - newest.seen > REPEAT.heartbeat) return next
  if (at - newest.repeated < REPEAT.every) return next
  const marked = held.map((key) => (key === newest ? { ...key, repeated: at } : key))
  return type({ ...next, held: marked }, newest.keysym)
}

function modifiersOf(held: readonly HeldKey[]): Modifiers {
  const has = (...wanted: readonly number[]): boolean => held.some(({ keysym }) => wanted.includes(keysym))
  return {
    control: has(KEYSYM.controlLeft, KEYSYM.controlRight, KEYSYM.superLeft, KEYSYM.superRight),
    alt: has(KEYSYM.altLeft, KEYSYM.altRight),
  }
}

function setPad(state: DesktopState, slot: number, pad: Pad | null): DesktopState {
  return slot in state.pads ? { ...state, pads: state.pads.map((old, index) => (index === slot ? pad : old)) } : state
}

function changePad(state: DesktopState, slot: number, change: (pad: Pad) => Pad): DesktopState {
  // events without an announcement are delivered as well
  const empty: Pad = { name: '', buttons: Array.from({ length: PAD_BUTTONS }, () => 0), axes: [0, 0, 0, 0] }
  return setPad(state, slot, change(state.pads[slot] ?? empty))
}

/** Strokes are kept where they were, cut to the new sketch by the painter; far too many are forgotten. */
function fit(state: DesktopState, width: number, height: number): DesktopState['strokes'] {
  const { sketch } = layoutOf(width, height, state.dpi)
  return state.strokes.filter(({ points: [x = 0, y = 0] }) => x < sketch.w && y < sketch.h)
}
