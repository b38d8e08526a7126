// Only JSON crosses the border between core and UI, so that Electron's structured clone and the web host's text agree.
// Measured while walking, without making a copy: a value that is too large is refused before anything reads it.

export type JsonVerdict = 'ok' | 'not-json' | 'too-large'

const MAX_DEPTH = 32

/**
 * Whether a value is plain JSON within a size.
 * @param limit about the characters of its JSON text
 */
export function judgeJson(value: unknown, limit: number): JsonVerdict {
  let left = limit
  const walk = (item: unknown, depth: number): JsonVerdict => {
    if (depth > MAX_DEPTH) return 'too-large'
    left -= 8
    if (left < 0) return 'too-large'
    if (item === null || typeof item === 'boolean') return 'ok'
    if (typeof item === 'number') return Number.isFinite(item) ? 'ok' : 'not-json'
    if (typeof item === 'string') {
      left -= item.length
      return left < 0 ? 'too-large' : 'ok'
    }
    if (typeof item !== 'object') return 'not-json'
    const isArray = Array.isArray(item)
    const prototype: unknown = Object.getPrototypeOf(item)
    if (!isArray && prototype !== Object.prototype && prototype !== null) return 'not-json'
    // a hole is no JSON, and is not among the keys
    if (isArray && Object.keys(item).length !== item.length) return 'not-json'
    for (const key of Reflect.ownKeys(item)) {
      if (isArray && key === 'length') continue
      // a `__proto__` that JSON.parse made is an own key: harmless here, a trap for whoever copies it
      if (typeof key === 'symbol' || key === '__proto__') return 'not-json'
      left -= key.length
      const verdict = walk((item as Readonly<Record<string, unknown>>)[key], depth + 1)
      if (verdict !== 'ok') return verdict
    }
    return 'ok'
  }
  return walk(value, 0)
}

/** The value as it looks after a trip through JSON text: no `undefined`, no prototypes, no shared references. */
export function toJsonValue(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown)
}
