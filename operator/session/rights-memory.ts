// When the rights of each claim were last known to be there. Nobody watches Roles: one that somebody deletes is noticed by nothing, so it is
// applied again from time to time, which changes nothing where it is as it should be.
// Policy: what a new leader sees for the first time counts as seen now: it begins with no storm of writes.

/** Between two times that a claim's rights are applied, ms: as often as everything else is looked at again. */
export const RIGHTS_AGAIN_MS = 600_000
/** Desktops remembered; more than are claimed at any time. */
const REMEMBERED = 5000

export interface RightsMemory {
  /** @param desktop name of the VDISession in the pool, never used twice @returns epoch ms */
  seenAt(desktop: string, now: number): number
  wrote(desktop: string, now: number): void
}

/** Makes a memory; the longest known is forgotten first. */
export function createRightsMemory(): RightsMemory {
  const seen = new Map<string, number>()
  const wrote = (desktop: string, now: number): void => {
    seen.delete(desktop)
    seen.set(desktop, now)
    for (const oldest of seen.keys()) {
      if (seen.size <= REMEMBERED) break
      seen.delete(oldest)
    }
  }
  return {
    seenAt: (desktop, now) => {
      const at = seen.get(desktop)
      if (at !== undefined) return at
      wrote(desktop, now)
      return now
    },
    wrote,
  }
}
