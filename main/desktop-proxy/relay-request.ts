// Carries one HTTP request through a door. Policy: control answers are read whole, bounded and checked before a byte leaves;
// files are streamed with back-pressure; redirects, cookies and everything else that a desktop might try end here.
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { pipeline, Transform, type Readable } from 'node:stream'
import { assertNever } from '../../shared/assert-never.ts'
import { AppError } from '../../shared/errors.ts'
import { answerError, answerJson } from './answers.ts'
import type { OpenDoor } from './door.ts'
import { exchange } from './exchange.ts'
import { answerHeaders, fileHeaders, lengthOf, requestHeaders, retryAfter } from './headers.ts'
import type { AnswerKind, Target } from './routes.ts'

const MAX_CONTROL = 1024 * 1024
const MAX_SMALL_BODY = 64 * 1024

/**
 * Sends a checked request to the desktop and its answer back. Answers 502 with an AppError when the desktop cannot be reached or
 * answers with something a door does not let through, 413 for a body that is too large.
 * @param cors headers that let the UI's page read the answer
 */
export async function relayRequest(
  door: OpenDoor,
  target: Target,
  request: IncomingMessage,
  response: ServerResponse,
  cors: OutgoingHttpHeaders,
): Promise<void> {
  const gone = new AbortController()
  const release = door.hold(response)
  response.once('close', () => {
    release()
    gone.abort()
  })
  const signal = AbortSignal.any([gone.signal, door.signal])
  try {
    const body = await outgoingBody(target, request)
    const length = Buffer.isBuffer(body) ? body.length : body === undefined ? undefined : lengthOf(request.headers)
    const answer = await exchange(
      door.pool,
      {
        method: request.method ?? 'GET',
        path: target.path,
        headers: {
          ...requestHeaders(request.headers, door.access.authorization),
          ...(length === undefined ? {} : { 'content-length': length }),
        },
      },
      { signal, body, hedgeMs: door.times.hedgeMs, headMs: door.times.headMs },
    )
    if (answer.kind === 'upgrade') {
      answer.socket.destroy()
      throw strange('it changed the protocol')
    }
    await relayAnswer(target.route.answer, answer.response, response, cors, { signal, controlMs: door.times.controlMs })
  } catch (error) {
    // whatever went wrong is the answer; nobody reads it when the client has gone
    answerError(response, error instanceof TooLarge ? 413 : 502, error, cors)
  }
}

async function outgoingBody(target: Target, request: IncomingMessage): Promise<Readable | Buffer | undefined> {
  const kind = target.route.body
  switch (kind) {
    case 'none':
      request.resume()
      return undefined
    case 'small':
      return await collect(request, MAX_SMALL_BODY, () => new TooLarge())
    case 'stream':
      return request
    default:
      return assertNever(kind)
  }
}

interface RelayOptions {
  readonly signal: AbortSignal
  readonly controlMs: number
}

async function relayAnswer(
  kind: AnswerKind,
  answer: IncomingMessage,
  response: ServerResponse,
  cors: OutgoingHttpHeaders,
  options: RelayOptions,
): Promise<void> {
  const status = answer.statusCode ?? 0
  const refused = refusal(status)
  if (refused !== undefined) {
    answer.destroy()
    throw refused
  }
  if (kind.kind === 'json' || status >= 400) {
    await relayControl(status, answer, response, cors, options)
    return
  }
  response.writeHead(status, {
    ...answerHeaders(cors),
    ...fileHeaders(answer.headers, kind.contentType, kind.fileName),
  })
  if (response.req.method === 'HEAD') {
    answer.resume()
    response.end()
    return
  }
  await stream(answer, response, kind.maxBytes)
}

/** Statuses that a door never passes on. */
function refusal(status: number): AppError | undefined {
  // a 401 would make the browser ask for a password, and ours was just refused
  if (status === 401) return new AppError('desktop-credential')
  if (status >= 200 && status < 300) return undefined
  if (status >= 400 && status < 600) return undefined
  return strange(`status ${status}`)
}

async function relayControl(
  status: number,
  answer: IncomingMessage,
  response: ServerResponse,
  cors: OutgoingHttpHeaders,
  { signal, controlMs }: RelayOptions,
): Promise<void> {
  const headers = { ...cors, ...retryAfter(answer.headers) }
  const cut = (): void => void answer.destroy(strange('the answer did not end'))
  const timer = setTimeout(cut, controlMs)
  signal.addEventListener('abort', cut)
  try {
    if ((lengthOf(answer.headers) ?? 0) > MAX_CONTROL) {
      answer.destroy()
      throw strange('the answer is too large')
    }
    const body = await collect(answer, MAX_CONTROL, () => strange('the answer is too large'))
    const text = body.toString('utf8')
    if (body.length === 0 && (status === 204 || response.req.method === 'HEAD')) {
      response.writeHead(status, answerHeaders(headers))
      response.end()
    } else if (isJson(text)) {
      answerJson(response, status, text, headers)
    } else if (status >= 400) {
      // Selkies refuses in plain words
      answerJson(response, status, JSON.stringify({ error: text.slice(0, 500) }), headers)
    } else if (text === 'OK' || text === 'OK\n') {
      // health of Selkies 1.6, and an upload's bare success
      answerJson(response, status, '"OK"', headers)
    } else {
      throw strange('the answer is not JSON')
    }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', cut)
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    // that is the answer to the question
    return false
  }
}

/** Reads a stream to its end. @throws what `tooLarge` makes, the stream being destroyed then; the stream's own error */
async function collect(from: Readable, max: number, tooLarge: () => Error): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of from as AsyncIterable<Buffer>) {
    size += part.length
    if (size > max) throw tooLarge()
    parts.push(part)
  }
  return Buffer.concat(parts, size)
}

function stream(answer: IncomingMessage, response: ServerResponse, maxBytes: number | undefined): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  // a file that breaks off is a broken download, which the client sees by itself: its headers have left
  const done = (): void => resolve()
  if (maxBytes === undefined) pipeline(answer, response, done)
  else pipeline(answer, limited(maxBytes), response, done)
  return promise
}

function limited(maxBytes: number): Transform {
  let size = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length
      if (size > maxBytes) done(strange('the answer is too large'))
      else done(null, chunk)
    },
  })
}

function strange(detail: string): AppError {
  return new AppError('desktop-unreachable', {}, { detail: `The desktop's server: ${detail}` })
}

class TooLarge extends AppError {
  constructor() {
    super('bad-request', {}, { detail: 'the request is too large' })
  }
}
