// Sound in figures: its delay, its place beside the picture, and silence.
import { expect, it } from 'vitest'
import { offsetWords, soundFigures } from './sound-figures.ts'

const at = (packets: number, samples: number, waitedMs: number, concealed = 0) => ({
  packets,
  samples,
  concealed,
  waitedMs,
  outputMs: 20,
})

it('measures the last second alone', () => {
  const figures = soundFigures(at(100, 48_000, 0), at(200, 96_000, 48_000 * 30, 480), 10)
  expect(figures).toEqual({ playing: true, delayMs: 50, offsetMs: 40, concealed: 0.01 })
  expect(offsetWords(figures)).toEqual({ value: '40 ms later', note: 'cannot be noticed' })
})

it('takes silence for silence', () => {
  const figures = soundFigures(at(100, 48_000, 100), at(100, 48_000, 100), 10)
  expect(figures).toEqual({ playing: false, delayMs: null, offsetMs: null, concealed: 0 })
  expect(offsetWords(figures).value).toBe('silent')
})

it.each([
  [0.2, 'together', 'cannot be noticed'],
  [-60, '60 ms earlier', 'can be noticed'],
  [130, '130 ms later', 'can be noticed'],
  [null, 'playing', ''],
])('says %s', (offsetMs, value, note) => {
  expect(offsetWords({ playing: true, delayMs: 1, offsetMs, concealed: 0 })).toEqual({ value, note })
})
