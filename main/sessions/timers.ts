// Time as direct mode uses it: injected, so that tests turn the clock themselves.
export interface Timers {
  /** Runs once after `ms`. @returns calls it off */
  after(ms: number, run: () => void): () => void
}

/** The host's timers; none of them keeps the process alive. */
export const HOST_TIMERS: Timers = {
  after(ms, run) {
    const timer = setTimeout(run, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
}

/** Resolves after `ms`. @throws the signal's reason when it aborts */
export function sleep(timers: Timers, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error)
    const onAbort = (): void => {
      callOff()
      reject(signal?.reason as Error)
    }
    const callOff = timers.after(ms, () => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    })
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}
