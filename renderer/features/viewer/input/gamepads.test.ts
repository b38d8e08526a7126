// Pads with a browser of the test's own: what the desktop is told over polls, plugging, hidden pages and tests.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { formatClientMessage } from '../../../../shared/selkies/g2/messages.ts'
import { captureGamepads, type Gamepads, type PadView } from './gamepads.ts'

interface FakePad {
  readonly id: string
  readonly index: number
  readonly connected: boolean
  readonly mapping: string
  readonly axes: number[]
  readonly buttons: { value: number; pressed: boolean }[]
  readonly vibrationActuator: { playEffect: ReturnType<typeof vi.fn> } | null
}

const pad = (index: number, id = `Pad ${index}`): FakePad => ({
  id,
  index,
  connected: true,
  mapping: 'standard',
  axes: [0, 0],
  buttons: [{ value: 0, pressed: false }],
  vibrationActuator: { playEffect: vi.fn(() => Promise.resolve('complete')) },
})

let present: (FakePad | null)[]
let sent: string[]
let seen: readonly PadView[]
let hidden: boolean
let page: EventTarget & { readonly hidden: boolean }
let window: EventTarget
let pads: Gamepads

beforeEach(() => {
  vi.useFakeTimers()
  present = []
  sent = []
  hidden = false
  window = new EventTarget()
  page = Object.defineProperty(new EventTarget(), 'hidden', { get: () => hidden }) as typeof page
  vi.stubGlobal('window', window)
  vi.stubGlobal('document', page)
  vi.stubGlobal('navigator', { getGamepads: () => present })
  pads = captureGamepads(
    (message) => void sent.push(formatClientMessage(message)),
    (views) => (seen = views),
  )
})
afterEach(() => {
  pads.dispose()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

/** What is sent until the next look at the pads is over. */
const step = (ms = 10): readonly string[] => {
  vi.advanceTimersByTime(ms)
  return sent.splice(0)
}
const plug = (...all: (FakePad | null)[]) => {
  present = all
  window.dispatchEvent(new Event('gamepadconnected'))
}
const press = (index: number, on: boolean) => {
  const button = present[index]?.buttons[0]
  if (button !== undefined) Object.assign(button, { pressed: on, value: on ? 1 : 0 })
}

it('announces a pad, its changes, and a sign of life while something is held', () => {
  plug(pad(0))
  expect(step()).toEqual([`js,c,0,${btoa('Pad 0')},2,1`, 'js,b,0,0,0', 'js,a,0,0,0', 'js,a,0,1,0'])
  press(0, true)
  expect(step(20)).toContain('js,b,0,0,1')
  expect(step(500).filter((text) => text === 'js,h,0').length).toBeGreaterThanOrEqual(4)
  press(0, false)
  step()
  expect(step(500)).toEqual([])
  plug(null)
  expect(step()).toEqual(['js,d,0'])
})

it('keeps slots over plugging, and announces all of them to a new connection', () => {
  plug(pad(0), pad(1))
  step()
  plug(null, pad(1))
  step()
  pads.announce()
  expect(step()[0]).toBe(`js,c,1,${btoa('Pad 1')},2,1`)
  expect(seen.map(({ slot }) => slot)).toEqual([1])
})

describe.each([
  [
    'hidden',
    (on: boolean) => {
      hidden = on
      page.dispatchEvent(new Event('visibilitychange'))
    },
  ],
  ['tested', (on: boolean) => pads.setTesting(on)],
])('while the page is %s', (_name, quiet) => {
  it('everything is let go, at once, and held again afterwards', () => {
    plug(pad(0))
    press(0, true)
    step()
    quiet(true)
    expect(sent.splice(0)).toEqual(['js,b,0,0,0'])
    expect(step(500)).toEqual([])
    pads.rumble(0, 1, 1, 100)
    expect(present[0]?.vibrationActuator?.playEffect).not.toHaveBeenCalled()
    quiet(false)
    expect(sent.splice(0)).toContain('js,b,0,0,1')
  })
})

it('leaves the desktop without pads where the person or the desktop wants none', () => {
  plug(pad(0))
  step()
  pads.setEnabled(false)
  press(0, true)
  expect(step(100)).toEqual(['js,d,0'])
  pads.setEnabled(true)
  expect(step()).toContain('js,b,0,0,1')
})

it('rumbles the pad in that slot, within bounds, and no more than it can feel', () => {
  plug(pad(0), pad(1))
  plug(null, pad(1))
  pads.rumble(1, 7, -1, 99_999)
  const play = present[1]?.vibrationActuator?.playEffect
  expect(play).toHaveBeenCalledExactlyOnceWith('dual-rumble', {
    duration: 5000,
    strongMagnitude: 1,
    weakMagnitude: 0,
  })
  for (let at = 0; at < 1000; at++) pads.rumble(1, 1, 1, 10)
  expect(play?.mock.calls.length).toBeLessThanOrEqual(16)
  // nobody has it
  pads.rumble(3, 1, 1, 10)
})
