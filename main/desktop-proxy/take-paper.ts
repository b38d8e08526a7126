// A printed document, taken from a desktop through its door. The server removes it once it went out whole, so it is asked for once, never
// beside itself. Policy: bounded, and a PDF by its own first words; anything else is refused and stays where it is.
import { AppError } from '../../shared/errors.ts'
import type { OpenDoor } from './door.ts'
import { exchange } from './exchange.ts'
import { lengthOf, requestHeaders } from './headers.ts'
import { matchRoute } from './routes.ts'

/** Largest document, bytes. */
export const PAPER_LIMIT = 128 * 1024 * 1024
/** Readers look for the mark in so many bytes. Source: ISO 32000, implementation notes. */
const MARK_WITHIN = 1024

/**
 * Takes it.
 * @param name as the desktop announced it
 * @throws AppError `paper-gone`, `paper-refused`, `paper-too-large`, `paper-not-pdf`, or what the exchange throws
 */
export async function takePaper(door: OpenDoor, name: string): Promise<Buffer> {
  const target = matchRoute({ demo: false }, `api/print/${encodeURIComponent(name.toWellFormed())}`)
  if (target === undefined) throw new AppError('paper-gone')
  const answer = await exchange(
    door.pool,
    {
      method: 'GET',
      path: `${door.access.basePath ?? ''}${target.path}`,
      headers: requestHeaders({}, door.access.authorization),
    },
    // with a body, be it empty, it is sent once and never again
    { signal: door.signal, body: Buffer.alloc(0), hedgeMs: door.times.hedgeMs, headMs: door.times.headMs },
  )
  if (answer.kind === 'upgrade') {
    answer.socket.destroy()
    throw new AppError('paper-refused')
  }
  const { response } = answer
  const refuse = (error: AppError): never => {
    response.destroy()
    throw error
  }
  const { statusCode: status = 0 } = response
  if (status === 404) refuse(new AppError('paper-gone'))
  if (status !== 200) refuse(new AppError('paper-refused', {}, { detail: `status ${status}` }))
  if ((lengthOf(response.headers) ?? 0) > PAPER_LIMIT) refuse(new AppError('paper-too-large'))
  const stop = (): void => void response.destroy(new AppError('door-closed'))
  door.signal.addEventListener('abort', stop)
  const parts: Buffer[] = []
  let size = 0
  try {
    for await (const part of response as AsyncIterable<Buffer>) {
      size += part.length
      if (size > PAPER_LIMIT) refuse(new AppError('paper-too-large'))
      parts.push(part)
      if (size >= MARK_WITHIN && parts.length === 1 && !isPdf(part)) refuse(new AppError('paper-not-pdf'))
    }
  } catch (error) {
    throw error instanceof AppError ? error : new AppError('desktop-unreachable', {}, { cause: error })
  } finally {
    door.signal.removeEventListener('abort', stop)
  }
  const bytes = Buffer.concat(parts, size)
  if (!isPdf(bytes)) throw new AppError('paper-not-pdf')
  return bytes
}

function isPdf(bytes: Buffer): boolean {
  return bytes.subarray(0, MARK_WITHIN).includes('%PDF-')
}
