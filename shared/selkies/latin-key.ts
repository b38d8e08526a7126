// Shortcuts on keyboards that write another script: the Latin key at the position. Pure.

/** What an American keyboard has where there is no Latin letter: unshifted, then shifted. */
const PUNCTUATION: ReadonlyMap<string, string> = new Map([
  ['Minus', '-_'],
  ['Equal', '=+'],
  ['BracketLeft', '[{'],
  ['BracketRight', ']}'],
  ['Backslash', '\\|'],
  ['Semicolon', ';:'],
  ['Quote', '\'"'],
  ['Backquote', '`~'],
  ['Comma', ',<'],
  ['Period', '.>'],
  ['Slash', '/?'],
])

/**
 * The key of a shortcut on a keyboard that writes another script: programs know Ctrl+C, not Ctrl+С.
 * @param key the character that the keyboard writes @param code the key's position
 * @returns the Latin character at the position; null when the key writes Latin itself
 */
export function latinOf(key: string, code: string, shift: boolean): string | null {
  const [character, more] = Array.from(key)
  if (character === undefined || more !== undefined || !/\p{L}|\p{M}/u.test(character)) return null
  if (/\p{Script=Latin}/u.test(character)) return null
  return latinAt(code, shift)
}

/** What an American keyboard writes at a position; null where it writes nothing, or a digit's row would be guessed. */
export function latinAt(code: string, shift: boolean): string | null {
  const letter = /^Key([A-Z])$/.exec(code)?.[1]
  if (letter !== undefined) return shift ? letter : letter.toLowerCase()
  return PUNCTUATION.get(code)?.[shift ? 1 : 0] ?? null
}
