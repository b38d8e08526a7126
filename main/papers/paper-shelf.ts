// Printed documents between the desktop and whoever opens, saves or prints them. A document is hostile: no page of ours ever has it.
// Policy: kept in memory, few, not for long, and gone with the window that took them. An id is all it takes, and all that opens.
export interface Paper {
  readonly id: string
  readonly windowId: string
  /** A name for a disk. */
  readonly fileName: string
  readonly bytes: Buffer
  /** Epoch ms. */
  readonly at: number
}

export interface PaperShelf {
  put(windowId: string, fileName: string, bytes: Buffer): Paper
  get(id: string): Paper | undefined
  closeWindow(windowId: string): void
  clear(): void
}

/** Documents that are kept, and for how long, ms. */
export const KEPT = 8
export const KEPT_MS = 15 * 60_000
const ID_BYTES = 32

/** @param random bytes for ids @param now epoch ms */
export function createPaperShelf(random: (bytes: number) => Buffer, now: () => number): PaperShelf {
  const papers = new Map<string, Paper>()
  const tidy = (): void => {
    const times = [...papers.values()]
    for (const { id, at } of times) if (now() - at > KEPT_MS) papers.delete(id)
    // the oldest first, as they were put
    for (const { id } of times) if (papers.size > KEPT) papers.delete(id)
  }
  return {
    put(windowId, fileName, bytes) {
      const paper = { id: random(ID_BYTES).toString('base64url'), windowId, fileName, bytes, at: now() }
      papers.set(paper.id, paper)
      tidy()
      return paper
    },
    get(id) {
      tidy()
      return papers.get(id)
    },
    closeWindow(windowId) {
      for (const { id, windowId: of } of [...papers.values()]) if (of === windowId) papers.delete(id)
    },
    clear: () => papers.clear(),
  }
}
