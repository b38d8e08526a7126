// Words that a desktop says and that people get to see: reasons, names, codecs. Pure.
// Policy: text only. One line, no control characters, nothing that turns the reading direction of what stands beside it, a sane length.

/** Characters that people are shown of one text of a desktop. */
export const WORDS_LIMIT = 200

/**
 * Makes a desktop's text fit to be shown. It must still be shown as a text node, never as markup.
 * @param value anything; what is no string has no words
 * @param limit longest result, characters
 */
export function plainWords(value: unknown, limit = WORDS_LIMIT): string {
  if (typeof value !== 'string') return ''
  // cut first, so that a text of megabytes costs no more than a sentence
  const words = value
    .slice(0, limit * 4)
    .replace(/[\p{Bidi_Control}\u200b\u2060\ufeff\u{e0000}-\u{e007f}]/gu, '')
    .replace(/[\p{Cc}\p{Z}]+/gu, ' ')
    .trim()
  const whole = words.length <= limit && value.length <= limit * 4
  return (whole ? words : `${words.slice(0, limit - 1)}…`).replace(/[\ud800-\udbff]…$/, '…').toWellFormed()
}
