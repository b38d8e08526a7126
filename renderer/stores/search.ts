// Search over names and words: each word of the query must stand somewhere, accents and case aside.

function plain(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
}

/** Whether every word of the query is found in one of the texts; an empty query finds everything. */
export function matches(query: string, ...texts: readonly (string | undefined)[]): boolean {
  const words = plain(query).split(/\s+/).filter(Boolean)
  if (words.length === 0) return true
  const all = plain(texts.filter(Boolean).join(' '))
  return words.every((word) => all.includes(word))
}

/** Position of the next name that begins with the typed letters, after `from`, around the end; -1 when none does. */
export function typeAhead(names: readonly string[], typed: string, from: number): number {
  const start = plain(typed)
  for (let step = 1; step <= names.length; step++) {
    const index = (from + step) % names.length
    if (plain(names[index] ?? '').startsWith(start)) return index
  }
  return -1
}
