// Full screen and the keyboard grab. Policy: a refusal by the browser is said, and leaves everything as it was.

export interface FullScreen {
  toggle(): Promise<void>
  setGrab(on: boolean): Promise<void>
}

export interface FullScreenOptions {
  readonly signal: AbortSignal
  onChange(change: { readonly fullScreen?: boolean; readonly grabbed?: boolean }): void
  onGrabbed(): void
  onRefused(text: string): void
}

/** The Keyboard Lock API, which type libraries do not know. */
interface LockingNavigator extends Navigator {
  readonly keyboard?: { lock(): Promise<void>; unlock(): void }
}

export function createFullScreen(options: FullScreenOptions): FullScreen {
  const { keyboard } = navigator as LockingNavigator
  document.addEventListener(
    'fullscreenchange',
    () => {
      const fullScreen = document.fullscreenElement !== null
      if (!fullScreen) keyboard?.unlock()
      options.onChange(fullScreen ? { fullScreen } : { fullScreen, grabbed: false })
    },
    { signal: options.signal },
  )
  return {
    async toggle() {
      try {
        if (document.fullscreenElement === null) await document.documentElement.requestFullscreen()
        else await document.exitFullscreen()
      } catch {
        // browsers want a click of the person for it
        options.onRefused('Full screen needs a click.')
      }
    },
    async setGrab(on) {
      if (!on) {
        keyboard?.unlock()
        return options.onChange({ grabbed: false })
      }
      try {
        // the lock holds in full screen alone
        if (document.fullscreenElement === null) await document.documentElement.requestFullscreen()
        await keyboard?.lock()
        options.onChange({ grabbed: true })
        options.onGrabbed()
      } catch {
        // no click before it, or a browser without the lock
        options.onRefused('The keyboard can be grabbed in full screen, after a click.')
      }
    },
  }
}
