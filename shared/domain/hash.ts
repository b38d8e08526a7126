// Short, stable names for long or unsafe values: a user's name is no label value, a template is compared by its hash.
import { sha256 } from './sha256.ts'

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'
/** Characters of a hash in names and labels: 50 bits. */
export const HASH_LENGTH = 10

/**
 * Lower-case base32 (RFC 4648, no padding): fit for DNS names and labels.
 * @param length characters to give, from the start; all of them when left out
 */
export function base32(bytes: Uint8Array, length = Math.ceil((bytes.length * 8) / 5)): string {
  let text = ''
  let bits = 0
  let held = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += ALPHABET[(held >>> bits) & 31]
    }
    held &= (1 << bits) - 1
  }
  if (bits > 0) text += ALPHABET[(held << (5 - bits)) & 31]
  return text.slice(0, length)
}

/** The label value that stands for a user. @param username as the API server names it */
export function ownerHash(username: string): string {
  return base32(sha256(username), HASH_LENGTH)
}

/** The hash by which a changed template is noticed; the order of keys does not matter. */
export function templateHash(spec: unknown): string {
  return base32(sha256(canonical(spec)), HASH_LENGTH)
}

/** JSON with sorted keys and without undefined members. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
    return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`
  }
  return JSON.stringify(value) ?? 'null'
}
