// How a transfer meets a cut way: it waits for the desktop to come back and goes on, for as long as the session is not over.
import { FileProblem } from './file-problem.ts'

export interface Patience {
  /** Waits before the next try. @throws FileProblem `lost` when there is no point, an AbortError when it is aborted */
  next(signal: AbortSignal): Promise<void>
  /** It went on: the patience is whole again. */
  progress(): void
}

export interface PatienceOptions {
  /** Whether the session is over for good. */
  isOver(): boolean
  /** Waits so many ms. @throws when it is aborted */
  pause(ms: number, signal: AbortSignal): Promise<void>
}

/** Waits between tries, ms; the last one is repeated until they are spent: two minutes. */
const WAITS = [300, 1000, 2000, 4000]
const TRIES = 33

export function createPatience({ isOver, pause }: PatienceOptions): Patience {
  let tries = 0
  return {
    async next(signal) {
      if (isOver() || tries >= TRIES) throw new FileProblem('lost')
      await pause(WAITS[Math.min(tries, WAITS.length - 1)] ?? 4000, signal)
      tries += 1
    },
    progress() {
      tries = 0
    },
  }
}
