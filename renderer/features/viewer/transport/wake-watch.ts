// Notices what may have cut every path at once: this machine slept, another network, offline and online again.
// Policy: it only says so; whoever listens asks the path for a sign of life. A page in the background has slow timers: that is no sleep.

/** `seen`: the page is looked at again. `back`: the desktop itself is. */
export type WakeReason = 'woke' | 'online' | 'offline' | 'network' | 'seen' | 'back'

export interface WakeWatchOptions {
  /** Wall clock, epoch ms: it goes on while a machine sleeps, which a monotonic one may not. */
  now(): number
  onWake(reason: WakeReason): void
  readonly signal: AbortSignal
  /** The page's, in tests a stand-in. */
  readonly page?: {
    readonly window: EventTarget
    readonly document: EventTarget & { readonly hidden: boolean }
    readonly connection: (EventTarget & { readonly type?: string }) | null
  }
}

const TICK_MS = 1000
/** A tick that comes this much too late is a sleep, ms: a page that is starved is late by less. */
export const JUMP_MS = 4000
/** A page that was hidden for less has lost nothing by it, ms. */
const HIDDEN_MS = 10_000

/** Watches until the signal is aborted. */
export function watchWake(options: WakeWatchOptions): void {
  const { now, onWake, signal, page = browserPage() } = options
  let last = now()
  let hiddenAt: number | null = null
  const timer = setInterval(() => {
    const late = now() - last - TICK_MS
    last = now()
    if (late >= JUMP_MS && !page.document.hidden) onWake('woke')
  }, TICK_MS)
  signal.addEventListener('abort', () => clearInterval(timer), { once: true })
  page.window.addEventListener('online', () => onWake('online'), { signal })
  page.window.addEventListener('offline', () => onWake('offline'), { signal })
  // a page that was frozen by its browser, or kept for the way back
  page.document.addEventListener('resume', () => onWake('woke'), { signal })
  page.window.addEventListener(
    'pageshow',
    (event) => 'persisted' in event && event.persisted === true && onWake('woke'),
    {
      signal,
    },
  )
  let type = page.connection?.type
  page.connection?.addEventListener(
    'change',
    () => {
      // browsers that do not name the kind of network say here how fast they think it is, again and again
      if (page.connection?.type === type) return
      type = page.connection?.type
      onWake('network')
    },
    { signal },
  )
  page.document.addEventListener(
    'visibilitychange',
    () => {
      if (page.document.hidden) {
        hiddenAt = now()
        return
      }
      const away = hiddenAt === null ? 0 : now() - hiddenAt
      hiddenAt = null
      last = now()
      if (away >= HIDDEN_MS) onWake('seen')
    },
    { signal },
  )
}

function browserPage(): NonNullable<WakeWatchOptions['page']> {
  const { connection } = navigator as Navigator & { readonly connection?: EventTarget }
  return { window, document, connection: connection ?? null }
}
