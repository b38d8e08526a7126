// The codecs of 1.6 against 20,000 seeded cases beside the 100,000 of ../fuzz.test.ts: valid, spoiled and made-up input. Nothing throws,
// what is read is sane and no larger than what came in. A failing case names its seed.
import { expect, it } from 'vitest'
import type { ClientMessage } from '../g2/messages.ts'
import { CURSOR_LIMIT, SIDE_LIMIT } from '../limits.ts'
import { oddText, spoilText } from '../testing/hostile.ts'
import { createRandom, type Random } from '../testing/random.ts'
import * as samples from '../testing/samples-g1.ts'
import { clientMessage } from '../testing/samples.ts'
import { WORDS_LIMIT } from '../words.ts'
import { g1CloseMeaning } from './close-codes.ts'
import { createG1Input } from './input.ts'
import { formatG1Message, G1_MESSAGE_LIMIT } from './messages.ts'
import { pngSize } from './png-size.ts'
import { parseG1Message } from './server-messages.ts'
import { formatG1ClientLine, formatG1ServerLine, parseG1ClientLine, parseG1ServerLine } from './signalling.ts'

const FIRST_SEED = 20_261_129

function hold(truth: boolean, otherwise: string): void {
  if (!truth) throw new Error(otherwise)
}

/** A text that is spoiled, made up, or left as it is. */
function hostile(random: Random, valid: string): string {
  if (random.chance(0.1)) return valid
  if (random.chance(0.1)) return oddText(random)
  let text = valid
  for (let times = 1 + random.int(3); times > 0; times--) text = spoilText(random, text, samples.G1_TEXTS)
  return text
}

const size = (value: unknown): number => JSON.stringify(value)?.length ?? 0
const shown = (words: string): void =>
  hold(words.length <= WORDS_LIMIT && words.isWellFormed() && !/[\p{Cc}\p{Bidi_Control}]/u.test(words), 'words')

function messages(random: Random): void {
  const text = hostile(random, samples.g1Text(random))
  const message = parseG1Message(text)
  hold(size(message) <= text.length * 3 + 400, 'more is kept than was sent')
  if (message.type === 'pipeline') return shown(message.status)
  if (message.type === 'latency') return hold(Number.isFinite(message.ms), 'a latency')
  if (message.type !== 'common') return undefined
  const { message: inner } = message
  if (inner.type === 'resolution')
    hold(
      [inner.width, inner.height].every((side) => side > 0 && side <= SIDE_LIMIT),
      'a size that no screen has',
    )
  if (inner.type === 'stream-stats') hold(Object.values(inner.stats).every(Number.isFinite), 'a figure that is none')
  if (inner.type === 'stream-info') shown(String(inner.info['encoder']))
  if (inner.type === 'cursor') {
    const { png, width, height, hotX, hotY, handle } = inner.cursor
    hold(png.length <= CURSOR_LIMIT, 'a cursor of any size')
    hold([width, height, hotX, hotY, handle].every(Number.isFinite), 'a cursor without numbers')
  }
  return undefined
}

function lines(random: Random): void {
  const server = samples.g1ServerLine(random)
  hold(size(parseG1ServerLine(formatG1ServerLine(server))) === size(server), 'not read as it was said')
  const client = samples.g1ClientLine(random)
  hold(size(parseG1ClientLine(formatG1ClientLine(client))) === size(client), 'not read as it was said')
  const line = parseG1ServerLine(hostile(random, formatG1ServerLine(server)))
  if (line.type === 'error') shown(line.message)
  parseG1ClientLine(hostile(random, formatG1ClientLine(client)))
  const meaning = g1CloseMeaning(random.int(5000), oddText(random), random.chance(0.5))
  shown(meaning.sentence)
  pngSize(oddText(random))
}

/** What the viewer may say: the server gets whole numbers, known verbs and short lines. */
function input(random: Random): void {
  const told = createG1Input()
  const said: ClientMessage[] = Array.from({ length: 1 + random.int(12) }, () => clientMessage(random))
  for (const message of said) {
    const alone = formatG1Message(message)
    hold(alone === null || alone.length <= G1_MESSAGE_LIMIT, 'a line that its channel does not take')
    for (const line of told.say(message)) {
      hold(/^(?:kd|ku|kr|m2?|r|s|vb|ab|p|js|cr|cw|pong|_arg_fps)\b/.test(line), `a verb that it does not know: ${line}`)
      if (line.startsWith('m')) hold(/^m2?,-?\d+,-?\d+,\d+,\d+$/.test(line), `not whole: ${line}`)
    }
  }
  told.say({ type: 'release-keys' })
  hold(
    told.again().every((line) => line.startsWith('ku,') || line === 'm2,0,0,0,0'),
    'more than releases',
  )
}

it.each([
  ['messages', 10_000, messages],
  ['lines', 5_000, lines],
  ['input', 5_000, input],
] as const)('%s: %d cases', (name, cases, run) => {
  for (let at = 0; at < cases; at++) {
    try {
      run(createRandom(FIRST_SEED + at))
    } catch (error) {
      throw new Error(`${name}, seed ${FIRST_SEED + at}: ${String(error)}`, { cause: error })
    }
  }
  expect(Object.keys(Object.prototype)).toEqual([])
})
