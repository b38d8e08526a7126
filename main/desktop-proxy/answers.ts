// Our own answers: refusals and failures as JSON with an AppError, and the status line of a refused WebSocket upgrade.
import { STATUS_CODES, type OutgoingHttpHeaders, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { AppError, toErrorView } from '../../shared/errors.ts'
import { answerHeaders, DOOR_ERROR_HEADER } from './headers.ts'

/** Answers with `{"error": AppErrorView}` and the error's code in a header that no desktop can set. */
export function answerError(response: ServerResponse, status: number, error: unknown, cors: OutgoingHttpHeaders): void {
  if (response.headersSent) {
    // too late for words: the client must see that the answer is not whole
    response.destroy()
    return
  }
  const view = toErrorView(error)
  answerJson(response, status, JSON.stringify({ error: view }), { ...cors, [DOOR_ERROR_HEADER]: view.code })
}

/** Answers with JSON text. */
export function answerJson(response: ServerResponse, status: number, json: string, headers: OutgoingHttpHeaders): void {
  const body = Buffer.from(json)
  response.writeHead(status, {
    ...answerHeaders(headers),
    'content-type': 'application/json',
    'content-length': body.length,
  })
  response.end(body)
}

/** Refuses an upgrade: a plain status on a connection that ends with it. */
export function refuseUpgrade(socket: Duplex, status: number, error: unknown): void {
  const view = toErrorView(error)
  const body = Buffer.from(JSON.stringify({ error: view }))
  const headers = {
    ...answerHeaders({}),
    connection: 'close',
    'content-type': 'application/json',
    'content-length': body.length,
    [DOOR_ERROR_HEADER]: view.code,
  }
  endSoon(socket, Buffer.concat([Buffer.from(rawHead(status, headers)), body]))
}

/** How long a refused client may take to close its side, ms. */
const LINGER_MS = 1_000

/** Says the last words on a connection and ends it, also when the other side never closes: nobody holds one open for nothing. */
export function endSoon(socket: Duplex, words: string | Uint8Array): void {
  socket.end(words)
  const timer = setTimeout(() => socket.destroy(), LINGER_MS)
  timer.unref()
  socket.once('close', () => clearTimeout(timer))
}

/** An answer's status line and headers as text. */
export function rawHead(status: number, headers: OutgoingHttpHeaders): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}\r\n`)
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n${lines.join('')}\r\n`
}

/** The door does not lead there. */
export function notFound(): AppError {
  return new AppError('bad-request')
}

/** The ticket opens nothing (any more). */
export function doorClosed(): AppError {
  return new AppError('door-closed')
}
