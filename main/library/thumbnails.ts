// Small pictures of desktops, in memory alone: they show what people do, so nothing of them is written down.

const MOST_CHARACTERS = 4_000_000

export interface Thumbnails {
  /** By session. */
  all(): Readonly<Record<string, string>>
  /** @param dataUrl `data:image/...`, at most 200,000 characters (the contract checks) */
  set(sessionId: string, dataUrl: string): void
  /** Forgets the pictures of sessions that no longer exist. @returns whether there were any */
  keepOnly(sessionIds: ReadonlySet<string>): boolean
}

/** @param most characters of all pictures together; the oldest go first */
export function createThumbnails(most = MOST_CHARACTERS): Thumbnails {
  const pictures = new Map<string, string>()
  let size = 0
  const drop = (sessionId: string): void => {
    size -= pictures.get(sessionId)?.length ?? 0
    pictures.delete(sessionId)
  }
  return {
    all: () => Object.fromEntries(pictures),
    set(sessionId, dataUrl) {
      drop(sessionId)
      pictures.set(sessionId, dataUrl)
      size += dataUrl.length
      for (const oldest of pictures.keys()) {
        if (size <= most || oldest === sessionId) break
        drop(oldest)
      }
    },
    keepOnly(sessionIds) {
      const gone = [...pictures.keys()].filter((sessionId) => !sessionIds.has(sessionId))
      gone.forEach(drop)
      return gone.length > 0
    },
  }
}
