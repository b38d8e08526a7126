// One request to a desktop and the head of its answer. Policy: what may be repeated is sent again, once, when the connection had been idle
// and died or stays silent (a cut tunnel often shows nothing); what may not goes over a new connection.
import { request as httpRequest, type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import type { Duplex, Readable } from 'node:stream'
import { AppError } from '../../shared/errors.ts'
import type { TunnelPool } from './tunnel-pool.ts'

export interface ExchangeHead {
  readonly method: string
  readonly path: string
  readonly headers: OutgoingHttpHeaders
}

export interface ExchangeOptions {
  /** Ends the exchange and, later, the answer. */
  readonly signal: AbortSignal
  /** What is sent; absent: nothing. */
  readonly body?: Readable | Buffer | undefined
  /** After this silence on a connection that had been idle a second try starts beside the first, ms. */
  readonly hedgeMs: number
  /** For the answer's head, counted from the end of the body, ms. */
  readonly headMs: number
}

export type Answer =
  | { readonly kind: 'response'; readonly response: IncomingMessage }
  | { readonly kind: 'upgrade'; readonly response: IncomingMessage; readonly socket: Duplex; readonly head: Buffer }

/**
 * Sends a request and waits for the answer's head.
 * @throws AppError `desktop-unreachable` (no answer, a broken one, none in time), `cancelled`, or what the dial threw
 */
export function exchange(pool: TunnelPool, head: ExchangeHead, options: ExchangeOptions): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const repeatable = (head.method === 'GET' || head.method === 'HEAD') && options.body === undefined
  const attempts = new Set<ClientRequest>()
  let repeated = false
  let settled = false
  let hedge: NodeJS.Timeout | undefined
  let deadline: NodeJS.Timeout | undefined

  const settle = (winner?: ClientRequest): boolean => {
    if (settled) return false
    settled = true
    clearTimeout(hedge)
    clearTimeout(deadline)
    options.signal.removeEventListener('abort', onAbort)
    for (const attempt of attempts) if (attempt !== winner) attempt.destroy()
    return true
  }
  const fail = (error: unknown): void => {
    if (settle()) reject(error)
  }
  const onAbort = (): void => fail(new AppError('cancelled'))
  const startDeadline = (): void => {
    deadline ??= setTimeout(
      () => fail(new AppError('desktop-unreachable', {}, { detail: 'no answer in time' })),
      options.headMs,
    )
  }

  const repeat = (): void => {
    repeated = true
    pool.purge()
    launch(false)
  }

  const launch = (pooled: boolean): void => {
    const attempt = httpRequest({
      agent: pooled ? pool.pooled : pool.fresh,
      method: head.method,
      path: head.path,
      headers: head.headers,
      maxHeaderSize: 16 * 1024,
    })
    attempts.add(attempt)
    let idle = false
    attempt.once('socket', (socket: Duplex) => {
      idle = pool.wasIdle(socket)
      if (idle && repeatable && !settled) hedge = setTimeout(() => !repeated && repeat(), options.hedgeMs)
    })
    attempt.once('response', (response) => {
      if (settle(attempt)) resolve({ kind: 'response', response })
      else response.destroy()
    })
    attempt.once('upgrade', (response, socket, rest) => {
      if (settle(attempt)) resolve({ kind: 'upgrade', response, socket, head: rest })
      else socket.destroy()
    })
    // stays after the answer began: a later error shows as the answer's end
    attempt.on('error', (error) => {
      attempts.delete(attempt)
      if (settled) return
      if (idle && repeatable && !repeated) repeat()
      else if (attempts.size === 0) fail(asAppError(error))
    })
    send(attempt)
  }

  const send = (attempt: ClientRequest): void => {
    if (options.body === undefined || Buffer.isBuffer(options.body)) {
      startDeadline()
      attempt.end(options.body)
      return
    }
    feed(options.body, attempt, startDeadline)
  }

  if (options.signal.aborted) {
    onAbort()
  } else {
    options.signal.addEventListener('abort', onAbort)
    launch(repeatable)
  }
  return promise
}

/** Pipes a body into a request. An early answer must still reach the sender, so the rest of its body is then read and dropped. */
function feed(body: Readable, attempt: ClientRequest, sent: () => void): void {
  body.pipe(attempt)
  body.once('end', sent)
  body.once('error', () => attempt.destroy())
  body.once('close', () => {
    if (!body.readableEnded) attempt.destroy()
  })
  attempt.once('close', () => {
    body.unpipe(attempt)
    body.resume()
  })
}

function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  return new AppError(
    'desktop-unreachable',
    {},
    { detail: error instanceof Error ? error.message : String(error), cause: error },
  )
}
