import { expect, test } from 'vitest'
import { createSizeKeeper } from './size-keeper.ts'

const small = { width: 800, height: 600 }
const large = { width: 1440, height: 900 }

function keeper() {
  const clock = { ms: 0 }
  return { clock, ...createSizeKeeper(() => clock.ms) }
}

test('a picture of the asked size needs nothing', () => {
  const { clock, check } = keeper()
  clock.ms = 10_000
  expect(check(large, large)).toBe(false)
})

test('a size that is not taken within two seconds is asked again', () => {
  const { clock, check } = keeper()
  expect(check(large, small)).toBe(false)
  clock.ms = 1900
  expect(check(large, small)).toBe(false)
  clock.ms = 2000
  expect(check(large, small)).toBe(true)
  clock.ms = 2100
  expect(check(large, small)).toBe(false)
})

test('a desktop that will not take it is left alone after a few tries, until another size is wanted', () => {
  const { clock, check } = keeper()
  const asks = (size: typeof small): number => {
    let count = 0
    for (let i = 0; i < 30; i++) {
      clock.ms += 1000
      if (check(size, small)) count++
    }
    return count
  }
  expect(asks(large)).toBe(4)
  expect(asks(large)).toBe(0)
  expect(asks({ width: 1000, height: 700 })).toBe(4)
})

test('nothing is asked before there is a picture or a wish', () => {
  const { clock, check } = keeper()
  clock.ms = 10_000
  expect([check(null, small), check(large, null)]).toEqual([false, false])
})
