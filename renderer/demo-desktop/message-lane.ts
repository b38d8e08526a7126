// What the demo's desktop sends on one data channel, in order: long texts gzipped once the viewer has agreed (Selkies 2.1, `_gz,1`).

export interface MessageLane {
  send(text: string): void
  /** The viewer understands gzip from now on. */
  agreeGzip(): void
}

/** Texts from this length on are compressed, characters. Source: Selkies 2.1. */
const GZIP_FROM = 512

export function createMessageLane(channel: RTCDataChannel): MessageLane {
  let mayGzip = false
  let tail: Promise<void> | null = null
  const put = (data: string | ArrayBuffer): void => {
    if (channel.readyState !== 'open') return
    if (typeof data === 'string') channel.send(data)
    else channel.send(data)
  }
  return {
    send(text) {
      const isLong = mayGzip && text.length >= GZIP_FROM
      if (!isLong && tail === null) return put(text)
      // short ones stay behind a long one that is still being compressed
      const made: Promise<string | ArrayBuffer> = isLong ? gzip(text) : Promise.resolve(text)
      const turn = (tail ?? Promise.resolve()).then(async () => put(await made))
      tail = turn
      void turn.finally(() => {
        if (tail === turn) tail = null
      })
    },
    agreeGzip() {
      put('_gz,1')
      mayGzip = true
    },
  }
}

function gzip(text: string): Promise<ArrayBuffer> {
  return new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer()
}

/** Reads a binary message. @returns null when it is no gzip, or too large: the server drops those */
export async function gunzip(data: ArrayBuffer): Promise<string | null> {
  const [first, second] = new Uint8Array(data)
  if (first !== 0x1f || second !== 0x8b) return null
  try {
    const text = await new Response(new Blob([data]).stream().pipeThrough(new DecompressionStream('gzip'))).text()
    return text.length > 8 * 1024 * 1024 ? null : text
  } catch {
    // broken gzip
    return null
  }
}
