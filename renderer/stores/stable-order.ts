// Keeps the order in which things were first seen: nothing jumps under the pointer while data streams in. New ones come first.
import { useRef } from 'react'

/**
 * The next order.
 * @param known ids in their present order
 * @param ids ids that are there now, in the order for those that are new
 */
export function nextOrder(known: readonly string[], ids: readonly string[]): readonly string[] {
  const fresh = ids.filter((id) => !known.includes(id))
  const kept = known.filter((id) => ids.includes(id))
  return fresh.length === 0 && kept.length === known.length ? known : [...fresh, ...kept]
}

/** Items in the order in which this component first saw them. */
export function useStableOrder<T extends { readonly id: string }>(items: readonly T[]): readonly T[] {
  const order = useRef<readonly string[]>([])
  order.current = nextOrder(
    order.current,
    items.map(({ id }) => id),
  )
  const byId = new Map(items.map((item) => [item.id, item]))
  return order.current.flatMap((id) => byId.get(id) ?? [])
}
