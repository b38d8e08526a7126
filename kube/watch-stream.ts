// Reads a watch's answer: one JSON event a line.
// Policy: a line that is no event breaks the watch; what was lost with it is found by listing again.
import type { WatchEvent } from './types.ts'

/** A watch said something that is no event; its resource version is not to be trusted any more. */
export class BrokenWatchError extends Error {
  override readonly name = 'BrokenWatchError'
}

const TYPES: ReadonlySet<unknown> = new Set(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR'])
/** Characters of one line: far above the largest object that etcd takes (1.5 MB). */
const MAX_LINE = 16 * 1024 * 1024

/**
 * Yields the events of a stream of bytes.
 * @throws BrokenWatchError for a line that is no event, also for half a line at the end
 */
export async function* readEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<WatchEvent> {
  const decoder = new TextDecoder()
  let rest: string[] = []
  let waiting = 0
  for await (const chunk of body) {
    const parts = decoder.decode(chunk, { stream: true }).split('\n')
    for (const part of parts.slice(0, -1)) {
      rest.push(part)
      const line = rest.join('')
      rest = []
      waiting = 0
      if (line.trim() !== '') yield eventOf(line)
    }
    const last = parts.at(-1) ?? ''
    if (last !== '') rest.push(last)
    waiting += last.length
    if (waiting > MAX_LINE) throw new BrokenWatchError('a line is too long')
  }
  if (rest.join('').trim() !== '') throw new BrokenWatchError('the watch ended in the middle of a line')
}

function eventOf(line: string): WatchEvent {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    throw new BrokenWatchError('a line is not JSON')
  }
  if (!isEvent(value)) throw new BrokenWatchError('a line is no watch event')
  return value
}

function isEvent(value: unknown): value is WatchEvent {
  if (typeof value !== 'object' || value === null) return false
  if (!('type' in value) || !TYPES.has(value.type)) return false
  const object = 'object' in value ? value.object : undefined
  if (typeof object !== 'object' || object === null) return false
  // an ERROR carries a Status, which has no name
  return value.type === 'ERROR' || ('metadata' in object && typeof object.metadata === 'object')
}
