// The loss rules, frame by frame.
import { expect, it } from 'vitest'
import type { VideoFrame } from '../../../../shared/selkies/g2/frames.ts'
import { createFrameGate } from './frame-gate.ts'

const frame = (id: number, reference: number, extra: Partial<VideoFrame> = {}): VideoFrame => ({
  type: 'video',
  codec: 'h264',
  key: false,
  anchor: false,
  id,
  y: 0,
  width: 1280,
  height: 720,
  reference,
  data: new Uint8Array(1),
  ...extra,
})
const key = (id: number, y = 0) => frame(id, id, { key: true, y })

it('asks for a key frame before the first one, at a bounded rate', () => {
  const gate = createFrameGate()
  expect(gate.take(frame(1, 0), 0, 0)).toEqual({ do: 'drop', tell: 'key-frame' })
  expect(gate.take(frame(2, 1), 0, 100)).toEqual({ do: 'drop', tell: null })
  expect(gate.take(frame(3, 2), 0, 600)).toEqual({ do: 'drop', tell: 'key-frame' })
  expect(gate.take(key(4), 0, 700)).toEqual({ do: 'decode', reset: false })
  expect(gate.take(frame(5, 4), 0, 720)).toEqual({ do: 'decode', reset: false })
})

it('drops what leans on a dropped frame and goes on when the encoder predicts past it', () => {
  const gate = createFrameGate()
  gate.take(key(0), 0, 0)
  // a long backlog drops frame 1
  for (let now = 0; now <= 250; now += 50) gate.take(frame(0, 0, { reference: 65_535 }), 5, now)
  expect(gate.take(frame(1, 0), 5, 300)).toEqual({ do: 'drop', tell: 'lost' })
  expect(gate.take(frame(2, 1), 0, 310)).toEqual({ do: 'drop', tell: 'lost' })
  expect(gate.take(frame(3, 0), 0, 320)).toEqual({ do: 'decode', reset: false })
})

it('asks for a key frame when losses last, or references are not known', () => {
  const gate = createFrameGate()
  gate.take(key(0), 0, 0)
  gate.take(frame(1, 0), 9, 0)
  expect(gate.take(frame(2, 2), 9, 300)).toEqual({ do: 'drop', tell: 'key-frame' })
  expect(gate.take(frame(3, 2), 9, 400)).toEqual({ do: 'drop', tell: 'lost' })
  expect(gate.take(frame(4, 3), 9, 1400)).toEqual({ do: 'drop', tell: 'key-frame' })
})

it('starts the decoder anew with a key frame behind a long backlog', () => {
  const gate = createFrameGate()
  gate.take(key(0), 0, 0)
  gate.take(frame(1, 0), 9, 0)
  expect(gate.take(key(2), 9, 300)).toEqual({ do: 'decode', reset: true })
})

it('starts the decoder anew also where every frame is a key frame: the queue never grows without end', () => {
  const gate = createFrameGate()
  const resets = Array.from({ length: 40 }, (_, at) => gate.take(key(at), 9, at * 10)).filter(
    (verdict) => verdict.do === 'decode' && verdict.reset,
  )
  expect(resets).toHaveLength(1)
})

it('tells of losses at a bounded rate, however many frames come', () => {
  const gate = createFrameGate()
  gate.take(key(0), 0, 0)
  gate.take(frame(1, 0), 9, 0)
  const told = Array.from({ length: 10_000 }, (_, at) => gate.take(frame(at, at + 7), 9, 300 + at / 1000)).filter(
    (verdict) => verdict.do === 'drop' && verdict.tell !== null,
  )
  expect(told.length).toBeLessThanOrEqual(3)
})

it('forgets old losses when ids wrap', () => {
  const gate = createFrameGate()
  gate.take(key(65_530), 0, 0)
  gate.take(frame(65_531, 65_530), 9, 0)
  gate.take(frame(65_532, 65_531), 9, 300)
  gate.take(key(65_533), 0, 310)
  expect(gate.take(frame(0, 65_535), 0, 320)).toEqual({ do: 'decode', reset: false })
})

it('keeps a row for each stripe', () => {
  const gate = createFrameGate()
  gate.take(key(0, 0), 0, 0)
  expect(gate.take(frame(1, 0, { y: 360 }), 0, 10)).toEqual({ do: 'drop', tell: 'key-frame' })
  gate.reset()
  expect(gate.take(frame(2, 1), 0, 1000)).toEqual({ do: 'drop', tell: 'key-frame' })
})
