// The files of a viewer's session: dropped onto the picture, pasted, chosen or fetched; at a pace that leaves the picture alone.
// Policy: through the door alone; what a rule keeps is said before a byte goes; what is dropped is never opened by the browser.
import type { Settings } from '../../../shared/domain/settings.ts'
import { filesPath, readListing, type FileEntry } from '../../../shared/selkies/g2/file-listing.ts'
import { t } from '../../ui/translate.ts'
import { entriesOf, itemsOf, walk } from './files/dropped.ts'
import { downloadRefusal, FileProblem, problemOf } from './files/file-problem.ts'
import { createFilesApi } from './files/files-api.ts'
import { createPatience } from './files/patience.ts'
import { saveFile } from './files/save-file.ts'
import { createTokenBucket } from './files/token-bucket.ts'
import { FIRST_PACE, nextPace, rateOf, sliceBytes } from './files/transfer-pace.ts'
import { createTransfers, type SendItem, type TransferView } from './files/transfers.ts'
import { fileBlock } from './transfer-rules.ts'
import type { Say, ViewerStore } from './viewer-state.ts'

export interface ViewerFilesOptions {
  readonly store: ViewerStore
  /** The present door's base; null while there is none. */
  base(): string | null
  readonly signal: AbortSignal
  say(say: Omit<Say, 'id'>): void
}

export interface ViewerFiles {
  /** Chosen or pasted files. */
  send(files: readonly File[]): void
  /** @returns the folder's entries. @throws FileProblem */
  list(parts: readonly string[], signal: AbortSignal): Promise<readonly FileEntry[]>
  fetch(parts: readonly string[]): void
  cancel(id: number): void
  cancelAll(): void
  again(id: number): void
  clear(): void
  setSetting(mbps: Settings['fileMbps']): void
}

export function createViewerFiles(options: ViewerFilesOptions): ViewerFiles {
  const { store, signal } = options
  const api = createFilesApi(options.base)
  const now = () => performance.now()
  let pace = FIRST_PACE
  let limit = 0
  const bucket = createTokenBucket(rateOf(pace, limit), now())
  const setRate = () => bucket.setRate(rateOf(pace, limit), now())
  const say = (text: string) => options.say({ icon: 'file', text })
  const patience = () => createPatience({ isOver: () => store.getState().status.kind === 'ended', pause })
  const line = {
    api,
    patience,
    async pace(bytes: number, stop: AbortSignal) {
      const wait = bucket.take(bytes, now())
      if (wait > 0) await pause(wait, stop)
      else stop.throwIfAborted()
    },
  }
  let staged: Readonly<Record<string, string>> | null = null
  const transfers = createTransfers({
    up: {
      ...line,
      sliceBytes: () => sliceBytes(rateOf(pace, limit)),
      newId: () => crypto.randomUUID(),
      onStaged: (discard) => (staged = discard),
    },
    down: line,
    save: saveFile,
    show: (views) => store.setState({ transfers: views }),
    onEnd: (view) => say(endWords(view)),
    later: (ms, run) => setTimeout(run, ms),
  })
  const mayNot = (way: 'upload' | 'download'): boolean => {
    const { rules, status } = store.getState()
    const words = fileBlock(way, rules) ?? (status.kind === 'ended' ? t('The desktop is not there.') : null)
    if (words !== null) say(words)
    return words !== null
  }
  const send = (make: () => readonly SendItem[] | Promise<readonly SendItem[]>) => {
    if (mayNot('upload')) return
    Promise.resolve()
      .then(make)
      .then((items) => (items.length === 0 ? say(t('There was no file in it.')) : transfers.send(items)))
      .catch((thrown: unknown) => say(problemOf(thrown).message))
  }

  // one more sample a second: the picture tells how much room there is
  const stopStats = store.subscribe(({ history }, before) => {
    const newest = history.at(-1)
    if (newest === undefined || history === before.history) return
    pace = nextPace(pace, newest)
    setRate()
  })
  const setDropping = (dropping: boolean) => {
    if (store.getState().dropping !== dropping) store.setState({ dropping })
  }
  const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true
  window.addEventListener(
    'dragover',
    (event) => {
      if (!carriesFiles(event) || event.dataTransfer === null) return
      event.preventDefault()
      event.dataTransfer.dropEffect = fileBlock('upload', store.getState().rules) === null ? 'copy' : 'none'
      setDropping(true)
    },
    { signal },
  )
  // `relatedTarget` is null when the drag leaves the window, and says nothing between elements of it
  window.addEventListener('dragleave', (event) => event.relatedTarget === null && setDropping(false), { signal })
  window.addEventListener('dragend', () => setDropping(false), { signal })
  window.addEventListener(
    'drop',
    (event) => {
      setDropping(false)
      if (!carriesFiles(event) || event.dataTransfer === null) return
      event.preventDefault()
      const entries = entriesOf(event.dataTransfer)
      const files = [...event.dataTransfer.files]
      send(() => (entries.length > 0 ? walk(entries) : itemsOf(files)))
    },
    { signal },
  )
  // a page that goes has no time to cancel: the desktop throws away what was half there
  window.addEventListener('pagehide', () => staged !== null && api.postLast(staged), { signal })
  signal.addEventListener('abort', () => {
    stopStats()
    transfers.cancelAll()
  })

  return {
    send: (files) => send(() => itemsOf(files)),
    async list(parts, stop) {
      const words = fileBlock('download', store.getState().rules)
      if (words !== null) throw Object.assign(new FileProblem('not-allowed'), { message: words })
      const waits = patience()
      for (;;) {
        try {
          const answer = await api.list(filesPath(parts, 'folder'), stop)
          if (answer.status === 200 && answer.doorError === null) return readListing(answer.body)
          const { kind } = downloadRefusal(answer.status, answer.doorError)
          if (kind !== 'again' && kind !== 'from-start') throw new FileProblem(kind)
        } catch (thrown) {
          if (!(thrown instanceof TypeError)) throw thrown
        }
        await waits.next(stop)
      }
    },
    fetch(parts) {
      if (mayNot('download')) return
      transfers.fetch(filesPath(parts, 'file'), parts.at(-1) ?? 'file')
    },
    cancel: (id) => transfers.cancel(id),
    cancelAll: () => transfers.cancelAll(),
    again: (id) => transfers.again(id),
    clear: () => transfers.clear(),
    setSetting(mbps) {
      limit = mbps
      setRate()
    },
  }
}

function endWords({ way, name, state, words }: TransferView): string {
  if (state === 'failed') return t('{name}: {why}', { name, why: words ?? '' })
  return way === 'up' ? t('{name} is on the desktop', { name }) : t('{name} is here', { name })
}

/** @throws the signal's reason when it is aborted meanwhile */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const give = () => {
      clearTimeout(timer)
      reject(new DOMException('cancelled', 'AbortError'))
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', give)
      resolve()
    }, ms)
    if (signal.aborted) give()
    else signal.addEventListener('abort', give, { once: true })
  })
}
