// The files of a desktop as Selkies 2.1 keeps them, without a network: for the tests of transfers. Faults are queued by the test.
import type { Answer, FileHead, FilesApi, FileStream } from '../files-api.ts'

/** What befalls the next request. cut: it never arrives. cut-after: it arrives, its answer does not. half: the body breaks off. */
export type Fault = 'cut' | 'cut-after' | 'half' | { readonly status: number; readonly message: string }

export interface FakeFiles {
  readonly api: FilesApi
  readonly files: Map<string, string>
  /** What is staged, by path. */
  readonly staged: ReadonlyMap<string, { readonly id: string; readonly text: string }>
  /** Faults of the next posts and gets, in turn; null lets one through. */
  readonly faults: (Fault | null)[]
  /** Requests so far, as `post name offset`, `get name from`. */
  readonly log: string[]
}

const ok = (body: object): Answer => ({ status: 200, doorError: null, body: JSON.stringify(body) })
const error = (status: number, message: string): Answer => ({
  status,
  doorError: null,
  body: JSON.stringify({ status: 'error', message }),
})

export function fakeFiles(): FakeFiles {
  const files = new Map<string, string>()
  const staged = new Map<string, { id: string; text: string }>()
  const faults: (Fault | null)[] = []
  const log: string[] = []

  const accept = (headers: Readonly<Record<string, string>>, text: string): Answer => {
    const path = decodeURIComponent(headers['x-upload-path'] ?? '')
    const { 'x-upload-id': id, 'x-upload-offset': offset } = headers
    if (id === undefined || offset === undefined) {
      files.set(path, text)
      return ok({ status: 'success', bytes: text.length })
    }
    const known = staged.get(path)
    if (offset === '0') staged.set(path, { id, text: '' })
    else if (known?.id !== id || known.text.length !== Number(offset)) {
      staged.delete(path)
      return error(409, `chunk sequence mismatch at offset ${offset}; transfer discarded`)
    }
    const whole = `${staged.get(path)?.text ?? ''}${text}`
    staged.set(path, { id, text: whole })
    if (headers['x-upload-final'] !== '1') return ok({ status: 'success', bytes: whole.length, complete: false })
    staged.delete(path)
    if (whole.length !== Number(headers['x-upload-total'])) return error(400, 'size mismatch: received 1, expected 2')
    files.set(path, whole)
    return ok({ status: 'success', bytes: whole.length, complete: true })
  }
  const api: FilesApi = {
    list: () => Promise.resolve(ok({})),
    async post(headers, body, onSent, signal) {
      const text = new TextDecoder().decode(body instanceof Blob ? await body.arrayBuffer() : body)
      log.push(`post ${headers['x-upload-path'] ?? ''} ${headers['x-upload-offset'] ?? 'whole'}`)
      signal.throwIfAborted()
      const fault = faults.shift() ?? null
      if (fault === 'cut') throw new TypeError('cut')
      if (fault === 'half') {
        // any broken body throws the transfer away
        staged.delete(decodeURIComponent(headers['x-upload-path'] ?? ''))
        throw new TypeError('cut')
      }
      if (fault !== null && fault !== 'cut-after') return error(fault.status, fault.message)
      onSent(text.length)
      const answer = accept(headers, text)
      if (fault === 'cut-after') throw new TypeError('cut')
      return answer
    },
    postLast: () => undefined,
    head(path): Promise<FileHead> {
      const text = files.get(decodeURIComponent(path))
      return Promise.resolve(
        text === undefined
          ? { status: 404, doorError: null, size: null, tag: null }
          : { status: 200, doorError: null, size: text.length, tag: `"${text.length}-${text.slice(0, 3)}"` },
      )
    },
    get(path, from, tag, signal): Promise<FileStream> {
      log.push(`get ${path} ${from}`)
      const fault = faults.shift() ?? null
      if (fault === 'cut') return Promise.reject(new TypeError('cut'))
      if (fault !== null && typeof fault === 'object')
        return Promise.resolve({ status: fault.status, doorError: null, body: fault.message, stream: null })
      const text = files.get(decodeURIComponent(path))
      if (text === undefined) return Promise.resolve({ status: 404, doorError: null, body: '', stream: null })
      const same = tag === `"${text.length}-${text.slice(0, 3)}"`
      const rest = same ? text.slice(from) : text
      const bytes = new TextEncoder().encode(rest)
      let at = 0
      const stream = new ReadableStream<Uint8Array<ArrayBuffer>>(
        {
          pull(controller) {
            if (signal.aborted) return controller.error(signal.reason)
            if (fault === 'half' && at >= bytes.length / 2) return controller.error(new TypeError('cut'))
            if (at >= bytes.length) return controller.close()
            controller.enqueue(bytes.slice(at, at + 10))
            at += 10
          },
        },
        { highWaterMark: 0 },
      )
      return Promise.resolve({ status: from > 0 && same ? 206 : 200, doorError: null, body: '', stream })
    },
  }
  return { api, files, staged, faults, log }
}
