// The keyboard to Selkies: keysyms of the produced characters plus the real modifiers, composed text as text.
// Policy: everything held is released on blur; the desktop repeats keys itself; our own chords never reach it.
import { keysymOf } from '../../../../shared/selkies/keysym.ts'
import { chordOf, type ChordAction } from './chords.ts'
import { createHeldKeys, HEARTBEAT_MS } from './held-keys.ts'
import type { InputSink } from './input-sink.ts'

export interface KeyboardOptions {
  /** A text field that has the focus while the desktop has the keyboard: composition needs one. */
  readonly field: HTMLTextAreaElement
  readonly sink: InputSink
  onChord(action: ChordAction): void
  /**
   * A paste is about to happen. @returns true when the key is to wait for `releasePaste` (its text is sent first)
   */
  onPaste(data: DataTransfer | null): void
}

export interface Keyboard {
  /** Lets go of everything, on this side and on the desktop's. */
  releaseAll(): void
  dispose(): void
}

/** Time for the browser's paste event after its key, ms. */
const PASTE_WITHIN_MS = 60

/** Begins to listen. */
export function captureKeyboard(options: KeyboardOptions): Keyboard {
  const { field, sink } = options
  const held = createHeldKeys()
  const stop = new AbortController()
  const { signal } = stop
  let pasting: { readonly timer: ReturnType<typeof setTimeout>; readonly go: () => void } | null = null

  const say = (messages: ReturnType<typeof held.press>) => {
    for (const message of messages) sink(message)
  }
  const releaseAll = () => {
    flushPaste()
    say(held.releaseAll())
  }
  const flushPaste = () => {
    if (pasting === null) return
    clearTimeout(pasting.timer)
    const { go } = pasting
    pasting = null
    go()
  }
  field.addEventListener(
    'keydown',
    (event) => {
      const chord = chordOf(event)
      if (chord !== null) {
        event.preventDefault()
        if (!event.repeat) {
          releaseAll()
          options.onChord(chord)
        }
        return
      }
      if (event.isComposing || event.key === 'Process' || event.key === 'Dead') return
      const keysym = keysymOf(event)
      // keys without a keysym keep their local meaning (locks, input method)
      if (keysym === null) return
      if (isPaste(event)) {
        // the paste event brings the text without any permission; it must be on the desktop before the key is
        if (event.repeat || pasting !== null) return
        const go = () => say(held.press(event.code, keysym, event.timeStamp))
        pasting = { go, timer: setTimeout(flushPaste, PASTE_WITHIN_MS) }
        return
      }
      event.preventDefault()
      flushPaste()
      // the desktop repeats by itself, from the heartbeat
      if (!event.repeat) say(held.press(event.code || event.key, keysym, event.timeStamp))
    },
    { signal },
  )
  field.addEventListener(
    'keyup',
    (event) => {
      event.preventDefault()
      flushPaste()
      say(held.release(event.code || event.key))
    },
    { signal },
  )
  field.addEventListener(
    'paste',
    (event) => {
      event.preventDefault()
      options.onPaste(event.clipboardData)
      flushPaste()
    },
    { signal },
  )
  // composed text and text of on-screen keyboards, emoji panels, dictation
  field.addEventListener(
    'compositionend',
    (event) => {
      if (event.data !== '') sink({ type: 'text', text: event.data })
      field.value = ''
    },
    { signal },
  )
  field.addEventListener(
    'input',
    (event) => {
      const { inputType, data, isComposing } = event as InputEvent
      if (isComposing || inputType === 'insertCompositionText') return
      if (data !== null && data !== '' && inputType.startsWith('insert')) sink({ type: 'text', text: data })
      field.value = ''
    },
    { signal },
  )
  field.addEventListener('blur', releaseAll, { signal })
  window.addEventListener('blur', releaseAll, { signal })
  const heartbeat = setInterval(() => {
    const message = held.heartbeat()
    if (message !== null) sink(message)
  }, HEARTBEAT_MS)
  return {
    releaseAll,
    dispose() {
      clearInterval(heartbeat)
      if (pasting !== null) clearTimeout(pasting.timer)
      pasting = null
      say(held.releaseAll())
      stop.abort()
    },
  }
}

function isPaste(event: KeyboardEvent): boolean {
  const command = event.ctrlKey || event.metaKey
  return (command && !event.altKey && event.code === 'KeyV') || (event.shiftKey && event.code === 'Insert')
}
