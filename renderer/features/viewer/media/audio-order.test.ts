// Redundant sound packets are played once.
import { expect, it } from 'vitest'
import { createAudioOrder } from './audio-order.ts'

const frame = (...timestamps: (number | null)[]) => ({
  type: 'audio' as const,
  quiet: false,
  packets: timestamps.map((timestamp) => ({ timestamp, data: new Uint8Array(1) })),
})
const times = (order: ReturnType<typeof createAudioOrder>, ...timestamps: (number | null)[]) =>
  order.take(frame(...timestamps)).map(({ timestamp }) => timestamp)

it('plays each packet once and repairs a loss', () => {
  const order = createAudioOrder()
  expect(times(order, null)).toEqual([null])
  expect(times(order, 0, 480, 960)).toEqual([960])
  expect(times(order, 480, 960, 1440)).toEqual([1440])
  expect(times(order, 1440, 1920, 2400)).toEqual([1920, 2400])
  expect(times(order, 1440, 1920, 2400)).toEqual([])
})

it('wraps around', () => {
  const order = createAudioOrder()
  times(order, 4_294_966_816)
  expect(times(order, 4_294_966_816, 0)).toEqual([0])
})
