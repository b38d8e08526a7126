// Types a text key by key, for what takes no paste: sign-in screens, consoles, desktops without a clipboard.
// Policy: a bounded rate, one character a turn, however late the turn is; a key that the person presses ends it, since a held
// modifier would make commands of letters; what is typed is pressed and let go in one message each, so nothing stays held.
import type { ClientMessage } from '../../../../shared/selkies/g2/messages.ts'
import { keysymOfCharacter } from '../../../../shared/selkies/keysym.ts'
import { tap } from './held-keys.ts'
import type { InputSink } from './input-sink.ts'

/** Time for each character, ms: the server needs up to 25 ms for one that no key of its layout has. */
export const TYPE_EVERY_MS = 25
/** Characters between two reports of progress. */
const REPORT_EVERY = 10
/** More than this is for the clipboard or a file: it would take minutes. */
export const TYPE_LIMIT = 10_000

export interface Typing {
  readonly done: number
  readonly total: number
}
export type TypingEnd = Typing & { readonly why: 'finished' | 'cancelled' }

export interface TyperOptions {
  readonly sink: InputSink
  /** Null when it is over. */
  onProgress(typing: Typing | null): void
  onEnd(end: TypingEnd): void
}

export interface Typer {
  /** Begins; a text under way is ended first. @param keys as `keysOfText` makes them */
  type(keys: readonly number[]): void
  /** Ends what is under way, if anything is. */
  cancel(): void
}

/** The keys that type a text: line ends of every system are Enter, what has no key is left out. */
export function keysOfText(text: string): readonly number[] {
  return Array.from(text.replaceAll(/\r\n?/g, '\n'), (character) => keysymOfCharacter(character)).filter(
    (keysym) => keysym !== null,
  )
}

export function createTyper({ sink, onProgress, onEnd }: TyperOptions): Typer {
  let timer: ReturnType<typeof setInterval> | null = null
  let now: Typing = { done: 0, total: 0 }
  const end = (why: TypingEnd['why']) => {
    if (timer === null) return
    clearInterval(timer)
    timer = null
    onProgress(null)
    onEnd({ ...now, why })
  }
  const typer: Typer = {
    type(keys) {
      typer.cancel()
      if (keys.length === 0) return
      now = { done: 0, total: keys.length }
      onProgress(now)
      timer = setInterval(() => {
        const keysym = keys[now.done]
        if (keysym !== undefined) for (const message of tap(keysym) satisfies readonly ClientMessage[]) sink(message)
        now = { ...now, done: now.done + 1 }
        if (now.done >= now.total) return end('finished')
        if (now.done % REPORT_EVERY === 0) onProgress(now)
      }, TYPE_EVERY_MS)
    },
    cancel: () => end('cancelled'),
  }
  return typer
}
