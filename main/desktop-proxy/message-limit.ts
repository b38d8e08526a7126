// Ends a WebSocket whose desktop begins a message that is larger than any: a browser would gather it in memory, however large.
// Policy: only frame headers are read, bytes pass as they are. The end is a close frame with words, between two frames, so that the
// page knows why and does not come back by itself.
import { Transform } from 'node:stream'
import { FRAME_LIMIT } from '../../shared/selkies/limits.ts'

/** Close code of a policy: the page shows the reason and stops. */
const CODE = 1008
const REASON = 'The desktop sent a message that is too large.'

/** Passes a server's side of a WebSocket without extensions. @param limit bytes of one message, all its frames together */
export function limitMessages(limit = FRAME_LIMIT): Transform {
  /** Of the header that is being read. It is held back until it is whole. */
  let header: number[] = []
  /** Of the present frame's payload. */
  let left = 0
  let message = 0
  let over = false

  /** @returns whether the frame may come */
  const begin = (): boolean => {
    const [first = 0] = header
    left = payloadLength(header)
    // control frames stand between the frames of a message
    if ((first & 0x08) !== 0) return left <= 125
    message = ((first & 0x0f) === 0 ? message : 0) + left
    return message <= limit
  }
  return new Transform({
    // nothing gathers here: a page that is slow holds the desktop back, not this stream
    highWaterMark: 1,
    transform(chunk: Buffer, _encoding, done) {
      if (over) return done()
      const held = header
      /** Where the bytes end that may pass: behind the last whole header, or its payload. */
      let passed = 0
      let at = 0
      while (at < chunk.length) {
        if (left > 0) {
          const part = Math.min(left, chunk.length - at)
          left -= part
          at += part
          passed = at
          continue
        }
        // a new array with each header: the one that was held is still to be passed
        header = [...header, chunk[at] ?? 0]
        at++
        if (header.length < headerLength(header)) continue
        if (!begin()) {
          over = true
          break
        }
        header = []
        passed = at
      }
      if (passed > 0)
        this.push(held.length > 0 ? Buffer.concat([Buffer.from(held), chunk.subarray(0, passed)]) : pass(chunk, passed))
      if (over) {
        this.push(closeFrame())
        this.push(null)
      }
      done()
    },
  })
}

function pass(chunk: Buffer, passed: number): Buffer {
  return passed === chunk.length ? chunk : chunk.subarray(0, passed)
}

/** How many bytes a header has, as far as its first two tell. */
function headerLength([, second]: readonly number[]): number {
  if (second === undefined) return 2
  const length = second & 0x7f
  return 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + ((second & 0x80) !== 0 ? 4 : 0)
}

function payloadLength([, second = 0, ...rest]: readonly number[]): number {
  const length = second & 0x7f
  const wide = length === 126 ? 2 : length === 127 ? 8 : 0
  return wide === 0 ? length : rest.slice(0, wide).reduce((sum, byte) => sum * 256 + byte, 0)
}

function closeFrame(): Buffer {
  const reason = Buffer.from(REASON)
  return Buffer.from([0x88, 2 + reason.length, CODE >> 8, CODE & 0xff, ...reason])
}
