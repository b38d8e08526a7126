// Relative mode by the browser's word: given, refused, without raw motion, taken back.
import { describe, expect, it } from 'vitest'
import { createPointerLock, type MouseMotion } from './pointer-lock.ts'

interface Browser {
  readonly wanted?: MouseMotion
  /** Raw motion: there, refused by name, or not known as an option. */
  readonly raw?: 'yes' | 'refused' | 'unknown'
  readonly gives?: boolean
}
function setUp({ wanted = 'accelerated', raw = 'yes', gives = true }: Browser = {}) {
  const now = { wanted, gives, locked: false, asked: [] as boolean[], seen: [] as (MouseMotion | null)[], refused: 0 }
  const lock = createPointerLock({
    request(unadjusted) {
      now.asked.push(unadjusted)
      if (!now.gives) return Promise.reject(new DOMException('no click', 'NotAllowedError'))
      if (unadjusted && raw === 'refused') return Promise.reject(new DOMException('no raw', 'NotSupportedError'))
      now.locked = true
      // before the answer, as browsers do; the old ones answer before
      if (raw !== 'unknown') lock.changed()
      return Promise.resolve(raw !== 'unknown')
    },
    exit() {
      now.locked = false
      lock.changed()
    },
    isLocked: () => now.locked,
    wanted: () => now.wanted,
    onChange: (motion) => void now.seen.push(motion),
    onRefused: () => void now.refused++,
  })
  return { lock, now }
}

describe('asking', () => {
  it.each([
    ['the system’s motion', {}, [false], ['accelerated']],
    ['raw motion', { wanted: 'raw' }, [true], ['raw']],
    ['raw motion that is refused', { wanted: 'raw', raw: 'refused' }, [true, false], ['accelerated']],
    ['raw motion that is not known', { wanted: 'raw', raw: 'unknown' }, [true], ['accelerated']],
  ] as const)('%s', async (_name, browser, asked, seen) => {
    const { lock, now } = setUp(browser)
    await lock.set(true)
    lock.changed()
    expect([now.asked, now.seen, now.refused]).toEqual([asked, seen, 0])
    await lock.set(false)
    expect([now.seen.at(-1), lock.motion]).toEqual([null, null])
  })
  it.each(['accelerated', 'raw'] as const)('is refused in words: %s', async (wanted) => {
    const { lock, now } = setUp({ wanted, gives: false })
    await lock.set(true)
    expect([now.seen, now.refused, lock.motion]).toEqual([[], 1, null])
  })
})

it('is over when the browser says so', async () => {
  const { lock, now } = setUp()
  await lock.set(true)
  now.locked = false
  lock.changed()
  lock.changed()
  expect(now.seen).toEqual(['accelerated', null])
})

it('changes its motion while it is on, and goes on as before where that is refused', async () => {
  const { lock, now } = setUp()
  now.wanted = 'raw'
  await lock.update()
  expect(now.asked).toEqual([])
  now.wanted = 'accelerated'
  await lock.set(true)
  now.wanted = 'raw'
  await lock.update()
  now.gives = false
  now.wanted = 'accelerated'
  await lock.update()
  expect([now.seen, now.refused, lock.motion]).toEqual([['accelerated', 'raw'], 0, 'raw'])
})
