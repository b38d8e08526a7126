// What a hostile or broken desktop makes of a message: cut, flipped, blown up, with other types in it. For tests alone.
import type { Random } from './random.ts'

/** Texts that break careless readers: markup, direction marks, halves of pairs, names that every object has, odd numbers. */
const ODD_TEXTS = [
  '',
  ' ',
  ',',
  ',,,,,,,,',
  '\u0000',
  '\r\n\r\n',
  '\u2028',
  '\ud800',
  '\udfff\ud800',
  '\u202eevil\u2066',
  '\ufeff',
  '𝕳😀',
  'e\u0301'.repeat(40),
  '<img src=x onerror=alert(1)>',
  '"){}</script><script>alert(1)</script>',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '${7*7}%s%n',
  '$&$1',
  '../../etc/passwd',
  'NaN',
  'Infinity',
  '-1',
  '1e999',
  '0x41',
  '9'.repeat(400),
  '99999999999x99999999999',
  'A'.repeat(5000),
] as const

const ODD_NUMBERS = [0, -0, -1, 0.5, 1e-300, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 63), 1e308, 65_535, 65_536] as const

/** A value of any type, nested up to `depth`. `1e999` stands for the infinity that JSON can say. */
export function oddValue(random: Random, depth = 2): unknown {
  switch (random.int(depth > 0 ? 8 : 5)) {
    case 0:
      return null
    case 1:
      return random.chance(0.5)
    case 2:
      return random.pick(ODD_NUMBERS)
    case 3:
    case 4:
      return oddText(random)
    case 5:
      return Array.from({ length: random.int(5) }, () => oddValue(random, depth - 1))
    default: {
      const object: Record<string, unknown> = {}
      for (let at = random.int(5); at > 0; at--)
        Object.defineProperty(object, random.chance(0.3) ? '__proto__' : oddText(random).slice(0, 20), {
          value: oddValue(random, depth - 1),
          enumerable: true,
          configurable: true,
        })
      return object
    }
  }
}

/** A text: an odd one, or noise of any characters. */
export function oddText(random: Random): string {
  if (random.chance(0.7)) return random.pick(ODD_TEXTS)
  const most = random.pick([0x80, 0x100, 0x1_0000])
  return String.fromCharCode(...Array.from({ length: random.int(60) }, () => random.int(most)))
}

/** Cuts, flips, doubles, swaps or stuffs a text. */
export function spoilText(random: Random, text: string, others: readonly string[]): string {
  const at = random.int(text.length + 1)
  switch (random.int(9)) {
    case 0:
      return text.slice(0, at)
    case 1:
      return text.slice(at)
    case 2:
      return `${text.slice(0, at)}${String.fromCharCode(random.int(0x1_0000))}${text.slice(at + 1)}`
    case 3:
      return `${text.slice(0, at)}${oddText(random)}${text.slice(at)}`
    case 4:
      return text.slice(0, at) + random.pick(others).slice(random.int(40))
    case 5:
      return text.replace(/\d+/g, (digits) => (random.chance(0.5) ? random.pick(ODD_TEXTS) : digits))
    case 6:
      return spoilJson(random, text)
    case 7:
      return text.replaceAll(random.pick([',', ' ', '"', ':', '{']), random.pick(ODD_TEXTS))
    default:
      return text + text
  }
}

/** Puts a value of another type into the JSON that a text ends with. */
function spoilJson(random: Random, text: string): string {
  const begin = text.indexOf('{')
  if (begin < 0) return oddText(random) + text
  try {
    const value: unknown = JSON.parse(text.slice(begin))
    const spoiled = JSON.stringify(spoilValue(random, value)) ?? 'null'
    // infinities cannot be stringified, but they can be said
    const said = random.chance(0.2) ? spoiled.replace(/:\d+/, ':1e999') : spoiled
    return text.slice(0, begin) + said
  } catch {
    // what was spoiled before is spoiled as text
    return text.slice(0, begin)
  }
}

function spoilValue(random: Random, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || random.chance(0.15)) return oddValue(random)
  const entries = Object.entries(value)
  const target = random.int(entries.length)
  if (Array.isArray(value)) return value.map((item: unknown, at) => (at === target ? spoilValue(random, item) : item))
  return Object.fromEntries(
    entries.flatMap(([key, item], at) => {
      if (at !== target) return [[key, item]]
      // a missing key, a key that every object has, or a value of another type
      if (random.chance(0.15)) return []
      return [[random.chance(0.1) ? '__proto__' : key, spoilValue(random, item)]]
    }),
  )
}

/** Cuts, flips or stuffs bytes. */
export function spoilBytes(random: Random, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const at = random.int(bytes.length + 1)
  switch (random.int(5)) {
    case 0:
      return bytes.slice(0, at)
    case 1: {
      const flipped = bytes.slice()
      for (let flips = 1 + random.int(4); flips > 0; flips--) {
        const where = random.int(flipped.length)
        flipped[where] = (flipped[where] ?? 0) ^ (1 << random.int(8))
      }
      return flipped
    }
    case 2: {
      // lengths and counts stand at the beginning
      const lying = bytes.slice()
      const where = random.int(Math.min(20, lying.length))
      lying[where] = random.pick([0, 0x7f, 0x80, 0xff])
      return lying
    }
    case 3:
      return Uint8Array.from([...bytes.subarray(0, at), ...random.bytes(random.int(40)), ...bytes.subarray(at)])
    default:
      return random.bytes(random.int(80))
  }
}
