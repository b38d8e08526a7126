// Unpacks the gzipped texts of Selkies 2.1, in order and with a limit, so that a hostile desktop cannot fill the memory.

/** More than any text that the protocol has, bytes. */
const LIMIT = 16 * 1024 * 1024

export interface TextQueue {
  /** Texts come out in the order in which they went in, gzipped or not. */
  text(text: string): void
  gzip(bytes: Uint8Array<ArrayBuffer>): void
}

/** @param deliver gets each text; a stream that is broken or too large is dropped */
export function createTextQueue(deliver: (text: string) => void): TextQueue {
  let waiting: Promise<void> | null = null
  const enqueue = (make: () => Promise<string | null>) => {
    const mine: Promise<void> = (waiting ?? Promise.resolve()).then(async () => {
      const text = await make()
      if (text !== null) deliver(text)
      if (waiting === mine) waiting = null
    })
    waiting = mine
  }
  return {
    text(text) {
      if (waiting === null) deliver(text)
      else enqueue(() => Promise.resolve(text))
    },
    gzip: (bytes) => enqueue(() => inflate(bytes)),
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
      if (size > LIMIT) {
        await reader.cancel()
        return null
      }
      text += decoder.decode(value, { stream: true })
    }
  } catch {
    // not gzip, or cut off: the message is lost, the session is not
    return null
  }
}
