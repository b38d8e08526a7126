// Types what is copied on this machine, key by key, and says how it went.
// Policy: it begins by the person's click alone, obeys the desktop's own rule about what may come in, and refuses what would
// take minutes.
import type { InputSink } from './input-sink.ts'
import { createTyper, keysOfText, TYPE_LIMIT, type Typing } from './typer.ts'

export interface ClipboardTyperOptions {
  readonly sink: InputSink
  /** Asks the browser, which may ask the person. */
  readText(): Promise<string>
  /** Whether the desktop takes text from here now. */
  mayType(): boolean
  onProgress(typing: Typing | null): void
  say(text: string): void
}

export interface ClipboardTyper {
  typeClipboard(): Promise<void>
  cancel(): void
}

export function createClipboardTyper(options: ClipboardTyperOptions): ClipboardTyper {
  const { say } = options
  const typer = createTyper({
    ...options,
    onEnd: ({ done, total, why }) =>
      say(
        why === 'finished'
          ? `Typed ${charactersWords(total)}`
          : `Typing ended after ${number(done)} of ${charactersWords(total)}`,
      ),
  })
  const blocked = (): boolean => {
    if (options.mayType()) return false
    say('This desktop takes no text from here.')
    return true
  }
  return {
    async typeClipboard() {
      if (blocked()) return
      let text: string
      try {
        text = await options.readText()
      } catch {
        return say('The browser refused its clipboard. Allow it for this page, then try again.')
      }
      // the answer may have taken its time
      if (blocked()) return
      const keys = keysOfText(text)
      if (keys.length === 0) return say('There is no text on the clipboard.')
      if (keys.length > TYPE_LIMIT)
        return say(
          `Too long to type: ${charactersWords(keys.length)}, at most ${number(TYPE_LIMIT)}. Paste it instead.`,
        )
      typer.type(keys)
    },
    cancel: () => typer.cancel(),
  }
}

function charactersWords(count: number): string {
  return count === 1 ? 'one character' : `${number(count)} characters`
}

function number(value: number): string {
  return value.toLocaleString('en')
}
