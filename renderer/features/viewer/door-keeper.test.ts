// The door: asked for until it opens, and opened anew when its relay's credential is old.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Door } from '../../../shared/domain/session.ts'
import type { Bridge } from '../../../shared/ipc/bridge.ts'
import { createDoorKeeper } from './door-keeper.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function set(answers: (count: number) => Partial<Door> | string) {
  const calls: string[] = []
  let opened = 0
  const bridge: Bridge = {
    call(name, input) {
      if (name === 'sessions.closeDoor') calls.push(`close ${(input as { ticket: string }).ticket}`)
      if (name !== 'sessions.open') return Promise.resolve({ ok: true, value: {} }) as never
      const answer = answers(++opened)
      calls.push('open')
      return Promise.resolve(
        typeof answer === 'string'
          ? { ok: false, error: { code: 'x', sentence: answer, nextStep: '' } }
          : { ok: true, value: { ticket: `t${opened}`, ...answer } },
      ) as never
    },
    subscribe: () => () => undefined,
  }
  const doors = createDoorKeeper({ bridge, sessionId: 's', now: () => Date.now() })
  return { doors, calls }
}
const signal = new AbortController().signal
const none = (): void => undefined

it('asks every second, with the words of the refusal, and keeps the door', async () => {
  const { doors, calls } = set((count) => (count < 4 ? 'The API server is away.' : {}))
  const said: string[] = []
  const door = doors.need(signal, (because) => said.push(because))
  await vi.advanceTimersByTimeAsync(2500)
  expect((await door).ticket).toBe('t4')
  expect(said).toHaveLength(3)
  await doors.need(signal, none)
  expect(calls).toHaveLength(4)
})

it('fetches a fresh credential where the old one ran out, once', async () => {
  const { doors, calls } = set(() => ({ relayUntil: Date.now() + 10_000 }))
  await doors.need(signal, none)
  await doors.need(signal, none)
  expect(calls).toEqual(['open'])
  await vi.advanceTimersByTimeAsync(8000)
  expect((await doors.need(signal, none)).ticket).toBe('t2')
  expect(calls).toEqual(['open', 'close t1', 'open'])
  const old = set(() => ({ relayUntil: 1 }))
  for (let i = 0; i < 5; i++) await old.doors.need(signal, none)
  expect(old.calls.filter((call) => call === 'open')).toHaveLength(2)
})

it('closes a door that nobody waits for any more, and the one that another replaces', async () => {
  const { doors, calls } = set(() => ({}))
  const stop = new AbortController()
  const opening = doors.need(stop.signal, none)
  stop.abort(new Error('enough'))
  await expect(opening).rejects.toThrow('enough')
  expect(calls).toEqual(['open', 'close t1'])
  await doors.need(signal, none)
  const other = await doors.another()
  if (other === null) throw new Error('no other door')
  doors.use(other)
  expect(doors.door?.ticket).toBe('t3')
  expect(calls.at(-1)).toBe('close t2')
  doors.close()
  expect(calls.at(-1)).toBe('close t3')
})
