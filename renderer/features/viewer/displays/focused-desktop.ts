// Which of several desktops' windows a person uses: the one that had the focus last. Pads are that one's, since browsers tell every
// page of them; another program in front takes no pad away.

/** What windows say when they get the focus: whose they are. A BroadcastChannel does it. */
export interface FocusChannel {
  postMessage(sessionId: string): void
  onmessage: ((event: MessageEvent<unknown>) => void) | null
  close(): void
}

export interface FocusedDesktop {
  /** Another desktop's window had the focus last. */
  readonly elsewhere: boolean
  /** This window has the focus now. */
  here(): void
  dispose(): void
}

/** @param onChange called when it goes elsewhere or comes back */
export function watchFocusedDesktop(
  sessionId: string,
  channel: FocusChannel,
  onChange: (elsewhere: boolean) => void,
): FocusedDesktop {
  let elsewhere = false
  const become = (next: boolean): void => {
    if (next === elsewhere) return
    elsewhere = next
    onChange(next)
  }
  channel.onmessage = ({ data }) => {
    if (typeof data === 'string') become(data !== sessionId)
  }
  return {
    get elsewhere() {
      return elsewhere
    },
    here() {
      become(false)
      channel.postMessage(sessionId)
    },
    dispose: () => channel.close(),
  }
}
