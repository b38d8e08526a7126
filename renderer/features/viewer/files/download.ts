// One file from the desktop, in parts that the browser keeps, at the pace. Source of the protocol: Selkies 2.1, `GET api/files`.
// Policy: a cut way goes on where it was, when the server names the content by a tag and still has the same one; else it begins
// again. No more is taken than was announced.
import { downloadRefusal, FileProblem } from './file-problem.ts'
import type { FilesApi } from './files-api.ts'
import type { Patience } from './patience.ts'

export interface DownloadLine {
  readonly api: Pick<FilesApi, 'head' | 'get'>
  pace(bytes: number, signal: AbortSignal): Promise<void>
  patience(): Patience
}

/** Bytes that are gathered before they are handed to the browser to keep. */
const PART_BYTES = 4 * 1024 * 1024
const RESTARTS = 5

/**
 * Fetches a file.
 * @param path behind `api/files/`, encoded
 * @param onProgress bytes so far, and of all
 * @throws FileProblem; `cancelled` when `signal` is aborted
 */
export async function downloadFile(
  path: string,
  line: DownloadLine,
  onProgress: (bytes: number, size: number) => void,
  signal: AbortSignal,
): Promise<Blob> {
  const patience = line.patience()
  const parts: Blob[] = []
  let have = 0
  let size: number | null = null
  let tag: string | null = null
  let restarts = 0

  const again = () => {
    if (++restarts > RESTARTS) throw new FileProblem('changed')
    parts.length = 0
    have = 0
    size = null
    tag = null
  }
  /** @returns what there is to do, null when it may be fetched */
  const look = async (): Promise<'again' | null> => {
    const head = await line.api.head(path, signal)
    if (head.status !== 200 || head.doorError !== null) return settle(head.status, head.doorError)
    if (head.size === null) throw new FileProblem('refused')
    ;({ size, tag } = head)
    return null
  }
  const settle = (status: number, doorError: string | null): 'again' => {
    const { kind } = downloadRefusal(status, doorError)
    if (kind === 'from-start') again()
    else if (kind !== 'again') throw new FileProblem(kind)
    return 'again'
  }
  const take = async (total: number): Promise<'again' | null> => {
    const answer = await line.api.get(path, have, tag, signal)
    if (answer.stream === null) return settle(answer.status, answer.doorError)
    // another content than that of the beginning, or a server that does not go on: from the start
    if (have > 0 && answer.status !== 206) {
      parts.length = 0
      have = 0
    }
    let gathered: Uint8Array<ArrayBuffer>[] = []
    let waiting = 0
    const keep = () => {
      if (waiting > 0) parts.push(new Blob(gathered))
      have += waiting
      gathered = []
      waiting = 0
    }
    const reader = answer.stream.getReader()
    try {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) break
        gathered.push(value)
        waiting += value.length
        if (have + waiting > total) throw new FileProblem('changed')
        patience.progress()
        onProgress(have + waiting, total)
        if (waiting >= PART_BYTES) keep()
        // what is not read waits at the desktop
        await line.pace(value.length, signal)
      }
    } finally {
      keep()
      // no more of it, whatever ended it
      reader.cancel().catch(() => undefined)
    }
    return have === total ? null : 'again'
  }

  for (;;) {
    try {
      const next = size === null ? await look() : null
      if (next === null && size !== null && (size === 0 || (await take(size)) === null)) return new Blob(parts)
      if (tag === null && have > 0) again()
    } catch (thrown) {
      if (signal.aborted) throw new FileProblem('cancelled')
      if (!(thrown instanceof TypeError || isTimeout(thrown))) throw thrown
      // without a tag nobody knows whether the rest would be of the same content
      if (tag === null && have > 0) again()
    }
    try {
      await patience.next(signal)
    } catch (thrown) {
      throw signal.aborted ? new FileProblem('cancelled') : thrown
    }
  }
}

function isTimeout(thrown: unknown): boolean {
  return thrown instanceof DOMException && thrown.name === 'TimeoutError'
}
