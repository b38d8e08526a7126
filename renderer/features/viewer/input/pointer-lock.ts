// Relative mode: the mouse is the desktop's alone and says only how far it moved, as games and 3D programs want it.
// Policy: the browser gives it after a click or a key, and takes it back at Esc, at a blur, at will: its word counts, never ours. Raw
// motion where it is set and the browser has it, else the system's own. A refusal is said, and leaves everything as it was.
import type { Settings } from '../../../../shared/domain/settings.ts'
import { t } from '../../../ui/translate.ts'

/** How the mouse moves while it is the desktop's. */
export type MouseMotion = Settings['mouseMotion']

export interface PointerLockOptions {
  /**
   * Asks the browser. Rejects where it refuses.
   * @param unadjustedMovement what the device counts, without the system's acceleration
   * @returns false where the browser knows of no such option
   */
  request(unadjustedMovement: boolean): Promise<boolean>
  exit(): void
  isLocked(): boolean
  wanted(): MouseMotion
  /** @param motion null: the mouse is this machine's again */
  onChange(motion: MouseMotion | null): void
  onRefused(text: string): void
}

export interface PointerLock {
  readonly motion: MouseMotion | null
  set(on: boolean): Promise<void>
  /** The setting changed. */
  update(): Promise<void>
  /** The browser says that it gave or took. */
  changed(): void
}

export function createPointerLock(options: PointerLockOptions): PointerLock {
  let motion: MouseMotion | null = null
  let next: MouseMotion = 'accelerated'

  const changed = () => {
    const now = options.isLocked() ? next : null
    if (now === motion) return
    motion = now
    options.onChange(now)
  }
  const ask = async (): Promise<void> => {
    // before the browser says that it gave: its event comes first
    next = options.wanted()
    if (next === 'raw')
      try {
        if (!(await options.request(true))) next = 'accelerated'
        return
      } catch (error) {
        if (!(error instanceof Error) || error.name !== 'NotSupportedError') throw error
        next = 'accelerated'
      }
    await options.request(false)
  }

  return {
    get motion() {
      return motion
    },
    changed,
    async set(on) {
      if (!on) return options.exit()
      try {
        await ask()
      } catch {
        if (!options.isLocked())
          options.onRefused(t('The browser keeps the mouse for now. Click on the desktop, and try again in a second.'))
      }
      changed()
    },
    async update() {
      if (motion === null || motion === options.wanted()) return
      const before = motion
      try {
        await ask()
      } catch {
        // it goes on as it did
        next = before
      }
      changed()
    },
  }
}
