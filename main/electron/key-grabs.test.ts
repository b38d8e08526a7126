// A window's grab of all keys, with fakes that are typed against Electron's own types.
import type { BrowserWindow } from 'electron'
import { describe, expect, it, vi } from 'vitest'
import { createKeyGrabs } from './key-grabs.ts'
import { emitter } from './testing/emitter.ts'

function setUp(platform = 'linux', refused: readonly string[] = []) {
  const registered = new Map<string, () => void>()
  const grabs = createKeyGrabs({
    platform,
    globalShortcut: {
      register: (accelerator, callback) => {
        if (refused.includes(accelerator)) return false
        registered.set(accelerator, callback)
        return true
      },
      unregister: (accelerator) => {
        if (!registered.delete(accelerator)) throw new Error(`${accelerator} was not ours`)
      },
    },
  })
  function open(id: number) {
    const source = emitter()
    const sent: unknown[] = []
    const ignore = vi.fn<(ignore: boolean) => void>()
    const now = { focused: false, destroyed: false }
    const window = {
      on: source.on,
      isFocused: () => now.focused,
      isDestroyed: () => now.destroyed,
      webContents: { id, setIgnoreMenuShortcuts: ignore, sendInputEvent: (event: unknown) => void sent.push(event) },
    }
    grabs.watch(window as unknown as BrowserWindow)
    const focus = (focused: boolean) => {
      now.focused = focused
      source.emit(focused ? 'focus' : 'blur')
    }
    const close = () => {
      now.destroyed = true
      source.emit('closed')
    }
    return { sent, ignore, focus, close, now }
  }
  return { grabs, registered, open }
}

describe('all keys', () => {
  it('are the window’s while it has the focus and its page wants them', () => {
    const { grabs, registered, open } = setUp()
    const one = open(1)
    one.focus(true)
    expect(registered.size).toBe(0)
    expect(grabs.set('1', true)).toBe(true)
    expect(one.ignore).toHaveBeenLastCalledWith(true)
    expect(registered.has('Alt+Tab')).toBe(true)
    one.focus(false)
    expect(registered.size).toBe(0)
    one.focus(true)
    expect(registered.size).toBeGreaterThan(0)
    expect(grabs.set('1', false)).toBe(false)
    expect(one.ignore).toHaveBeenLastCalledWith(false)
    expect(registered.size).toBe(0)
  })
  it('reach the page as presses', () => {
    const { grabs, registered, open } = setUp()
    const one = open(1)
    one.focus(true)
    grabs.set('1', true)
    registered.get('Alt+Shift+Tab')?.()
    expect(one.sent).toStrictEqual([
      { type: 'keyDown', keyCode: 'Tab', modifiers: ['alt', 'shift'] },
      { type: 'keyUp', keyCode: 'Tab', modifiers: ['alt', 'shift'] },
    ])
  })
  it('are not taken by a window behind another, and come back when one closes', () => {
    const { grabs, registered, open } = setUp()
    const [one, two] = [open(1), open(2)]
    two.focus(true)
    grabs.set('1', true)
    expect(registered.size).toBe(0)
    two.focus(false)
    one.focus(true)
    expect(registered.size).toBeGreaterThan(0)
    one.close()
    expect(registered.size).toBe(0)
    expect(grabs.set('1', true)).toBe(false)
  })
  it('stay with the system where it does not give them', () => {
    const { grabs, registered, open } = setUp('win32', ['Alt+Tab', 'Super+D'])
    const one = open(1)
    one.focus(true)
    grabs.set('1', true)
    expect([registered.has('Alt+Tab'), registered.has('Alt+F4')]).toStrictEqual([false, true])
    one.focus(false)
    expect(registered.size).toBe(0)
  })
  it('of a Mac are its menu’s', () => {
    const { grabs, registered, open } = setUp('darwin')
    const one = open(1)
    one.focus(true)
    expect([grabs.set('1', true), registered.size]).toStrictEqual([true, 0])
    expect(one.ignore).toHaveBeenLastCalledWith(true)
  })
  it('are no other window’s', () => {
    expect(setUp().grabs.set('7', true)).toBe(false)
  })
})
