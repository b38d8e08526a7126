// Reads what does not change with its object only once: parsing costs more than the rest of a round, and an object is looked at many times.

/** @param read depends on nothing but the object. @returns the same, remembered as long as the object is there */
export function remembering<O extends object, T>(read: (object: O) => T): (object: O) => T {
  const known = new WeakMap<O, { readonly result: T }>()
  return (object) => {
    const found = known.get(object) ?? { result: read(object) }
    known.set(object, found)
    return found.result
  }
}
