// Copying on the demo's desktop: the notes or the sketch go to its clipboard, and every copy is announced. Pure.
import type { Clip, DesktopState } from './state.ts'

/** Puts the notes on the clipboard, as the Copy button does. */
export function copyNotes(state: DesktopState, cut = false): DesktopState {
  const { text } = state.field
  if (text === '') return state
  const clip: Clip = { text, mime: 'text/plain', bytes: new TextEncoder().encode(text).length, from: 'desktop' }
  const field = cut ? { text: '', caret: 0, isSelected: false } : state.field
  return { ...state, clip, field, copies: state.copies + 1 }
}

/** Puts the sketch on the clipboard as a picture. What it looks like is known to whoever draws it. */
export function copySketch(state: DesktopState): DesktopState {
  return { ...state, clip: { text: '', mime: 'image/png', bytes: 0, from: 'desktop' }, copies: state.copies + 1 }
}
