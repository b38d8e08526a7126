// The files on their way, one after the other in each direction, and what the page shows of them.
// Policy: a failure ends its own file alone; of a folder all that can be sent is sent, and the first reason is said.
import { plainWords } from '../../../../shared/selkies/words.ts'
import { t } from '../../../ui/translate.ts'
import { downloadFile, type DownloadLine } from './download.ts'
import { FileProblem, problemOf } from './file-problem.ts'
import { checkPath, uploadFile, type UploadLine } from './upload.ts'

/** A file to send and its place below the desktop's folder. */
export interface SendFile {
  readonly parts: readonly string[]
  readonly file: File
}
/** What was dropped or chosen as one thing: a file, or a folder with its files. */
export interface SendItem {
  readonly name: string
  readonly files: readonly SendFile[]
}

export type TransferState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'

export interface TransferView {
  readonly id: number
  readonly way: 'up' | 'down'
  /** One line of text. */
  readonly name: string
  /** Bytes; of a download 0 until the desktop has said it. */
  readonly size: number
  readonly done: number
  /** Of a folder: its files, and those that are through. */
  readonly files: { readonly done: number; readonly total: number } | null
  readonly state: TransferState
  /** Why it ended as it did. */
  readonly words: string | null
}

export interface TransfersOptions {
  readonly up: UploadLine
  readonly down: DownloadLine
  /** Gives a fetched file to the person. */
  save(blob: Blob, name: string): void
  show(views: readonly TransferView[]): void
  /** One ended by itself. */
  onEnd(view: TransferView): void
  /** Calls back after so many ms. */
  later(ms: number, run: () => void): void
}

export interface Transfers {
  send(items: readonly SendItem[]): void
  /** @param path behind `api/files/`, encoded */
  fetch(path: string, name: string): void
  cancel(id: number): void
  cancelAll(): void
  /** What failed or was cancelled goes once more. */
  again(id: number): void
  /** Forgets those that are over. */
  clear(): void
}

interface Job {
  view: TransferView
  readonly run: (job: Job, signal: AbortSignal) => Promise<void>
  stop: AbortController
}

/** Finished ones that are shown. */
const KEPT = 50
/** Progress is shown this often, ms. */
const SHOW_EVERY_MS = 120

export function createTransfers(options: TransfersOptions): Transfers {
  let jobs: Job[] = []
  let ids = 0
  let due = false
  const busy = { up: false, down: false }

  const showNow = () => {
    due = false
    options.show(jobs.map(({ view }) => view))
  }
  const show = () => {
    if (due) return
    due = true
    options.later(SHOW_EVERY_MS, () => due && showNow())
  }
  const change = (job: Job, part: Partial<TransferView>) => {
    job.view = { ...job.view, ...part }
    show()
  }
  const add = (view: Omit<TransferView, 'id' | 'done' | 'state' | 'words'>, run: Job['run']) => {
    jobs.push({
      view: { ...view, id: ++ids, done: 0, state: 'waiting', words: null },
      run,
      stop: new AbortController(),
    })
  }
  const trim = () => {
    const over = jobs.filter(({ view }) => isOver(view.state))
    const old = new Set(over.slice(0, Math.max(0, over.length - KEPT)))
    jobs = jobs.filter((job) => !old.has(job))
  }
  const work = async (way: 'up' | 'down'): Promise<void> => {
    if (busy[way]) return
    busy[way] = true
    for (;;) {
      const job = jobs.find(({ view }) => view.way === way && view.state === 'waiting')
      if (job === undefined) break
      change(job, { state: 'running', words: null, done: 0 })
      showNow()
      try {
        await job.run(job, job.stop.signal)
        change(job, { state: 'done' })
      } catch (thrown) {
        const problem = problemOf(thrown)
        change(job, { state: problem.kind === 'cancelled' ? 'cancelled' : 'failed', words: problem.message })
      }
      trim()
      showNow()
      if (job.view.state !== 'cancelled') options.onEnd(job.view)
    }
    busy[way] = false
  }
  const begin = () => {
    showNow()
    void work('up')
    void work('down')
  }
  const sendAll = async (item: SendItem, job: Job, signal: AbortSignal): Promise<void> => {
    let before = 0
    let first: FileProblem | null = null
    let failed = 0
    const { total } = job.view.files ?? { total: 1 }
    for (const [index, { file, parts }] of item.files.entries()) {
      try {
        await uploadFile(file, parts, options.up, (bytes) => change(job, { done: before + bytes }), signal)
      } catch (thrown) {
        const problem = problemOf(thrown)
        // a lost desktop or a full one takes the others no better
        if (total === 1 || ['cancelled', 'lost', 'no-room', 'not-allowed'].includes(problem.kind)) throw problem
        first ??= problem
        failed += 1
      }
      before += file.size
      change(job, { done: before, ...(job.view.files === null ? {} : { files: { done: index + 1, total } }) })
    }
    if (first === null) return
    throw Object.assign(new FileProblem(first.kind), {
      message: t('{failed} of {total} were not sent. {why}', { failed, total, why: first.message }),
    })
  }

  return {
    send(items) {
      for (const item of items) {
        const [only, more] = item.files
        if (only === undefined) continue
        const size = item.files.reduce((sum, { file }) => sum + file.size, 0)
        const files = more === undefined && only.parts.length === 1 ? null : { done: 0, total: item.files.length }
        add({ way: 'up', name: shown(item.name), size, files }, (job, signal) => sendAll(item, job, signal))
      }
      begin()
    },
    fetch(path, name) {
      add({ way: 'down', name: shown(name), size: 0, files: null }, async (job, signal) => {
        const blob = await downloadFile(path, options.down, (done, size) => change(job, { done, size }), signal)
        change(job, { done: blob.size, size: blob.size })
        options.save(blob, name)
      })
      begin()
    },
    cancel(id) {
      const job = jobs.find(({ view }) => view.id === id)
      if (job === undefined || isOver(job.view.state)) return
      job.stop.abort()
      if (job.view.state !== 'waiting') return
      change(job, { state: 'cancelled', words: new FileProblem('cancelled').message })
      showNow()
    },
    cancelAll() {
      for (const { view } of [...jobs]) this.cancel(view.id)
    },
    again(id) {
      const job = jobs.find(({ view }) => view.id === id)
      if (job === undefined || (job.view.state !== 'failed' && job.view.state !== 'cancelled')) return
      job.stop = new AbortController()
      const { files } = job.view
      change(job, { state: 'waiting', words: null, done: 0, files: files && { ...files, done: 0 } })
      begin()
    },
    clear() {
      jobs = jobs.filter(({ view }) => !isOver(view.state))
      showNow()
    },
  }
}

/** Whether it has ended. */
export function isOver(state: TransferState): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled'
}

/** What can be said of the items before a byte goes: the first name that no desktop takes. @throws FileProblem */
export function checkItems(items: readonly SendItem[]): void {
  for (const { files } of items) for (const { parts } of files) checkPath(parts)
}

function shown(name: string): string {
  return plainWords(name, 120) || t('A file')
}
