// What hands do on glass, and what the desktop's mouse does then.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTouch, type Touch } from './touch.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function setUp() {
  const seen: string[] = []
  const touch = createTouch({
    point: ({ x, y }, mask) => void seen.push(`${mask === 0 ? '' : mask === 1 ? 'L' : 'R'}${x},${y}`),
    scroll: (x, y) => void seen.push(`~${x},${y}`),
    after(ms, act) {
      const timer = setTimeout(act, ms)
      return () => clearTimeout(timer)
    },
  })
  return { seen, touch }
}
const at = (x: number, y = 100) => ({ x, y })

/** Each: what the hand does, and what is seen of it. */
const HANDS: Readonly<Record<string, readonly [does: (touch: Touch) => void, seen: readonly string[]]>> = {
  'a tap': [
    (touch) => {
      touch.down(1, at(100), 0)
      touch.move(1, at(104))
      touch.up(1, 90)
    },
    ['100,100', 'L100,100', '100,100'],
  ],
  'two taps meet': [
    (touch) => {
      touch.down(1, at(100), 0)
      touch.up(1, 80)
      touch.down(2, at(115), 250)
      touch.up(2, 320)
    },
    ['100,100', 'L100,100', '100,100', '100,100', 'L100,100', '100,100'],
  ],
  'two taps apart in time': [
    (touch) => {
      touch.down(1, at(100), 0)
      touch.up(1, 80)
      touch.down(2, at(115), 900)
      touch.up(2, 950)
    },
    ['100,100', 'L100,100', '100,100', '115,100', 'L115,100', '115,100'],
  ],
  'a drag from where it began': [
    (touch) => {
      touch.down(1, at(100), 0)
      touch.move(1, at(105))
      touch.move(1, at(120))
      touch.move(1, at(140))
      touch.up(1, 300)
    },
    ['100,100', 'L100,100', 'L120,100', 'L140,100', '140,100'],
  ],
  'a long press': [
    (touch) => {
      touch.down(1, at(100), 0)
      vi.advanceTimersByTime(500)
      touch.move(1, at(130))
      touch.up(1, 900)
    },
    ['100,100', 'R100,100', '100,100', '130,100'],
  ],
  'two fingers up: the content follows': [
    (touch) => {
      touch.down(1, at(100), 0)
      touch.down(2, at(160), 30)
      touch.move(1, at(100, 80))
      touch.move(2, at(160, 80))
      touch.up(1, 300)
      touch.move(2, at(160, 300))
      touch.up(2, 400)
      vi.advanceTimersByTime(1_000)
    },
    ['100,100', '~0,20', '~0,20'],
  ],
  'a pinch': [
    (touch) => {
      touch.down(1, at(100), 0)
      touch.down(2, at(200), 30)
      touch.move(1, at(80))
      touch.move(2, at(220))
      touch.up(2, 300)
      touch.up(1, 300)
    },
    ['100,100', '~20,0', '~-20,0'],
  ],
  'a second finger during a drag': [
    (touch) => {
      touch.down(1, at(100), 0)
      touch.move(1, at(130))
      touch.down(2, at(300), 100)
      touch.move(2, at(400))
      touch.up(1, 300)
      touch.up(2, 350)
      touch.down(3, at(50), 2_000)
      touch.up(3, 2_050)
    },
    ['100,100', 'L100,100', 'L130,100', '130,100', '50,100', 'L50,100', '50,100'],
  ],
  'a tap that the browser took': [
    (touch) => {
      touch.down(1, at(100), 0)
      touch.cancel(1)
      vi.advanceTimersByTime(1_000)
    },
    ['100,100'],
  ],
  'a drag that the browser took': [
    (touch) => {
      touch.down(1, at(100), 0)
      touch.move(1, at(130))
      touch.cancel(1)
      touch.move(1, at(150))
    },
    ['100,100', 'L100,100', 'L130,100', '130,100'],
  ],
  'a drag that is let go from here': [
    (touch) => {
      touch.down(1, at(100), 0)
      touch.move(1, at(130))
      touch.release()
      touch.move(1, at(150))
      touch.up(1, 300)
      touch.up(1, 301)
    },
    ['100,100', 'L100,100', 'L130,100', '130,100'],
  ],
}

describe('a hand', () => {
  it.each(Object.entries(HANDS))('%s', (_name, [does, wanted]) => {
    const { seen, touch } = setUp()
    does(touch)
    expect(seen).toEqual(wanted)
  })
})
