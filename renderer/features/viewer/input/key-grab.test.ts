// When the desktop has all keys: by setting, by hand, in full screen, in the app's window; and how they come back.
import { describe, expect, it } from 'vitest'
import type { Settings } from '../../../../shared/domain/settings.ts'
import { createKeyGrab } from './key-grab.ts'

interface Machine {
  readonly when?: Settings['allKeys']
  readonly window?: boolean
  readonly hasLock?: boolean
  readonly click?: boolean
}
function setUp({ when = 'full-screen', window = false, hasLock = true, click = true }: Machine = {}) {
  const now = { full: false, locked: false, held: false, when, refused: [] as string[], changes: [] as boolean[] }
  const changed: Promise<void>[] = []
  const grab = createKeyGrab({
    isFullScreen: () => now.full,
    enterFullScreen: () => {
      if (!click) return Promise.reject(new Error('no click'))
      return Promise.resolve(screen(true))
    },
    lock: () => Promise.resolve((now.locked = hasLock)),
    unlock: () => void (now.locked = false),
    holdWindow: (on) => Promise.resolve((now.held = on && window)),
    when: () => now.when,
    onChange: (grabbed) => void now.changes.push(grabbed),
    onRefused: (text) => void now.refused.push(text),
  })
  function screen(full: boolean) {
    now.full = full
    changed.push(grab.update())
  }
  const settled = async () => void (await Promise.all(changed))
  return { grab, now, screen, settled }
}

describe('by itself', () => {
  it.each([
    ['off', false, false, false],
    ['full-screen', false, true, false],
    ['always', false, true, false],
    ['off', true, false, false],
    ['full-screen', true, true, false],
    ['always', true, true, true],
  ] as const)('%s, own window %s: in full screen %s, beside it %s', async (when, window, inFull, beside) => {
    const { grab, now, screen, settled } = setUp({ when, window })
    await grab.update()
    expect(grab.grabbed).toBe(beside)
    screen(true)
    await settled()
    expect([grab.grabbed, now.locked]).toEqual([inFull, inFull])
    screen(false)
    await settled()
    expect([grab.grabbed, now.locked, now.held]).toEqual([beside, false, beside])
  })
  it('follows the setting at once', async () => {
    const { grab, now, screen, settled } = setUp({ when: 'off' })
    screen(true)
    await settled()
    for (const [when, grabbed] of [
      ['full-screen', true],
      ['off', false],
      ['always', true],
    ] as const) {
      now.when = when
      await grab.update()
      expect(grab.grabbed).toBe(grabbed)
    }
  })
  it('says nothing where the browser has no lock', async () => {
    const { grab, now, screen, settled } = setUp({ hasLock: false })
    screen(true)
    await settled()
    expect([grab.grabbed, now.refused]).toEqual([false, []])
  })
})

describe('by hand', () => {
  it('goes to full screen, says so once, and lets go with it', async () => {
    const { grab, now, screen, settled } = setUp({ when: 'off' })
    await grab.set(true)
    await settled()
    expect([grab.grabbed, now.full, now.locked, now.changes]).toEqual([true, true, true, [true]])
    screen(false)
    await settled()
    expect([grab.grabbed, now.locked, now.changes]).toEqual([false, false, [true, false]])
  })
  it('needs no full screen in the app’s window', async () => {
    const { grab, now } = setUp({ when: 'off', window: true })
    await grab.set(true)
    expect([grab.grabbed, now.full, now.held]).toEqual([true, false, true])
    await grab.update()
    expect(grab.grabbed).toBe(true)
    await grab.set(false)
    expect([grab.grabbed, now.held]).toEqual([false, false])
  })
  it('stays released in this full screen, whatever the setting; a new one begins anew', async () => {
    const { grab, now, screen, settled } = setUp({ when: 'always' })
    screen(true)
    await settled()
    await grab.set(false)
    await grab.update()
    expect([grab.grabbed, now.locked, now.full]).toEqual([false, false, true])
    screen(false)
    screen(true)
    await settled()
    expect(grab.grabbed).toBe(true)
  })
  it.each([
    [{ click: false }, 'The keyboard can be grabbed in full screen, after a click.'],
    [{ hasLock: false }, 'This browser keeps its own keys; all others go to the desktop.'],
  ] as const)('says what is in the way: %o', async (machine, words) => {
    const { grab, now, settled } = setUp({ when: 'off', ...machine })
    await grab.set(true)
    await settled()
    expect([grab.grabbed, now.refused]).toEqual([false, [words]])
  })
  it('is overtaken by letting go', async () => {
    const { grab, now } = setUp({ window: true })
    const grabbing = grab.set(true)
    await grab.set(false)
    await grabbing
    expect([grab.grabbed, now.locked, now.changes]).toEqual([false, false, []])
  })
})
