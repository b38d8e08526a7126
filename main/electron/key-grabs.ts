// All keys for a viewer's window, as far as an app can have them: its own menu's shortcuts and the system's that are free to be
// registered. Policy: only while the window has the focus and its page wants it; what the system does not give stays with it.
// In full screen the page's keyboard lock takes the rest.
import type { BrowserWindow, GlobalShortcut, KeyboardInputEvent } from 'electron'

export interface KeyGrabsOptions {
  readonly globalShortcut: Pick<GlobalShortcut, 'register' | 'unregister'>
  readonly platform: string
}

export interface KeyGrabs {
  /** Begins to follow a viewer's window. */
  watch(this: void, window: BrowserWindow): void
  /** A page takes its window's keys or gives them back. @returns whether it has them now */
  set(this: void, windowId: string, on: boolean): boolean
}

type Modifier = NonNullable<KeyboardInputEvent['modifiers']>[number]
interface SystemKeys {
  readonly accelerator: string
  readonly key: string
  readonly modifiers: readonly Modifier[]
}
const keys = (accelerator: string, key: string, ...modifiers: readonly Modifier[]): SystemKeys => ({
  accelerator,
  key,
  modifiers,
})

/** What window managers take, by platform; the Mac's own are in its menu or not to be had. */
const SYSTEM_KEYS: readonly SystemKeys[] = [
  keys('Alt+Tab', 'Tab', 'alt'),
  keys('Alt+Shift+Tab', 'Tab', 'alt', 'shift'),
  keys('Alt+F4', 'F4', 'alt'),
  keys('Alt+Space', 'Space', 'alt'),
  keys('Alt+Escape', 'Escape', 'alt'),
  keys('Control+Escape', 'Escape', 'control'),
  keys('Super+Tab', 'Tab', 'meta'),
  keys('Super+D', 'D', 'meta'),
  keys('Super+E', 'E', 'meta'),
]
const NONE: readonly SystemKeys[] = []

export function createKeyGrabs({ globalShortcut, platform }: KeyGrabsOptions): KeyGrabs {
  const windows = new Map<string, { readonly window: BrowserWindow; on: boolean }>()
  const wanted = platform === 'darwin' ? NONE : SYSTEM_KEYS
  let registered: readonly string[] = []

  function giveBack(): void {
    for (const accelerator of registered) globalShortcut.unregister(accelerator)
    registered = []
  }
  function take({ webContents }: BrowserWindow): void {
    giveBack()
    registered = wanted.flatMap(({ accelerator, key, modifiers }) => {
      // the modifiers are pressed already, and the page knows it
      const strike = (): void => {
        for (const type of ['keyDown', 'keyUp'] as const)
          webContents.sendInputEvent({ type, keyCode: key, modifiers: [...modifiers] })
      }
      return globalShortcut.register(accelerator, strike) ? [accelerator] : []
    })
  }

  return {
    watch(window) {
      const id = String(window.webContents.id)
      const entry = { window, on: false }
      windows.set(id, entry)
      window.on('focus', () => entry.on && take(window))
      window.on('blur', giveBack)
      window.on('closed', () => {
        windows.delete(id)
        giveBack()
      })
    },
    set(windowId, on) {
      const entry = windows.get(windowId)
      if (entry === undefined || entry.window.isDestroyed()) return false
      entry.on = on
      entry.window.webContents.setIgnoreMenuShortcuts(on)
      if (entry.window.isFocused()) {
        if (on) take(entry.window)
        else giveBack()
      }
      return on
    },
  }
}
