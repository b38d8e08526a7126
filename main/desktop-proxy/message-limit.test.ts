// The limit of a desktop's WebSocket messages, byte by byte.
import { expect, it } from 'vitest'
import { createRandom } from '../../shared/selkies/testing/random.ts'
import { limitMessages } from './message-limit.ts'

const LIMIT = 100_000

function frame(length: number, opcode: number, final = true): Buffer {
  const head =
    length < 126
      ? [length]
      : length < 65_536
        ? [126, length >> 8, length & 0xff]
        : [127, 0, 0, 0, 0, ...[24, 16, 8, 0].map((shift) => Math.floor(length / 2 ** shift) & 0xff)]
  return Buffer.from([(final ? 0x80 : 0) | opcode, ...head])
}
const whole = (length: number, opcode: number, final = true) =>
  Buffer.concat([frame(length, opcode, final), Buffer.alloc(length, opcode + 0x41)])

async function through(...chunks: readonly Buffer[]): Promise<{ readonly out: Buffer; readonly ended: boolean }> {
  const stream = limitMessages(LIMIT)
  const out: Buffer[] = []
  let ended = false
  stream.on('data', (chunk: Buffer) => out.push(chunk))
  stream.on('end', () => (ended = true))
  for (const chunk of chunks) stream.write(chunk)
  await new Promise((resolve) => setTimeout(resolve))
  return { out: Buffer.concat(out), ended }
}
const CLOSE = Buffer.from([
  0x88,
  47,
  1008 >> 8,
  1008 & 0xff,
  ...Buffer.from('The desktop sent a message that is too large.'),
])

it('passes every byte of honest messages, however they are cut', async () => {
  const random = createRandom(20_261_129)
  for (let round = 0; round < 300; round++) {
    const frames = Array.from({ length: 1 + random.int(8) }, () => {
      const length = random.pick([0, 1, 125, 126, 127, 1000, 65_535, 65_536, LIMIT])
      // a message in two frames, with a ping between them
      return random.chance(0.3)
        ? Buffer.concat([whole(length >> 1, 2, false), whole(random.int(126), 9), whole(length >> 1, 0)])
        : whole(length, random.pick([1, 2]))
    })
    const bytes = Buffer.concat(frames)
    const chunks: Buffer[] = []
    for (let at = 0; at < bytes.length;) {
      const next = at + 1 + random.int(random.pick([2, 20, 70_000]))
      chunks.push(bytes.subarray(at, next))
      at = next
    }
    const { out, ended } = await through(...chunks)
    expect(out.equals(bytes)).toBe(true)
    expect(ended).toBe(false)
  }
})

it.each([
  ['of a gigabyte', frame(1_000_000_000, 2)],
  ['of more than any memory', Buffer.from([0x82, 127, 255, 255, 255, 255, 255, 255, 255, 255])],
  ['of one byte too many', frame(LIMIT + 1, 1)],
  ['that is a ping', frame(126, 9)],
])('ends with words at the header of a message %s', async (_, header) => {
  const before = whole(300, 2)
  const more = Buffer.alloc(1000)
  const expected = Buffer.concat([before, CLOSE])
  expect(await through(Buffer.concat([before, header, more]), more)).toEqual({ out: expected, ended: true })
  const bytewise = [...Buffer.concat([before, header])].map((byte) => Buffer.from([byte]))
  expect(await through(...bytewise, more)).toEqual({ out: expected, ended: true })
})

it('ends a message of pieces without end', async () => {
  const { out, ended } = await through(
    whole(10, 2, false),
    ...Array.from({ length: 1000 }, () => whole(1000, 0, false)),
  )
  expect(ended).toBe(true)
  expect(out.length).toBeLessThan(LIMIT + 1000)
  expect(out.subarray(-CLOSE.length)).toEqual(CLOSE)
})
