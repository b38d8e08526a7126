// Gzipped texts in order, and what a hostile desktop makes of them.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { TEXT_LIMIT } from '../../../../shared/selkies/limits.ts'
import { createTextQueue } from './gzip.ts'
import { pack } from './testing/pack.ts'

const reported: unknown[] = []

beforeEach(() => {
  reported.length = 0
  vi.stubGlobal('reportError', (error: unknown) => reported.push(error))
})
afterEach(() => {
  vi.unstubAllGlobals()
})

function set(deliver: (text: string) => void = () => undefined) {
  const texts: string[] = []
  const told = { unreadable: 0, floods: 0 }
  const queue = createTextQueue({
    deliver(text) {
      texts.push(text)
      deliver(text)
    },
    onUnreadable: () => told.unreadable++,
    onFlood: () => told.floods++,
  })
  return { texts, told, queue }
}

it('keeps the order of packed and plain texts', async () => {
  const { texts, queue } = set()
  const [two, four] = [await pack('2'), await pack('4')]
  queue.text('1')
  queue.gzip(two)
  queue.text('3')
  queue.gzip(four)
  await vi.waitFor(() => expect(texts).toEqual(['1', '2', '3', '4']))
  queue.text('5')
  expect(texts).toHaveLength(5)
})

it('loses what is no gzip, what is cut and what unpacks without end, and nothing else', async () => {
  const { texts, told, queue } = set()
  queue.gzip(Uint8Array.of(0x1f, 0x8b, 1, 2, 3))
  queue.gzip(new Uint8Array(0))
  queue.gzip((await pack('cut'.repeat(1000))).slice(0, -10))
  const bomb = await pack('x'.repeat(64 * 1024 * 1024))
  expect(bomb.length).toBeLessThan(100_000)
  queue.gzip(bomb)
  queue.gzip(await pack('a'.repeat(TEXT_LIMIT)))
  await vi.waitFor(() => expect(texts.map((text) => text.length)).toEqual([TEXT_LIMIT]))
  expect(told).toEqual({ unreadable: 4, floods: 0 })
})

it('goes on behind a text at which we fail ourselves', async () => {
  const { texts, queue } = set((text) => {
    if (text === 'bad') throw new Error('ours')
  })
  const [bad, good] = [await pack('bad'), await pack('good')]
  queue.text('bad')
  queue.gzip(bad)
  queue.gzip(good)
  await vi.waitFor(() => expect(texts).toEqual(['bad', 'bad', 'good']))
  queue.text('more')
  expect(texts.at(-1)).toBe('more')
  expect(reported).toHaveLength(2)
})

it('tells a flood once, and lets go of what waited', async () => {
  const many = set()
  const one = await pack('x')
  for (let at = 0; at < 20_000; at++) many.queue.gzip(one)
  expect(many.told.floods).toBe(1)
  const large = set()
  large.queue.gzip(one)
  const text = 'x'.repeat(4 * 1024 * 1024)
  for (let at = 0; at < 100; at++) large.queue.text(text)
  expect(large.told.floods).toBe(1)
  await new Promise((resolve) => setTimeout(resolve))
  expect([...many.texts, ...large.texts]).toEqual([])
})
