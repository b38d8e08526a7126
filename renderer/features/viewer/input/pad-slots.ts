// Which of the desktop's four slots a pad has. Pure.
// Policy: a pad that comes back gets the slot that it had, so that player two stays player two; others take a slot that nobody had,
// and only then one that is kept for a pad that is away.
export const SLOTS = 4

/** What a browser tells of a pad: its place in the browser's own list, and its kind. */
export interface PadName {
  readonly index: number
  readonly id: string
}

export interface PadSlots {
  /** @param present the pads that are here now @returns the slot of each, by its index; pads beyond the fourth have none */
  assign(present: readonly PadName[]): ReadonlyMap<number, number>
}

export function createPadSlots(): PadSlots {
  /** Of each slot, the pad that has it or had it last. */
  const owners: (PadName | null)[] = Array.from({ length: SLOTS }, () => null)
  let taken = new Map<number, number>()

  const slotFor = (pad: PadName, used: ReadonlySet<number>): number | null => {
    const free = owners.map((owner, slot) => ({ owner, slot })).filter(({ slot }) => !used.has(slot))
    const find = (fits: (owner: PadName | null) => boolean) => free.find(({ owner }) => fits(owner))?.slot ?? null
    return (
      // two pads of one kind are told apart by their place, as far as browsers keep it
      find((owner) => owner?.id === pad.id && owner.index === pad.index) ??
      find((owner) => owner?.id === pad.id) ??
      find((owner) => owner === null) ??
      find(() => true)
    )
  }
  return {
    assign(present) {
      const next = new Map<number, number>()
      // who is here already stays where they are, whoever comes
      for (const pad of present) {
        const slot = taken.get(pad.index)
        if (slot !== undefined && owners[slot]?.id === pad.id) next.set(pad.index, slot)
      }
      for (const pad of present) {
        if (next.has(pad.index)) continue
        const slot = slotFor(pad, new Set(next.values()))
        if (slot === null) continue
        next.set(pad.index, slot)
        owners[slot] = { index: pad.index, id: pad.id }
      }
      taken = next
      return next
    },
  }
}
