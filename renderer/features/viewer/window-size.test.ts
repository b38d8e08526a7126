// When a window asks for its size: once it can be heard, and once.
import { beforeEach, expect, test, vi } from 'vitest'
import { DEFAULT_SETTINGS } from '../../../shared/domain/settings.ts'
import type { ClientMessage } from '../../../shared/selkies/g2/messages.ts'
import type { Size } from './input/geometry.ts'
import { createWindowSize } from './window-size.ts'

let changed: () => void
beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('window', { devicePixelRatio: 1 })
  vi.stubGlobal(
    'ResizeObserver',
    class {
      constructor(onChange: () => void) {
        changed = onChange
      }
      observe = (): void => undefined
      disconnect = (): void => undefined
    },
  )
  return () => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  }
})

function open() {
  const sent: ClientMessage[] = []
  const stage = { clientWidth: 800, clientHeight: 600 }
  const size = createWindowSize({
    stage: stage as HTMLElement,
    settings: () => DEFAULT_SETTINGS,
    wanted: () => 'window',
    sink: (message) => void sent.push(message),
    fit: (wish: Size) => wish,
    onResize: () => undefined,
  })
  const resize = (width: number) => {
    stage.clientWidth = width
    changed()
    vi.advanceTimersByTime(1000)
  }
  return { size, resize, asked: () => sent.flatMap((one) => (one.type === 'resize' ? [one.width] : [])) }
}

test('a window that changes while the connection is made is asked for when it is open', () => {
  const { size, resize, asked } = open()
  size.told(null)
  resize(900)
  expect(asked()).toEqual([])
  size.opened()
  expect(asked()).toEqual([900])
})

test('what the greeting told is not asked again, what changed since then is', () => {
  const { size, resize, asked } = open()
  size.told(size.wish())
  size.opened()
  expect(asked()).toEqual([])
  size.told(size.wish())
  resize(1000)
  size.opened()
  expect(asked()).toEqual([1000])
})

test('an open connection is asked when the window rests, and once', () => {
  const { size, resize, asked } = open()
  size.told(null)
  size.opened()
  resize(800)
  resize(700)
  expect(asked()).toEqual([800, 700])
})
