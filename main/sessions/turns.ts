// Operations on one session follow each other; the next begins whatever became of the last.
import { AppError } from '../../shared/errors.ts'
import { sleep, type Timers } from './timers.ts'

export interface Turns {
  /** Runs when all earlier runs of that name have ended. */
  take<T>(name: string, run: () => Promise<T>): Promise<T>
  /** Resolves when nothing is under way. */
  idle(): Promise<void>
}

/** Makes empty queues. */
export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>()
  return {
    async take(name, run) {
      const turn = (last.get(name) ?? Promise.resolve()).then(run, run)
      last.set(name, turn)
      try {
        return await turn
      } finally {
        if (last.get(name) === turn) last.delete(name)
      }
    },
    async idle() {
      await Promise.allSettled(last.values())
    },
  }
}

/** The promise, unless it takes longer than `ms`. @throws the error that `late` makes */
export async function within<T>(promise: Promise<T>, ms: number, timers: Timers, late: () => AppError): Promise<T> {
  const patience = new AbortController()
  const tooLate = sleep(timers, ms, patience.signal).then(() => Promise.reject(late()))
  try {
    return await Promise.race([promise, tooLate])
  } finally {
    patience.abort()
  }
}

/** The promise, unless the signal comes first. @throws AppError `cancelled` */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(new AppError('cancelled'))
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
