// Who has the keys that browser and operating system would take: the desktop (grabbed) or this machine.
// Policy: a browser gives them in full screen alone, the app's own window at any time; the setting says when they are taken by
// themselves; what a person released stays released until they grab again or a new full screen begins. A refusal is said, and
// leaves everything as it was.
import type { Settings } from '../../../../shared/domain/settings.ts'
import { t } from '../../../ui/translate.ts'

export interface KeyGrabOptions {
  isFullScreen(): boolean
  /** Rejects without a click before it. */
  enterFullScreen(): Promise<void>
  /** The browser's keyboard lock, which holds in full screen. @returns false where there is none */
  lock(): Promise<boolean>
  unlock(): void
  /** The app's own window. @returns false in a browser */
  holdWindow(on: boolean): Promise<boolean>
  when(): Settings['allKeys']
  onChange(grabbed: boolean): void
  onRefused(text: string): void
}

export interface KeyGrab {
  readonly grabbed: boolean
  /** The person wants it. */
  set(on: boolean): Promise<void>
  /** Full screen began or ended, or the setting changed. */
  update(): Promise<void>
}

export function createKeyGrab(options: KeyGrabOptions): KeyGrab {
  let grabbed = false
  let asked = false
  let released = false
  let wasFull = options.isFullScreen()
  /** Counts attempts: an answer to an older one changes nothing. */
  let attempt = 0

  const take = () => {
    if (grabbed) return
    grabbed = true
    options.onChange(true)
  }
  const drop = () => {
    attempt++
    options.unlock()
    void options.holdWindow(false)
    if (!grabbed) return
    grabbed = false
    options.onChange(false)
  }
  /** @returns whether anything holds; null when it was overtaken */
  const hold = async (): Promise<boolean | null> => {
    const mine = ++attempt
    const byWindow = await options.holdWindow(true)
    if (mine !== attempt) return null
    if (!byWindow && !options.isFullScreen()) await options.enterFullScreen()
    const byLock = options.isFullScreen() && (await options.lock())
    if (mine !== attempt) return null
    return byWindow || byLock
  }

  return {
    get grabbed() {
      return grabbed
    },
    async set(on) {
      asked = on
      released = !on
      if (!on) return drop()
      try {
        const held = await hold()
        if (held === true) take()
        if (held !== false) return
        asked = false
        options.onRefused(t('This browser keeps its own keys; all others go to the desktop.'))
      } catch {
        asked = false
        options.onRefused(t('The keyboard can be grabbed in full screen, after a click.'))
      }
    },
    async update() {
      const full = options.isFullScreen()
      if (full && !wasFull && !asked) released = false
      if (!full && wasFull) asked = false
      wasFull = full
      if (!full) options.unlock()
      // what was asked for brings full screen itself
      if (asked && !grabbed) return
      const when = options.when()
      const wanted = asked || (!released && when !== 'off' && (full || when === 'always'))
      if (!wanted) return drop()
      const mine = ++attempt
      const byWindow = await options.holdWindow(true)
      const byLock = full && (await options.lock().catch(() => false))
      if (mine !== attempt) return
      if (byWindow || byLock) take()
      else drop()
    },
  }
}
