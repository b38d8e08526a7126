// The files of a desktop at its door: listing, head, download and upload. Answers are hostile until read: bounded, never shown.
import { doorHttp } from '../transport/door-url.ts'
import { readText } from '../read-text.ts'

/** Our own door refuses with it; a desktop cannot set it. */
const DOOR_ERROR_HEADER = 'x-door-error'
const LISTING_LIMIT = 16 * 1024 * 1024
const REFUSAL_LIMIT = 64 * 1024
const HEAD_WITHIN_MS = 20_000

export interface Answer {
  readonly status: number
  readonly doorError: string | null
  readonly body: string
}
export interface FileHead extends Omit<Answer, 'body'> {
  /** Bytes; null when it is not said. */
  readonly size: number | null
  /** Names this very content; null where nothing does. */
  readonly tag: string | null
}
export interface FileStream extends Answer {
  /** null for a refusal. */
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>> | null
}

/** Each rejects with a TypeError when the way is cut, with an AbortError when it is aborted. */
export interface FilesApi {
  list(path: string, signal: AbortSignal): Promise<Answer>
  head(path: string, signal: AbortSignal): Promise<FileHead>
  /** @param from bytes that are there already @param tag of the content that they are of */
  get(path: string, from: number, tag: string | null, signal: AbortSignal): Promise<FileStream>
  /** @param onSent bytes of this body that went out */
  post(
    headers: Readonly<Record<string, string>>,
    body: Blob | ArrayBuffer,
    onSent: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<Answer>
  /** A last word of a page that goes. */
  postLast(headers: Readonly<Record<string, string>>): void
}

/** @param base the door's, asked anew each time: a door is opened anew after a cut; null: there is none now */
export function createFilesApi(base: () => string | null): FilesApi {
  const address = (path: string): string => {
    const now = base()
    if (now === null) throw new TypeError('the door is closed')
    return doorHttp(now, path)
  }
  const ask = (path: string, init: RequestInit): Promise<Response> =>
    fetch(address(path), { ...init, cache: 'no-store', credentials: 'same-origin', redirect: 'error' })
  return {
    async list(path, signal) {
      const response = await ask(`api/files/${path}`, { signal })
      return { ...facts(response), body: await readText(response, response.ok ? LISTING_LIMIT : REFUSAL_LIMIT) }
    },
    async head(path, signal) {
      const within = AbortSignal.any([signal, AbortSignal.timeout(HEAD_WITHIN_MS)])
      const response = await ask(`api/files/${path}`, { method: 'HEAD', signal: within })
      const length = response.headers.get('content-length') ?? ''
      return {
        ...facts(response),
        size: /^\d{1,15}$/.test(length) ? Number(length) : null,
        tag: response.headers.get('etag'),
      }
    },
    async get(path, from, tag, signal) {
      const headers = from > 0 && tag !== null ? { range: `bytes=${from}-`, 'if-range': tag } : undefined
      const response = await ask(`api/files/${path}`, { signal, ...(headers === undefined ? {} : { headers }) })
      if (!response.ok) return { ...facts(response), body: await readText(response, REFUSAL_LIMIT), stream: null }
      return { ...facts(response), body: '', stream: response.body }
    },
    post: (headers, body, onSent, signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted()
        // fetch says nothing of how far a body went
        const request = new XMLHttpRequest()
        const abort = () => request.abort()
        const settle = () => signal.removeEventListener('abort', abort)
        signal.addEventListener('abort', abort)
        request.open('POST', address('api/upload'))
        for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
        request.upload.addEventListener('progress', ({ loaded }) => onSent(loaded))
        request.addEventListener('load', () => {
          settle()
          const { status, responseText } = request
          const doorError = request.getResponseHeader(DOOR_ERROR_HEADER)
          resolve({ status, doorError, body: responseText.slice(0, REFUSAL_LIMIT) })
        })
        request.addEventListener('error', () => {
          settle()
          reject(new TypeError('the way was cut'))
        })
        request.addEventListener('abort', () => {
          settle()
          reject(new DOMException('cancelled', 'AbortError'))
        })
        request.send(body)
      }),
    postLast(headers) {
      const now = base()
      if (now === null) return
      fetch(doorHttp(now, 'api/upload'), {
        method: 'POST',
        headers,
        keepalive: true,
        credentials: 'same-origin',
        redirect: 'error',
      }).catch(() => {
        // the page goes; the server throws away by itself what nobody goes on with
      })
    },
  }
}

function facts(response: Response): Omit<Answer, 'body'> {
  return { status: response.status, doorError: response.headers.get(DOOR_ERROR_HEADER) }
}
