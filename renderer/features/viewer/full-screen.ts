// Full screen, and the keyboard's grab at the browser's own interfaces. Policy: a refusal by the browser is said, and leaves
// everything as it was.
import type { ScreenOptions } from './displays/monitors.ts'
import { createKeyGrab, type KeyGrab, type KeyGrabOptions } from './input/key-grab.ts'
import { t } from '../../ui/translate.ts'

export interface FullScreen {
  toggle(): Promise<void>
  readonly grab: KeyGrab
}

export interface FullScreenOptions extends Pick<KeyGrabOptions, 'holdWindow' | 'when' | 'onRefused'> {
  readonly signal: AbortSignal
  /** Which monitor it takes. */
  options(): Promise<ScreenOptions>
  onChange(change: { readonly fullScreen?: boolean; readonly grabbed?: boolean }): void
}

/** The Keyboard Lock API, which type libraries do not know. */
interface LockingNavigator extends Navigator {
  readonly keyboard?: { lock?(): Promise<void>; unlock?(): void }
}

export function createFullScreen(options: FullScreenOptions): FullScreen {
  const { keyboard } = navigator as LockingNavigator
  const isFullScreen = () => document.fullscreenElement !== null
  const enterFullScreen = async () => document.documentElement.requestFullscreen(await options.options())
  const grab = createKeyGrab({
    ...options,
    isFullScreen,
    enterFullScreen,
    async lock() {
      if (keyboard?.lock === undefined) return false
      await keyboard.lock()
      return true
    },
    unlock: () => keyboard?.unlock?.(),
    onChange: (grabbed) => options.onChange({ grabbed }),
  })
  document.addEventListener(
    'fullscreenchange',
    () => {
      options.onChange({ fullScreen: isFullScreen() })
      void grab.update()
    },
    { signal: options.signal },
  )
  return {
    grab,
    async toggle() {
      try {
        if (isFullScreen()) await document.exitFullscreen()
        else await enterFullScreen()
      } catch {
        // browsers want a click of the person for it
        options.onRefused(t('Full screen needs a click.'))
      }
    },
  }
}
