/** Ends a switch over a union: a new member becomes a type error here. @throws always, when types were bypassed. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`)
}
