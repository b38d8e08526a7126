// Types what is copied on this machine, key by key, and says how it went.
// Policy: it begins by the person's click alone, obeys the desktop's own rule about what may come in, and refuses what would
// take minutes.
import type { InputSink } from './input-sink.ts'
import { createTyper, keysOfText, TYPE_LIMIT, type Typing } from './typer.ts'
import { t, tn } from '../../../ui/translate.ts'

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
          ? tn(total, 'Typed one character', 'Typed {count} characters')
          : tn(total, 'Typing ended before the one character', 'Typing ended after {done} of {count} characters', {
              done,
            }),
      ),
  })
  const blocked = (): boolean => {
    if (options.mayType()) return false
    say(t('This desktop takes no text from here.'))
    return true
  }
  return {
    async typeClipboard() {
      if (blocked()) return
      let text: string
      try {
        text = await options.readText()
      } catch {
        return say(t('The browser refused its clipboard. Allow it for this page, then try again.'))
      }
      // the answer may have taken its time
      if (blocked()) return
      const keys = keysOfText(text)
      if (keys.length === 0) return say(t('There is no text on the clipboard.'))
      if (keys.length > TYPE_LIMIT)
        return say(
          t('Too long to type: {count} characters, at most {most}. Paste it instead.', {
            count: keys.length,
            most: TYPE_LIMIT,
          }),
        )
      typer.type(keys)
    },
    cancel: () => typer.cancel(),
  }
}
