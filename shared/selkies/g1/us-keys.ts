// Which level of the US layout writes a character. A desktop of 1.6 looks up a keysym's key and presses that, whatever Shift is, so the
// client must hold Shift as the layout of its X server (US, unless somebody changed it) wants it. Pure.

/** The characters that need Shift, and those that must not have it. */
const SHIFTED = new Set('~!@#$%^&*()_+{}|:"<>?ABCDEFGHIJKLMNOPQRSTUVWXYZ')
const PLAIN = new Set("`1234567890-=[]\\;',./ abcdefghijklmnopqrstuvwxyz")

/**
 * How a keysym is written on the US layout.
 * @returns `other` for characters that it has no key for, null for keys that write nothing
 */
export function usLevel(keysym: number): 'plain' | 'shifted' | 'other' | null {
  if (!isCharacter(keysym)) return null
  const character = keysym <= 0x7e ? String.fromCodePoint(keysym) : ''
  if (PLAIN.has(character)) return 'plain'
  return SHIFTED.has(character) ? 'shifted' : 'other'
}

function isCharacter(keysym: number): boolean {
  return (keysym >= 0x20 && keysym <= 0x7e) || (keysym >= 0xa0 && keysym <= 0xff) || keysym >= 0x0100_0100
}
