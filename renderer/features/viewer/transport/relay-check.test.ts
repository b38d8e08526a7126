// Relays: which addresses are asked, and how their return is waited for.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { isCredential, relayAddresses, untilRelay, type RelayAnswer } from './relay-check.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const addresses = relayAddresses([
  {
    urls: ['turn:192.0.2.9:3478?transport=udp', 'turns:turn.example.org', 'stun:192.0.2.9'],
    username: 'u',
    credential: 'c',
  },
])

it('asks each transport of a relay by itself', () => {
  expect(addresses.map(({ name, transport }) => [name, transport])).toEqual([
    ['192.0.2.9:3478', 'udp'],
    ['turn.example.org', 'tls'],
  ])
  expect(addresses[0]).toMatchObject({ username: 'u', credential: 'c' })
})

it('sees a relay that comes back within a second, and calls the other questions off', async () => {
  const open = new Set<AbortSignal>()
  let there = false
  const ask = (_: unknown, __: number, signal: AbortSignal) =>
    new Promise<RelayAnswer>((resolve, reject) => {
      open.add(signal)
      if (there) resolve({ kind: 'ok', ms: 1 })
      signal.addEventListener('abort', () => reject(new Error('called off')))
    })
  const waiting = untilRelay(addresses, new AbortController().signal, ask)
  const answered = vi.fn()
  void waiting.then(answered)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(answered).not.toHaveBeenCalled()
  there = true
  await vi.advanceTimersByTimeAsync(700)
  expect(answered).toHaveBeenCalledWith('answers')
  expect([...open].every(({ aborted }) => aborted)).toBe(true)
})

it('tells an old credential from a relay that is away', async () => {
  const ask = () => Promise.resolve<RelayAnswer>({ kind: 'refused', code: 401 })
  await expect(untilRelay(addresses, new AbortController().signal, ask)).resolves.toBe('credential')
  expect(isCredential({ kind: 'refused', code: 486 })).toBe(false)
  const stop = new AbortController()
  const waiting = untilRelay(addresses, stop.signal, () => Promise.resolve({ kind: 'silent' }))
  setTimeout(() => stop.abort(new Error('enough')), 5000)
  await Promise.all([expect(waiting).rejects.toThrow('enough'), vi.advanceTimersByTimeAsync(5000)])
})
