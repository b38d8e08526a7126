// What a text becomes as keys, how fast, and what ends it.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { formatClientMessage, type ClientMessage } from '../../../../shared/selkies/g2/messages.ts'
import { SENDABLE_KEYS, strike } from './send-keys.ts'
import { createTyper, keysOfText, TYPE_EVERY_MS, type Typing, type TypingEnd } from './typer.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function setUp() {
  const sent: string[] = []
  const progress: (Typing | null)[] = []
  const ends: TypingEnd[] = []
  const typer = createTyper({
    sink: (message: ClientMessage) => void sent.push(formatClientMessage(message)),
    onProgress: (typing) => void progress.push(typing),
    onEnd: (end) => void ends.push(end),
  })
  return { typer, sent, progress, ends }
}

it('types each character as its key, pressed and let go', () => {
  const { typer, sent, ends, progress } = setUp()
  typer.type(keysOfText('a\r\nÄ\t😀'))
  vi.advanceTimersByTime(TYPE_EVERY_MS * 20)
  expect(sent).toEqual([97, 0xff0d, 0xc4, 0xff09, 0x0101f600].flatMap((keysym) => [`kd,${keysym}`, `ku,${keysym}`]))
  expect(ends).toEqual([{ done: 5, total: 5, why: 'finished' }])
  expect(progress[0]).toEqual({ done: 0, total: 5 })
  expect(progress.at(-1)).toBeNull()
})

it('never types faster, and says where it is', () => {
  const { typer, sent, progress } = setUp()
  typer.type(keysOfText('x'.repeat(100)))
  expect(sent).toEqual([])
  vi.advanceTimersByTime(TYPE_EVERY_MS * 10)
  expect(sent).toHaveLength(20)
  expect(progress.at(-1)).toEqual({ done: 10, total: 100 })
  typer.cancel()
})

it('ends where it is told to, once', () => {
  const { typer, sent, ends } = setUp()
  typer.type(keysOfText('secret'))
  vi.advanceTimersByTime(TYPE_EVERY_MS * 2)
  typer.cancel()
  typer.cancel()
  vi.advanceTimersByTime(TYPE_EVERY_MS * 20)
  expect(sent).toHaveLength(4)
  expect(ends).toEqual([{ done: 2, total: 6, why: 'cancelled' }])
})

it('begins anew with another text, and not at all with none', () => {
  const { typer, sent, ends } = setUp()
  typer.type(keysOfText('abc'))
  vi.advanceTimersByTime(TYPE_EVERY_MS)
  typer.type(keysOfText('d'))
  vi.advanceTimersByTime(TYPE_EVERY_MS * 5)
  expect(sent).toEqual(['kd,97', 'ku,97', 'kd,100', 'ku,100'])
  typer.type(keysOfText('\u0007'))
  vi.advanceTimersByTime(TYPE_EVERY_MS * 5)
  expect(ends.map(({ why }) => why)).toEqual(['cancelled', 'finished'])
})

it('strikes keys in order and lets go in the other; each of the menu has its own name', () => {
  expect(strike([0xffe3, 0xffe9, 0xffff]).map(formatClientMessage)).toEqual([
    'kd,65507',
    'kd,65513',
    'kd,65535',
    'ku,65535',
    'ku,65513',
    'ku,65507',
  ])
  const names = SENDABLE_KEYS.map(({ keys }) => keys.join(' '))
  expect(new Set(names).size).toBe(names.length)
})
