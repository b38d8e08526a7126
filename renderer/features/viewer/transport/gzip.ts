// Unpacks the gzipped texts of Selkies 2.1, in order and with limits, so that a hostile desktop cannot fill the memory:
// neither with one text that unpacks to gigabytes, nor with texts that come faster than they are unpacked.
import { TEXT_LIMIT } from '../../../../shared/selkies/limits.ts'

/** Texts that may wait. The largest clipboard comes in 4,100 pieces. */
const WAITING_TEXTS = 16_384
/** What they may hold together, bytes and characters. The largest clipboard is 64 MiB. */
const WAITING_SIZE = 128 * 1024 * 1024

export interface TextQueue {
  /** Texts come out in the order in which they went in, gzipped or not. */
  text(text: string): void
  gzip(bytes: Uint8Array<ArrayBuffer>): void
}

export interface TextQueueOptions {
  /** Gets each text. What it throws is reported, and the next text comes all the same. */
  deliver(text: string): void
  /** A stream was broken or too large: this message is lost, the session is not. */
  onUnreadable(): void
  /** More waits than any server has to say. Told once; nothing is taken or delivered any more. */
  onFlood(): void
}

/** Makes the queue of one connection. */
export function createTextQueue(options: TextQueueOptions): TextQueue {
  let waiting: Promise<void> | null = null
  let texts = 0
  let size = 0
  let flooded = false
  const deliver = (text: string) => {
    try {
      options.deliver(text)
    } catch (error) {
      // a fault of ours at one message must not hold back all that follow
      reportError(error)
    }
  }
  const enqueue = (weight: number, make: () => Promise<string | null>) => {
    if (flooded) return
    texts++
    size += weight
    if (texts > WAITING_TEXTS || size > WAITING_SIZE) {
      flooded = true
      options.onFlood()
      return
    }
    const mine: Promise<void> = (waiting ?? Promise.resolve()).then(async () => {
      if (flooded) return
      const text = await make()
      texts--
      size -= weight
      if (flooded) return
      if (text === null) options.onUnreadable()
      else deliver(text)
      if (waiting === mine) waiting = null
    })
    waiting = mine
  }
  return {
    text(text) {
      if (waiting === null) deliver(text)
      else enqueue(text.length, () => Promise.resolve(text))
    },
    gzip: (bytes) => enqueue(bytes.length, () => inflate(bytes)),
  }
}

async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<string | null> {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')).getReader()
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return text + decoder.decode()
      size += value.length
      // longer texts are not read anyway
      if (size > TEXT_LIMIT) {
        await reader.cancel()
        return null
      }
      text += decoder.decode(value, { stream: true })
    }
  } catch {
    // not gzip, or cut off
    return null
  }
}
