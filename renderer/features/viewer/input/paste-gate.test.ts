// Keys behind a paste: in order, after its content, and never for long.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { ClientMessage } from '../../../../shared/selkies/g2/messages.ts'
import { createPasteGate, PASTE_PATIENCE_MS } from './paste-gate.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const key = (keysym: number): ClientMessage => ({ type: 'key-down', keysym })
function set() {
  const sent: ClientMessage[] = []
  return { sent, gate: createPasteGate((message) => sent.push(message)) }
}

it('lets the pasting key go when the content is there, and what was typed behind it after it', async () => {
  const { sent, gate } = set()
  const content = Promise.withResolvers<boolean>()
  gate.pass([key(1)])
  gate.hold([key(2)], content.promise)
  gate.pass([key(3)])
  gate.pass([key(4)])
  expect(sent).toEqual([key(1)])
  expect(gate.closed).toBe(true)
  content.resolve(true)
  await vi.advanceTimersByTimeAsync(0)
  gate.pass([key(5)])
  expect(sent).toEqual([1, 2, 3, 4, 5].map(key))
})

it('drops the pasting key when the content did not arrive, or not in time', async () => {
  const { sent, gate } = set()
  gate.hold([key(2)], Promise.resolve(false))
  gate.pass([key(3)])
  await vi.advanceTimersByTimeAsync(0)
  expect(sent).toEqual([key(3)])
  const late = Promise.withResolvers<boolean>()
  gate.hold([key(4)], late.promise)
  gate.pass([key(5)])
  await vi.advanceTimersByTimeAsync(PASTE_PATIENCE_MS)
  expect(sent).toEqual([key(3), key(5)])
  late.resolve(true)
  await vi.advanceTimersByTimeAsync(0)
  expect(sent).toEqual([key(3), key(5)])
  gate.hold([key(6)], Promise.reject(new Error('gone')))
  await vi.advanceTimersByTimeAsync(0)
  expect(gate.closed).toBe(false)
})

it('pastes the newest of two, once', async () => {
  const { sent, gate } = set()
  const [first, second] = [Promise.withResolvers<boolean>(), Promise.withResolvers<boolean>()]
  gate.hold([key(1)], first.promise)
  gate.hold([key(2)], second.promise)
  first.resolve(false)
  await vi.advanceTimersByTimeAsync(0)
  second.resolve(true)
  await vi.advanceTimersByTimeAsync(0)
  expect(sent).toEqual([key(2)])
})

it('keeps nothing after its end', async () => {
  const { sent, gate } = set()
  const content = Promise.withResolvers<boolean>()
  gate.hold([key(1)], content.promise)
  gate.dispose()
  content.resolve(true)
  await vi.advanceTimersByTimeAsync(PASTE_PATIENCE_MS)
  expect(sent).toEqual([])
})
