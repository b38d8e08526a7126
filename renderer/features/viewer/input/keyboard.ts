// The keyboard to Selkies, at the browser: its events to the key stream, composed text as text.
// Policy: everything held is released when the focus goes or the page is hidden; our own chords never reach the desktop; what is
// composed is shown where the person last pressed, until the desktop has it.
import { chordActionOf, chordOfStroke, isPasteChord, type ChordAction } from '../../../../shared/domain/chords.ts'
import type { Settings } from '../../../../shared/domain/settings.ts'
import type { ClientMessage } from '../../../../shared/selkies/g2/messages.ts'
import { latinOf } from '../../../../shared/selkies/latin-key.ts'
import type { PasteTurn } from './clipboard.ts'
import { HEARTBEAT_MS } from './held-keys.ts'
import type { InputSink } from './input-sink.ts'
import { createKeyStream, type KeyPlatform, type KeyPress, type ToldModifiers } from './key-stream.ts'
import { createPasteGate } from './paste-gate.ts'

export interface KeyboardOptions {
  /** A text field that has the focus while the desktop has the keyboard: composition needs one. */
  readonly field: HTMLTextAreaElement
  /** Where the pointer acts on the desktop. */
  readonly stage: HTMLElement
  readonly sink: InputSink
  readonly platform: KeyPlatform
  settings(): Pick<Settings, 'commandKey' | 'releaseChord'>
  onChord(action: ChordAction): void
  /** A key goes to the desktop by the person's hand. */
  onTyped(): void
  /** A paste is about to happen: its content is sent before its key. */
  onPaste(data: DataTransfer | null): PasteTurn
}

export interface Keyboard {
  /** Lets go of everything, on this side and on the desktop's. */
  releaseAll(): void
  dispose(): void
}

/** Time for the browser's paste event after its key, ms. */
const PASTE_WITHIN_MS = 60
/** Set on the field while an input method composes in it. */
const COMPOSING = 'data-composing'

/** Begins to listen. */
export function captureKeyboard(options: KeyboardOptions): Keyboard {
  const { field, stage, sink } = options
  const keys = createKeyStream({ platform: options.platform, commandKey: () => options.settings().commandKey })
  const stop = new AbortController()
  const { signal } = stop
  let pasting: { readonly timer: ReturnType<typeof setTimeout>; readonly messages: readonly ClientMessage[] } | null =
    null

  const gate = createPasteGate((message) => sink(message))
  let heartbeat: ReturnType<typeof setInterval> | undefined
  /** Beats for as long as a key is held, and no longer. */
  const beat = () => {
    heartbeat ??= setInterval(() => {
      const message = keys.heartbeat()
      if (message === null) {
        clearInterval(heartbeat)
        heartbeat = undefined
      } else if (!gate.closed) {
        // of keys that wait the desktop knows nothing yet
        sink(message)
      }
    }, HEARTBEAT_MS)
  }
  const say = (messages: readonly ClientMessage[]) => {
    gate.pass(messages)
    if (keys.heartbeat() !== null) beat()
  }
  const takePaste = (): readonly ClientMessage[] => {
    if (pasting === null) return []
    clearTimeout(pasting.timer)
    const { messages } = pasting
    pasting = null
    return messages
  }
  const flushPaste = () => say(takePaste())
  const releaseAll = () => {
    flushPaste()
    say(keys.releaseAll())
  }
  const sayText = (text: string) => {
    if (text === '') return
    options.onTyped()
    say([{ type: 'text', text }])
  }
  field.addEventListener(
    'keydown',
    (event) => {
      const chord = chordActionOf(event, options.settings().releaseChord)
      if (chord !== null) {
        event.preventDefault()
        if (event.repeat) return
        releaseAll()
        options.onChord(chord)
        return
      }
      flushPaste()
      const messages = keys.down(pressOf(event))
      if (messages === null) return
      if (!event.repeat && messages.length > 0) options.onTyped()
      if (pastes(event)) {
        // the paste event brings the text without any permission; it must be on the desktop before the key is
        if (messages.length > 0) pasting = { messages, timer: setTimeout(flushPaste, PASTE_WITHIN_MS) }
        return
      }
      event.preventDefault()
      say(messages)
    },
    { signal },
  )
  field.addEventListener(
    'keyup',
    (event) => {
      event.preventDefault()
      flushPaste()
      say(keys.up(pressOf(event)))
    },
    { signal },
  )
  field.addEventListener(
    'paste',
    (event) => {
      event.preventDefault()
      const turn = options.onPaste(event.clipboardData)
      const chord = takePaste()
      if (turn === 'now') say(chord)
      else if (turn !== 'not') gate.hold(chord, turn)
    },
    { signal },
  )
  // composed text and text of on-screen keyboards, emoji panels, dictation
  field.addEventListener('compositionstart', () => field.setAttribute(COMPOSING, ''), { signal })
  field.addEventListener(
    'compositionend',
    (event) => {
      field.removeAttribute(COMPOSING)
      sayText(event.data)
      field.value = ''
    },
    { signal },
  )
  field.addEventListener(
    'input',
    (event) => {
      const { inputType, data, isComposing } = event as InputEvent
      if (isComposing || inputType === 'insertCompositionText') return
      if (data !== null && inputType.startsWith('insert')) sayText(data)
      field.value = ''
    },
    { signal },
  )
  const act = (event: MouseEvent) => {
    field.style.setProperty('--press-x', `${event.clientX}px`)
    field.style.setProperty('--press-y', `${event.clientY}px`)
    say(keys.pointer(modifiersOf(event)))
  }
  // before the pointer's own listener: Alt is pressed before the button is
  stage.addEventListener('pointerdown', act, { signal, capture: true })
  stage.addEventListener('wheel', (event) => say(keys.pointer(modifiersOf(event))), {
    signal,
    capture: true,
    passive: true,
  })
  field.addEventListener('blur', releaseAll, { signal })
  window.addEventListener('blur', releaseAll, { signal })
  document.addEventListener('visibilitychange', () => document.hidden && releaseAll(), { signal })
  return {
    releaseAll,
    dispose() {
      if (pasting !== null) clearTimeout(pasting.timer)
      pasting = null
      gate.dispose()
      say(keys.releaseAll())
      clearInterval(heartbeat)
      stop.abort()
    },
  }
}

/** What kind of keyboard this machine has. @param told `navigator.userAgent` */
export function platformOf(told: string): KeyPlatform {
  if (/Mac|iPhone|iPad/.test(told)) return 'mac'
  return told.includes('Windows') ? 'windows' : 'other'
}

/** Whether a stroke pastes: the letter tells, wherever the layout has it; another script has it at its position. */
function pastes(event: KeyboardEvent): boolean {
  const letter = (latinOf(event.key, event.code, false) ?? event.key).toLowerCase()
  const code = letter === 'v' ? 'KeyV' : event.code === 'KeyV' ? '' : event.code
  return isPasteChord({ ...chordOfStroke(event), code })
}

/** The key code of what an input method has taken; nothing newer says it of a composition's first key on a Mac. */
const INPUT_METHOD = 229

function pressOf(event: KeyboardEvent): KeyPress {
  const { key, code, location, repeat, timeStamp, isComposing, keyCode } = event
  const composing = isComposing || keyCode === INPUT_METHOD
  return { ...modifiersOf(event), key, code, location, repeat, timeStamp, composing }
}

function modifiersOf(event: KeyboardEvent | MouseEvent): ToldModifiers {
  const { ctrlKey, altKey, shiftKey, metaKey } = event
  return { ctrlKey, altKey, shiftKey, metaKey, altGraph: event.getModifierState('AltGraph') }
}
