// One TCP connection to a pod's port as a Duplex, over a WebSocket in the API server's channel framing (`v4.channel.k8s.io`).
// Policy: back-pressure both ways; a cut is an error, an orderly close is the end; destroying either side ends the other at once.
import { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { AppError } from '../shared/errors.ts'

/** Channels of the only port that a connection asks for: `2n` carries data, `2n + 1` the error text. */
export const DATA_CHANNEL = 0
export const ERROR_CHANNEL = 1
/** Bytes that may wait in the socket before the writer has to. */
const MAX_BUFFERED = 1024 * 1024
/** Bytes in one frame: large enough to be cheap, small enough for a ping to get through. */
const MAX_FRAME = 256 * 1024
/** Heartbeats without any sign of life after which a tunnel counts as dead. */
const MAX_MISSED = 2

/** How a tunnel behaves over time. */
export interface TunnelOptions {
  /** Between two pings, ms: load balancers cut silent connections, many after 30-60 s. */
  readonly pingEveryMs: number
}

/**
 * Wraps an open WebSocket whose first frames (the port on each channel) were already read.
 * Half-close does not exist in this protocol: `end()` closes both ways once everything is sent.
 * Errors are AppErrors (`desktop-unreachable`), with the API server's text as detail.
 */
export class PortForwardStream extends Duplex {
  readonly #ws: WebSocket
  readonly #heartbeat: NodeJS.Timeout
  #missed = 0
  #waiting: ((error?: Error | null) => void) | undefined
  #failure: AppError | undefined

  constructor(ws: WebSocket, options: TunnelOptions) {
    super({ allowHalfOpen: false, readableHighWaterMark: 256 * 1024, writableHighWaterMark: 256 * 1024 })
    this.#ws = ws
    // a refused port is told at once, often before whoever dialled can listen; they find it in `errored`
    this.on('error', ignore)
    ws.on('message', this.#onMessage)
    ws.on('pong', this.#onPong)
    ws.on('error', this.#onError)
    ws.on('close', this.#onClose)
    this.#heartbeat = setInterval(() => this.#beat(), options.pingEveryMs)
    this.#heartbeat.unref()
  }

  /** Bytes that wait to be sent. */
  get bufferedAmount(): number {
    return this.#ws.bufferedAmount
  }

  override _read(): void {
    this.#ws.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#send([chunk], chunk.length, done)
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    // small writes that came together leave in one frame
    let batch: Buffer[] = []
    let size = 0
    for (const { chunk } of chunks) {
      if (size > 0 && size + chunk.length > MAX_FRAME) {
        this.#sendFrame(batch, size)
        batch = []
        size = 0
      }
      batch.push(chunk)
      size += chunk.length
    }
    this.#send(batch, size, done)
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#ws.close(1000)
    done()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearInterval(this.#heartbeat)
    this.#ws.off('message', this.#onMessage)
    this.#ws.off('pong', this.#onPong)
    this.#ws.off('close', this.#onClose)
    // `error` stays listened to: terminating may still report one, and nobody is left whom it concerns
    this.#ws.terminate()
    this.#waiting?.(error)
    this.#waiting = undefined
    done(error)
  }

  #send(batch: Buffer[], size: number, done: (error?: Error | null) => void): void {
    if (this.#ws.readyState !== this.#ws.OPEN) {
      // the pod has closed in order: an error here would throw away its last words, which may not be read yet
      done(this.#failure)
      return
    }
    this.#sendFrame(batch, size)
    if (this.#ws.bufferedAmount > MAX_BUFFERED) this.#waiting = done
    else done()
  }

  #sendFrame(batch: Buffer[], size: number): void {
    // the server reads whole frames only, so channel and data must stand in one buffer
    const frame = Buffer.allocUnsafe(size + 1)
    frame[0] = DATA_CHANNEL
    let at = 1
    for (const chunk of batch) {
      chunk.copy(frame, at)
      at += chunk.length
    }
    this.#ws.send(frame, this.#onSent)
  }

  readonly #onSent = (): void => {
    if (this.#waiting === undefined || this.#ws.bufferedAmount > MAX_BUFFERED) return
    const done = this.#waiting
    this.#waiting = undefined
    done()
  }

  readonly #onMessage = (data: Buffer, isBinary: boolean): void => {
    this.#missed = 0
    if (!isBinary || data.length < 2) return
    if (data[0] === DATA_CHANNEL) {
      if (!this.push(data.subarray(1))) this.#ws.pause()
    } else if (data[0] === ERROR_CHANNEL) {
      this.destroy(cut(data.toString('utf8', 1, 2048)))
    }
  }

  readonly #onPong = (): void => {
    this.#missed = 0
  }

  readonly #onError = (error: Error): void => {
    this.#failure ??= cut(error.message, error)
  }

  readonly #onClose = (code: number, reason: Buffer): void => {
    const orderly = this.#failure === undefined && code !== 1006
    if (!orderly) {
      this.destroy(this.#failure ?? cut('the tunnel was cut'))
    } else if (code !== 1000 && code !== 1001 && code !== 1005 && reason.length > 0) {
      this.destroy(cut(reason.toString()))
    } else {
      this.#waiting?.()
      this.#waiting = undefined
      this.push(null)
    }
  }

  #beat(): void {
    // a paused socket hears nothing because we do not listen
    if (this.#ws.isPaused) return
    if (this.#missed >= MAX_MISSED) {
      this.destroy(cut('no sign of life through the tunnel'))
      return
    }
    this.#missed += 1
    if (this.#ws.readyState === this.#ws.OPEN) this.#ws.ping()
  }
}

function cut(detail: string, cause?: unknown): AppError {
  return new AppError('desktop-unreachable', {}, { detail, cause })
}

function ignore(): void {}
