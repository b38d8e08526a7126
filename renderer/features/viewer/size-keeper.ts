// Notices that the desktop did not take the size that was asked for: a resize can be lost between two connections to one server.
// It is asked again a few times, then left: a desktop may have its reasons (another owner, its largest screen).
import type { Size } from './input/geometry.ts'

const PATIENCE_MS = 2000
const MAX_TRIES = 4

export interface SizeKeeper {
  /**
   * @param asked the size last asked for, px
   * @param picture the size that is seen, px
   * @returns true when it is to be asked again now
   */
  check(asked: Size | null, picture: Size | null): boolean
}

/** @param now ms, monotonic */
export function createSizeKeeper(now: () => number): SizeKeeper {
  let wanted = ''
  let since: number | undefined
  let tries = 0
  return {
    check(asked, picture) {
      if (asked === null || picture === null) return false
      const key = `${asked.width}x${asked.height}`
      if (key !== wanted || key === `${picture.width}x${picture.height}`) {
        since = undefined
        tries = 0
        wanted = key
        if (key === `${picture.width}x${picture.height}`) return false
      }
      since ??= now()
      if (now() - since < PATIENCE_MS || tries >= MAX_TRIES) return false
      since = now()
      tries++
      return true
    },
  }
}
