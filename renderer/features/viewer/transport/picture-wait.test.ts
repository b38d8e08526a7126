// The first picture is asked for until it is there.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ASK_EVERY_MS, createPictureWait } from './picture-wait.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('asks for a picture at once and until it is there', () => {
  const ask = vi.fn()
  const wait = createPictureWait(ask)
  wait.begin()
  expect(ask).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(2 * ASK_EVERY_MS)
  expect(ask).toHaveBeenCalledTimes(3)
  wait.seen()
  vi.advanceTimersByTime(10 * ASK_EVERY_MS)
  expect(ask).toHaveBeenCalledTimes(3)
})

it('never asks where the picture came first, or the connection has ended', () => {
  const ask = vi.fn()
  const first = createPictureWait(ask)
  first.seen()
  first.begin()
  const ended = createPictureWait(ask)
  ended.stop()
  ended.begin()
  vi.advanceTimersByTime(10 * ASK_EVERY_MS)
  expect(ask).not.toHaveBeenCalled()
})
