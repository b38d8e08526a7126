// What the relay's file says of its secrets: pure. A secret that could not stand on one line is refused by name.

/** Keys of the Secret `kasm-operator-relay`: what is minted with now, and what still counts while it is rotated out. */
export const SECRET_KEYS = ['secret', 'previous'] as const

/**
 * Lines for coturn: credentials made with either secret are good, so nobody is cut off by a rotation.
 * @param read a key's content, or undefined when the Secret has no such key
 * @throws when there is no `secret`, or one has white space in it
 */
export function relaySettings(read: (key: string) => string | undefined): string {
  const values = SECRET_KEYS.map((key) => [key, read(key)?.trim() ?? ''] as const)
  for (const [key, value] of values)
    // one line a setting: what came after a line break would be another setting
    if (/\s/.test(value)) throw new Error(`the key ${key} of the relay's Secret has white space in it`)
  if (values[0]?.[1] === '') throw new Error("the relay's Secret has no key `secret`")
  const lines = values.flatMap(([, value]) => (value === '' ? [] : [`static-auth-secret=${value}`]))
  return `${lines.join('\n')}\n`
}
