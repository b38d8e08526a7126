// Typing the clipboard: what stops it before it begins, and what is said.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createClipboardTyper } from './clipboard-typer.ts'
import { TYPE_EVERY_MS, TYPE_LIMIT } from './typer.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function setUp(text: () => Promise<string>, mayType = () => true) {
  const said: string[] = []
  let sent = 0
  const typer = createClipboardTyper({
    sink: () => void sent++,
    readText: text,
    mayType,
    onProgress: () => undefined,
    say: (words) => void said.push(words),
  })
  return { typer, said, sent: () => sent }
}

it.each([
  ['one character', 'x', 'Typed one character'],
  ['many', 'x'.repeat(1_200), 'Typed 1,200 characters'],
] as const)('says what was typed: %s', async (_name, text, words) => {
  const { typer, said, sent } = setUp(() => Promise.resolve(text))
  await typer.typeClipboard()
  vi.advanceTimersByTime(TYPE_EVERY_MS * 1_200)
  expect([said, sent()]).toEqual([[words], text.length * 2])
})

it.each([
  ['nothing is copied', () => Promise.resolve(''), 'There is no text on the clipboard.'],
  [
    'it is too long',
    () => Promise.resolve('x'.repeat(TYPE_LIMIT + 1)),
    'Too long to type: 10,001 characters, at most 10,000. Paste it instead.',
  ],
  [
    'the browser refuses',
    () => Promise.reject(new Error('denied')),
    'The browser refused its clipboard. Allow it for this page, then try again.',
  ],
] as const)('types nothing when %s', async (_name, text, words) => {
  const { typer, said, sent } = setUp(text)
  await typer.typeClipboard()
  vi.advanceTimersByTime(10_000)
  expect([said, sent()]).toEqual([[words], 0])
})

it('obeys the desktop, also when it changes its mind meanwhile', async () => {
  const answers = [true, false]
  const { typer, said, sent } = setUp(
    () => Promise.resolve('secret'),
    () => answers.shift() ?? false,
  )
  await typer.typeClipboard()
  await typer.typeClipboard()
  vi.advanceTimersByTime(10_000)
  const words = 'This desktop takes no text from here.'
  expect([said, sent()]).toEqual([[words, words], 0])
})

it('says where it was ended', async () => {
  const { typer, said } = setUp(() => Promise.resolve('abcdef'))
  await typer.typeClipboard()
  vi.advanceTimersByTime(TYPE_EVERY_MS * 2)
  typer.cancel()
  expect(said).toEqual(['Typing ended after 2 of 6 characters'])
})
