// The watches that are open on the fake API server: they follow the store, send bookmarks, and break as told.
import type { Form } from './api-events.ts'
import { matches, type Selection } from './api-selectors.ts'
import { sameKind, type ApiStore, type StoredKind, type StoreEvent } from './api-store.ts'

/** The writable side of one watch's answer. */
export interface WatchSink {
  write(text: string): void
  end(): void
  /** Resets the connection under it. */
  reset(): void
}

export class FakeWatches {
  readonly #open = new Set<{ readonly sink: WatchSink; readonly kind: StoredKind; stop(): void }>()
  readonly #store: ApiStore
  readonly #bookmarkMs: number
  #muted = false

  /** @param bookmarkMs between two bookmarks of a watch; 0 sends none */
  constructor(store: ApiStore, bookmarkMs: number) {
    this.#store = store
    this.#bookmarkMs = bookmarkMs
  }

  /** Watches that are open now. */
  get count(): number {
    return this.#open.size
  }

  /** Begins a watch. @returns ends it, when the client has gone */
  begin(sink: WatchSink, form: Form, selection: Selection, from: number, timeoutSeconds: number): () => void {
    const { kind } = form
    const missed = this.#store.since(from)
    if (!missed) {
      sink.write(expired())
      sink.end()
      return () => undefined
    }
    const send = (event: StoreEvent): void => {
      const type = sameKind(event.kind, kind) ? typeFor(event, selection) : undefined
      if (this.#muted || type === undefined) return
      sink.write(`${JSON.stringify({ type, object: form.outward(event.object) })}\n`)
    }
    for (const event of missed) send(event)
    const unlisten = this.#store.onEvent(send)
    const bookmarks =
      this.#bookmarkMs > 0
        ? setInterval(() => {
            if (!this.#muted) sink.write(this.#bookmark(kind))
          }, this.#bookmarkMs)
        : undefined
    const timeout = setTimeout(() => entry.sink.end(), Math.min(timeoutSeconds, 3600) * 1000)
    const entry = {
      sink,
      kind,
      stop: () => {
        this.#open.delete(entry)
        unlisten()
        clearInterval(bookmarks)
        clearTimeout(timeout)
      },
    }
    this.#open.add(entry)
    return () => entry.stop()
  }

  /** Sends raw text into every open watch: half lines, bad JSON, odd events. */
  inject(text: string): void {
    for (const { sink } of this.#open) sink.write(text)
  }

  /** Sends the 410 event into every open watch and ends it. */
  expire(): void {
    for (const { sink } of [...this.#open]) {
      sink.write(expired())
      sink.end()
    }
  }

  /** Ends every open watch in order, as an API server does when the watch's time is over. */
  end(): void {
    for (const { sink } of [...this.#open]) sink.end()
  }

  /** Resets every open watch in the middle of a line. */
  reset(): void {
    for (const { sink } of [...this.#open]) {
      sink.write('{"type":"MODIFIED","object":{"apiVersion":"v1","ki')
      // the bytes must be out before the reset
      setTimeout(() => sink.reset(), 20)
    }
  }

  /** Silence: connections stay open and say nothing, bookmarks neither. */
  mute(muted: boolean): void {
    this.#muted = muted
  }

  #bookmark({ group, version }: StoredKind): string {
    const apiVersion = group ? `${group}/${version}` : version
    const metadata = { resourceVersion: String(this.#store.version) }
    return `${JSON.stringify({ type: 'BOOKMARK', object: { apiVersion, kind: 'Bookmark', metadata } })}\n`
  }
}

/** An object that begins to fit the selectors comes, one that fits no more goes, whatever happened to it. */
function typeFor({ type, object, before }: StoreEvent, selection: Selection): StoreEvent['type'] | undefined {
  const fits = matches(object, selection)
  const fitted = before !== undefined && matches(before, selection)
  if (type === 'DELETED') return fitted ? 'DELETED' : undefined
  if (fits) return fitted ? 'MODIFIED' : 'ADDED'
  return fitted ? 'DELETED' : undefined
}

function expired(): string {
  const object = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Expired', code: 410 }
  return `${JSON.stringify({ type: 'ERROR', object: { ...object, message: 'too old resource version' } })}\n`
}
