// HTTP to one API server: sends a request, tells what kind of answer came, and turns failures into errors with words.
// Policy: an answer that is no Kubernetes JSON is `cluster-not-kubernetes`; redirects are not followed, since they would carry the token along.
import { request, type Dispatcher } from 'undici'
import { AppError } from '../shared/errors.ts'
import type { Authorized, Connection } from './connection.ts'
import { noAnswer, notKubernetes, refused } from './failures.ts'
import type { KubeObject } from './types.ts'

export interface Ask {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly body?: unknown
  readonly contentType?: string
  /** Ends it. Aborted with a `TimeoutError` it means that the answer is late: then the next request dials anew. */
  readonly signal?: AbortSignal | undefined
}

export interface Transport {
  /** @throws ApiError, AppError */
  json(ask: Ask): Promise<unknown>
  text(ask: Ask): Promise<string>
  /** JSON where the answer says so, else its text. */
  any(ask: Ask): Promise<unknown>
  /** The body of an answer that does not end by itself: no time limit between its bytes. */
  stream(ask: Ask): Promise<AsyncIterable<Uint8Array>>
  /** The same bytes; a failure between them gets its words. */
  naming(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>
  /** @throws AppError `cluster-not-kubernetes` when it is none */
  kubeObject(value: unknown): KubeObject
  /** @throws AppError `cluster-not-kubernetes` when it is none */
  list(value: unknown): { items: readonly KubeObject[]; resourceVersion: string; next: string | undefined }
}

/** Characters of an answer that is kept for an error. */
const MAX_ERROR_TEXT = 64 * 1024

/** @param options now: epoch ms; answerTimeoutMs: for an answer to begin and for each pause within it, ms, default 30,000 */
export function createTransport(
  connection: Connection,
  options: { now(): number; readonly answerTimeoutMs?: number | undefined },
): Transport {
  const { host, server } = connection.context
  const answerTimeout = options.answerTimeoutMs ?? 30_000

  return {
    json: async (ask) => {
      const answer = await send(ask, 'application/json', answerTimeout)
      const text = await textOf(answer)
      return parsed(text, answer.statusCode)
    },
    text: async (ask) => await textOf(await send(ask, '*/*', answerTimeout)),
    any: async (ask) => {
      const answer = await send(ask, 'application/json, */*', answerTimeout)
      const text = await textOf(answer)
      const type = String(answer.headers['content-type'] ?? '')
      if (type.includes('json')) return parsed(text, answer.statusCode)
      if (type.includes('html')) throw notKubernetes(host, answer.statusCode)
      return text
    },
    stream: async (ask) => {
      const answer = await send(ask, 'application/json', 0)
      if (String(answer.headers['content-type'] ?? '').includes('json')) return answer.body
      answer.body.destroy()
      throw notKubernetes(host, answer.statusCode)
    },
    naming: async function* (body) {
      try {
        yield* body
      } catch (error) {
        throw noAnswer(error, host)
      }
    },
    kubeObject: (value) => {
      if (isObject(value) && typeof value['kind'] === 'string' && typeof value['apiVersion'] === 'string') {
        return { ...value, metadata: isObject(value['metadata']) ? value['metadata'] : {} } as unknown as KubeObject
      }
      throw notKubernetes(host, 200)
    },
    list: (value) => {
      const metadata = isObject(value) && isObject(value['metadata']) ? value['metadata'] : {}
      const { resourceVersion, continue: next } = metadata
      if (!isObject(value) || typeof resourceVersion !== 'string') throw notKubernetes(host, 200)
      // a server writes an empty list as null
      const items = (Array.isArray(value['items']) ? value['items'] : []) as readonly KubeObject[]
      return { items, resourceVersion, next: typeof next === 'string' && next !== '' ? next : undefined }
    },
  }

  /** Sends, and once more with a new credential after a 401. Resolves with a 2xx answer only. */
  async function send(ask: Ask, accept: string, bodyTimeout: number): Promise<Dispatcher.ResponseData> {
    const first = await connection.authorize()
    let answer = await once(ask, first, accept, bodyTimeout)
    if (answer.statusCode === 401 && connection.renew(first.credential)) {
      await discard(answer)
      answer = await once(ask, await connection.authorize(), accept, bodyTimeout)
    }
    const { statusCode, headers } = answer
    if (statusCode >= 200 && statusCode < 300) return answer
    const text = await textOf(answer, MAX_ERROR_TEXT)
    const error = refused(statusCode, headers, text, host, options.now())
    if (statusCode !== 401) throw error
    // some other server's own login page is not our sign-in
    if (error instanceof AppError && String(headers['content-type']).includes('html')) throw error
    throw signedOut(error.message)
  }

  async function once(
    ask: Ask,
    { dispatcher, headers }: Authorized,
    accept: string,
    bodyTimeout: number,
  ): Promise<Dispatcher.ResponseData> {
    if (ask.signal?.aborted) throw new AppError('cancelled')
    const body = ask.body === undefined ? null : JSON.stringify(ask.body)
    try {
      return await request(urlOf(server, ask), {
        dispatcher,
        method: ask.method ?? 'GET',
        headers: {
          ...headers,
          accept,
          ...(body !== null && { 'content-type': ask.contentType ?? 'application/json' }),
        },
        body,
        headersTimeout: answerTimeout,
        bodyTimeout,
        signal: ask.signal ?? null,
      })
    } catch (error) {
      const { signal } = ask
      const failure = signal?.aborted && !isTimeout(signal) ? cancelled(error) : noAnswer(signal?.reason ?? error, host)
      // the connection may have died without a word, with what it led to
      if (failure.code === 'cluster-slow') connection.suspect(dispatcher)
      throw failure
    }
  }

  async function textOf(answer: Dispatcher.ResponseData, max = Infinity): Promise<string> {
    const decoder = new TextDecoder()
    let text = ''
    try {
      for await (const chunk of answer.body) {
        text += decoder.decode(chunk as Uint8Array, { stream: true })
        if (text.length > max) break
      }
      return text
    } catch (error) {
      throw noAnswer(error, host)
    }
  }

  async function discard(answer: Dispatcher.ResponseData): Promise<void> {
    // read to its end, so that the connection can be used again; a failure shows in the next request
    await answer.body.dump().catch(() => undefined)
  }

  function parsed(text: string, status: number): unknown {
    try {
      return JSON.parse(text)
    } catch {
      // not JSON, so not Kubernetes
      throw notKubernetes(host, status)
    }
  }

  function signedOut(detail: string): AppError {
    const { credential } = connection.context
    const expired = credential.type === 'certificate' && credential.expiresAt <= options.now()
    return new AppError(expired ? 'client-certificate-expired' : 'signed-out', {}, { detail })
  }
}

function cancelled(cause: unknown): AppError {
  return new AppError('cancelled', {}, { cause })
}

/** Whether it ended the request because no answer came in time, as `AbortSignal.timeout` does. */
function isTimeout({ reason }: AbortSignal): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError'
}

function urlOf(server: string, { path, query = {} }: Ask): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') search.set(name, String(value))
  }
  const text = search.toString()
  return `${server}${path}${text === '' ? '' : `${path.includes('?') ? '&' : '?'}${text}`}`
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
