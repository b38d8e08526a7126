// One file to the desktop, in pieces that obey the pace. Source of the protocol: Selkies 2.1, `POST api/upload`.
// Policy: the server takes pieces strictly one after the other and throws a transfer away when one is cut, so after a cut it begins
// again where the server still has it, else at the start. Whoever cancels leaves nothing: what was staged is discarded there.
import { FileProblem, nameProblemKind, uploadRefusal } from './file-problem.ts'
import { fileNameProblem } from '../../../../shared/selkies/g2/file-listing.ts'
import type { FilesApi } from './files-api.ts'
import type { Patience } from './patience.ts'

export interface UploadLine {
  readonly api: Pick<FilesApi, 'post'>
  /** Waits until so many bytes may go. */
  pace(bytes: number, signal: AbortSignal): Promise<void>
  /** Bytes of the next piece. */
  sliceBytes(): number
  patience(): Patience
  /** Told what would discard the present transfer, for a page that goes; null: nothing is staged. */
  onStaged(discard: Readonly<Record<string, string>> | null): void
  /** Names the transfer for the server. */
  newId(): string
}

/** Characters of the encoded path: the door passes no longer header on. */
const PATH_LIMIT = 4096
/** Starts from the beginning that are made by themselves. */
const RESTARTS = 5
/** Tries to have the server throw away what was staged. */
const DISCARDS = 20

/** Says why a path cannot be used, before a byte goes. @throws FileProblem */
export function checkPath(parts: readonly string[]): string {
  for (const part of parts) {
    const problem = fileNameProblem(part)
    if (problem !== null) throw new FileProblem(nameProblemKind(problem))
  }
  const path = parts.map((part) => encodeURIComponent(part)).join('/')
  if (parts.length === 0) throw new FileProblem('name')
  if (path.length > PATH_LIMIT) throw new FileProblem('name-long')
  return path
}

/**
 * Sends a file.
 * @param onProgress bytes that are there or on their way
 * @throws FileProblem; `cancelled` when `signal` is aborted, the server then having nothing of it
 */
export async function uploadFile(
  file: Blob,
  parts: readonly string[],
  line: UploadLine,
  onProgress: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const path = checkPath(parts)
  const patience = line.patience()
  let restarts = 0
  let id = line.newId()
  let offset = 0
  /** The server may have a part of it. */
  let staged = false

  /** Begins anew. @throws FileProblem when that was done too often */
  const again = () => {
    if (++restarts > RESTARTS) throw new FileProblem('lost')
    id = line.newId()
    offset = 0
    staged = false
    onProgress(0)
  }
  try {
    for (;;) {
      const length = Math.min(line.sliceBytes(), file.size - offset)
      const isLast = offset + length >= file.size
      const isWhole = offset === 0 && isLast
      await line.pace(length, signal)
      // read before it is sent: a file that changed here is told from a way that was cut
      const body = await file.slice(offset, offset + length).arrayBuffer()
      const headers = {
        'x-upload-path': path,
        ...(isWhole
          ? {}
          : { 'x-upload-id': id, 'x-upload-offset': String(offset), 'x-upload-total': String(file.size) }),
        ...(isLast && !isWhole ? { 'x-upload-final': '1' } : {}),
      }
      staged ||= !isWhole
      line.onStaged(staged ? discardHeaders(path, id, file.size) : null)
      const from = offset
      let answer
      try {
        answer = await line.api.post(headers, body, (bytes) => onProgress(from + Math.min(bytes, length)), signal)
      } catch (thrown) {
        if (!(thrown instanceof TypeError)) throw thrown
        await patience.next(signal)
        // the same piece once more: where the server had it, or threw all away, it says so
        continue
      }
      if (answer.status === 200 && answer.doorError === null) {
        patience.progress()
        offset += length
        onProgress(offset)
        if (isLast) {
          line.onStaged(null)
          return
        }
        continue
      }
      const { kind } = uploadRefusal(answer.status, answer.doorError, answer.body)
      if (kind === 'again' || kind === 'busy') await patience.next(signal)
      else if (kind === 'from-start') again()
      else throw new FileProblem(kind)
    }
  } catch (thrown) {
    if (staged) await discard(line, { path, id, size: file.size })
    line.onStaged(null)
    if (signal.aborted) throw new FileProblem('cancelled')
    throw thrown
  }
}

/** A piece at an impossible offset makes the server throw the transfer away at once, instead of in an hour. */
export function discardHeaders(path: string, id: string, size: number): Readonly<Record<string, string>> {
  return {
    'x-upload-path': path,
    'x-upload-id': id,
    'x-upload-offset': String(size + 1),
    'x-upload-total': String(size),
  }
}

async function discard(
  line: UploadLine,
  { path, id, size }: { readonly path: string; readonly id: string; readonly size: number },
): Promise<void> {
  const within = AbortSignal.timeout(10_000)
  for (let tries = 0; tries < DISCARDS; tries++) {
    try {
      const headers = discardHeaders(path, id, size)
      const answer = await line.api.post(headers, new ArrayBuffer(0), () => undefined, within)
      // the cut piece is still being taken: it ends in a moment
      if (uploadRefusal(answer.status, answer.doorError, answer.body).kind !== 'busy') return
      await line.patience().next(within)
    } catch {
      // no way there now: the server throws away by itself what nobody goes on with
      return
    }
  }
}
