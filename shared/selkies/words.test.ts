// Names and reasons of a hostile desktop, made fit to be shown as text.
import { expect, it } from 'vitest'
import { plainWords, WORDS_LIMIT } from './words.ts'

it.each([
  ['Second screens are disabled on this server.', 'Second screens are disabled on this server.'],
  // markup is left as the text that it is: whoever shows it shows text
  ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
  ['\u202egnp.exe\u202c', 'gnp.exe'],
  ['a\u2066b\u2069\u200e\u061c', 'ab'],
  ['one\r\ntwo\u2028three\u0000\u001b[31m', 'one two three [31m'],
  ['ze\u200bro\ufeff\u{e0041}', 'zero'],
  ['שלום עולם', 'שלום עולם'],
  ['👩\u200d💻', '👩\u200d💻'],
  ['half \ud800', 'half \ufffd'],
  ['\u202e', ''],
])('%j is shown as %j', (text, words) => expect(plainWords(text)).toBe(words))

it('is never longer than a line or two, whatever is sent', () => {
  for (const text of ['x', '\u202e', '😀', ' ', 'e\u0301']) {
    const words = plainWords(text.repeat(1_000_000))
    expect(words.length).toBeLessThanOrEqual(WORDS_LIMIT)
    expect(words.endsWith('…')).toBe(true)
    expect(words.isWellFormed()).toBe(true)
  }
  expect(plainWords('abcdef', 4)).toBe('abc…')
})

it('has no words for what is no text', () => {
  for (const value of [null, undefined, 1, {}, ['a'], () => 'a']) expect(plainWords(value)).toBe('')
})
