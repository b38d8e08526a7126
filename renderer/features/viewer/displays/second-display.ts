// The second display of a desktop is a window of its own; the two know of each other by a channel of the browser. Policy: it is
// remembered as open until somebody closes it by itself, so that a desktop that is left with both comes back with both. A browser
// that opens no window without a click is not fought: the page offers one.

/** What the windows of a desktop tell each other. */
export type DisplayWord = 'who' | 'here' | 'bye' | 'close'

/** The channel, as a BroadcastChannel is. */
export interface DisplayChannel {
  postMessage(word: DisplayWord): void
  onmessage: ((event: MessageEvent<unknown>) => void) | null
  close(): void
}

export interface SecondDisplayOptions {
  readonly channel: DisplayChannel
  /** @returns whether a window opened */
  openWindow(): Promise<boolean>
  /** Whether it was open when the desktop was last used. */
  wasOpen(): boolean
  remember(open: boolean): void
  onChange(state: SecondState): void
  /** @returns forgets it */
  after(ms: number, act: () => void): () => void
}

/** closed, open, or remembered as open while the browser wants a click first. */
export type SecondState = 'closed' | 'open' | 'wants-click'

export interface SecondDisplay {
  /** To be called by a click where it can be. */
  set(open: boolean): Promise<void>
  /** The desktop has its picture: what was open comes back. */
  restore(): void
  /** The person leaves the desktop: its other window goes too, and stays remembered. */
  leave(): void
  dispose(): void
}

/** A window that loads anew is back by then, ms. */
const BACK_WITHIN_MS = 3000
/** A window that is there has answered by then, ms. */
const ANSWER_WITHIN_MS = 400

/** The side of the first window. */
export function createSecondDisplay(options: SecondDisplayOptions): SecondDisplay {
  const { channel } = options
  let state: SecondState = 'closed'
  let forget = (): void => undefined
  let restored = false
  const become = (next: SecondState): void => {
    if (state === next) return
    state = next
    options.onChange(next)
  }
  channel.onmessage = ({ data }) => {
    if (data === 'here') {
      forget()
      become('open')
    }
    if (data === 'bye' && state === 'open') {
      forget()
      forget = options.after(BACK_WITHIN_MS, () => {
        become('closed')
        options.remember(false)
      })
    }
  }
  channel.postMessage('who')
  const open = async (): Promise<void> => {
    become((await options.openWindow()) ? 'open' : 'wants-click')
  }
  return {
    async set(on) {
      forget()
      options.remember(on)
      if (on) return open()
      channel.postMessage('close')
      become('closed')
    },
    restore() {
      if (restored) return
      restored = true
      if (!options.wasOpen()) return
      channel.postMessage('who')
      forget = options.after(ANSWER_WITHIN_MS, () => {
        if (state !== 'open') void open()
      })
    },
    leave() {
      restored = false
      forget()
      channel.postMessage('close')
      become('closed')
    },
    dispose() {
      forget()
      channel.close()
    },
  }
}

/** The side of the second window. @returns says that it goes, and listens no more */
export function answerAsSecond(channel: DisplayChannel, close: () => void): () => void {
  channel.onmessage = ({ data }) => {
    if (data === 'who') channel.postMessage('here')
    if (data === 'close') close()
  }
  channel.postMessage('here')
  let gone = false
  return () => {
    if (gone) return
    gone = true
    channel.postMessage('bye')
    channel.close()
  }
}
