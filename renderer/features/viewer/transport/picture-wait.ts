// Asks for the first picture of a connection, at once and until it is there. A desktop that sends changes only says nothing of a still screen
// to a page that joins while another one has just left, and a browser that has had no packet does not ask by itself (seen on Selkies 2.1).

export interface PictureWait {
  /** The connection can be spoken on: from now on a picture is due. */
  begin(): void
  /** It is there. */
  seen(): void
  stop(): void
}

/** The desktop takes one question in 250 ms, ms. */
export const ASK_EVERY_MS = 300

/** @param ask asks for a key frame */
export function createPictureWait(ask: () => void): PictureWait {
  let timer: ReturnType<typeof setInterval> | undefined
  let over = false
  const stop = (): void => {
    over = true
    clearInterval(timer)
  }
  return {
    begin() {
      if (over || timer !== undefined) return
      ask()
      timer = setInterval(ask, ASK_EVERY_MS)
    },
    seen: stop,
    stop,
  }
}
