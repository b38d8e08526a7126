// The loss of the core is noticed by silence and by a call's own words, and so is its return.
import { expect, test } from 'vitest'
import type { Bridge } from '../../shared/ipc/bridge.ts'
import { createCarrierStore } from './carrier.ts'

function world() {
  const timers: { run: () => void; ms: number }[] = []
  const answers: ((ok: boolean) => void)[] = []
  const bridge = {
    call: () =>
      new Promise((resolve) =>
        answers.push((ok) =>
          resolve(
            ok
              ? { ok: true, value: { version: '1', host: 'web', platform: 'linux' } }
              : { ok: false, error: { code: 'core-lost', sentence: 'Lost.', nextStep: 'Wait.' } },
          ),
        ),
      ),
    subscribe: () => () => undefined,
  } as unknown as Bridge
  let now = 1_000
  const carrier = createCarrierStore(bridge, {
    now: () => now,
    later(run, ms) {
      const entry = { run, ms }
      timers.push(entry)
      return () => void timers.splice(timers.indexOf(entry), 1)
    },
  })
  return {
    carrier,
    answers,
    timers,
    pass: (ms: number) => (now += ms),
    /** Lets the one timer that waits run. */
    fire() {
      const next = timers.shift()
      next?.run()
      return next?.ms
    },
  }
}
const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 0))

test('an answer in time keeps it connected and brings the app’s facts', async () => {
  const { carrier, answers } = world()
  answers[0]?.(true)
  await settled()
  expect(carrier.getState()).toMatchObject({ connected: true, info: { host: 'web' } })
})

test('silence means lost, and a late answer means back', async () => {
  const { carrier, answers, fire, pass } = world()
  pass(3_000)
  expect(fire()).toBe(3_000)
  expect(carrier.getState()).toMatchObject({ connected: false, lastSeen: 1_000 })
  answers[0]?.(true)
  await settled()
  expect(carrier.getState()).toMatchObject({ connected: true, lastSeen: 4_000 })
})

test('it asks again sooner while it is lost', async () => {
  const { answers, timers } = world()
  answers[0]?.(false)
  await settled()
  expect(timers.map(({ ms }) => ms)).toEqual([1_000])
})
