// @vitest-environment happy-dom
// Mouse, pen and fingers at the browser's events: what is said, on which lane, and that nothing stays held.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { formatClientMessage } from '../../../../shared/selkies/g2/messages.ts'
import { capturePointer, type Pointer } from './pointer.ts'

let end: Pointer | null = null
afterEach(() => {
  end?.dispose()
  document.body.replaceChildren()
})

function setUp() {
  const target = document.createElement('div')
  document.body.append(target)
  const sent: string[] = []
  const now = { picture: true, gain: null as number | null }
  let sequence = 0
  const pointer = capturePointer({
    target,
    sink(message, lane = 'input') {
      // the number is the next one or none
      if (message.type === 'pointer' && message.sequence !== undefined) expect(message.sequence).toBe(++sequence)
      const text = formatClientMessage(message.type === 'pointer' ? { ...message, sequence: undefined! } : message)
      sent.push(lane === 'pointer' ? `${text} unordered` : text)
    },
    locate: ({ x, y }) => (now.picture ? { x: Math.floor(x), y: Math.floor(y) } : null),
    gain: () => now.gain,
    onPress: () => undefined,
  })
  end = pointer
  let at = 0
  const fire = (type: string, rest: Readonly<Record<string, unknown>> = {}) => {
    const event = new MouseEvent(type, { bubbles: true, cancelable: true })
    const fields = {
      pointerId: 1,
      pointerType: 'mouse',
      clientX: 0,
      clientY: 0,
      movementX: 0,
      movementY: 0,
      buttons: 0,
    }
    for (const [key, value] of Object.entries({ timeStamp: (at += 10), ctrlKey: false, ...fields, ...rest }))
      Object.defineProperty(event, key, { value })
    target.dispatchEvent(event)
    return event.defaultPrevented
  }
  const wheel = (rest: Readonly<Record<string, unknown>>) =>
    fire('wheel', { deltaX: 0, deltaY: 0, deltaMode: 0, shiftKey: false, ...rest })
  return { target, sent, now, pointer, fire, wheel }
}

describe('a mouse', () => {
  it('moves unordered, and presses in order', () => {
    const { sent, fire } = setUp()
    fire('pointermove', { clientX: 10.7, clientY: 5 })
    fire('pointermove', { clientX: 10.9, clientY: 5 })
    expect(fire('pointerdown', { clientX: 10, clientY: 5, buttons: 1 })).toBe(true)
    fire('pointermove', { clientX: 30, clientY: 5, buttons: 1 })
    fire('pointermove', { clientX: 30, clientY: 5, buttons: 3 })
    fire('pointerup', { clientX: 30, clientY: 5 })
    expect(sent).toEqual(['m,10,5,0,0 unordered', 'm,10,5,1,0', 'm,30,5,1,0 unordered', 'm,30,5,5,0', 'm,30,5,0,0'])
  })
  it('is not said more often than its desktop can take', () => {
    const { sent, fire } = setUp()
    for (let at = 0; at < 8; at++) fire('pointerrawupdate', { clientX: at, timeStamp: 100 + at / 4 })
    fire('pointermove', { clientX: 7, timeStamp: 101.9 })
    expect(sent).toEqual(['m,0,0,0,0 unordered', 'm,7,0,0,0 unordered'])
  })
  it('turns its wheel without moving, with what it holds', () => {
    const { sent, fire, wheel } = setUp()
    fire('pointerdown', { clientX: 4, buttons: 1 })
    expect(wheel({ deltaX: -100, deltaY: 200 })).toBe(true)
    expect(sent.slice(1)).toEqual(['m2,0,0,9,2', 'm2,0,0,1,0', 'm2,0,0,65,1', 'm2,0,0,1,0'])
  })
  it('takes a pinched pad for nothing, and Control with a wheel for that', () => {
    const { sent, wheel } = setUp()
    expect(wheel({ deltaY: 100, ctrlKey: true })).toBe(true)
    expect(sent).toEqual([])
    window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Control', ctrlKey: true }))
    wheel({ deltaY: 100, ctrlKey: true })
    expect(sent).toEqual(['m2,0,0,8,1', 'm2,0,0,0,0'])
  })
  it('says nothing while there is no picture', () => {
    const { sent, now, fire } = setUp()
    now.picture = false
    fire('pointerdown', { buttons: 1 })
    expect(sent).toEqual([])
  })
  it('keeps its own menu and history', () => {
    const { fire } = setUp()
    expect(fire('contextmenu')).toBe(true)
    expect(fire('mouseup', { button: 3 })).toBe(true)
  })
})

describe('relative mode', () => {
  it('says movement alone, once, with the remainder', () => {
    const { sent, now, fire } = setUp()
    fire('pointermove', { clientX: 50 })
    now.gain = 1.5
    fire('pointerrawupdate', { clientX: 50, movementX: 3, movementY: -1 })
    fire('pointermove', { clientX: 50, movementX: 3, movementY: -1 })
    fire('pointermove', { clientX: 50, movementX: 1, movementY: -1 })
    fire('pointerdown', { clientX: 50, buttons: 1 })
    fire('pointermove', { clientX: 50, buttons: 1, movementX: 2 })
    fire('pointerup', { clientX: 50 })
    now.gain = null
    fire('pointermove', { clientX: 50 })
    expect(sent.slice(1)).toEqual([
      'm2,4,-1,0,0 unordered',
      'm2,2,-2,0,0 unordered',
      'm2,0,0,1,0',
      'm2,3,0,1,0 unordered',
      'm2,0,0,0,0',
      // the desktop's pointer is elsewhere: said, though it is the same as before
      'm,50,0,0,0 unordered',
    ])
  })
  it('is the mouse’s: a pen and a finger are where they are', () => {
    const { sent, now, fire } = setUp()
    now.gain = 1
    fire('pointermove', { pointerId: 2, pointerType: 'pen', clientX: 9, movementX: 9 })
    expect(sent).toEqual(['m,9,0,0,0 unordered'])
  })
})

describe('a pen', () => {
  it('hovers, draws, and has its own buttons', () => {
    const { sent, fire } = setUp()
    const pen = { pointerId: 5, pointerType: 'pen' }
    fire('pointermove', { ...pen, clientX: 1 })
    fire('pointerdown', { ...pen, clientX: 2, buttons: 1, pressure: 0.2 })
    // the mouse lies beside it, and a palm comes down
    fire('pointermove', { clientX: 70 })
    fire('pointerdown', { pointerId: 9, pointerType: 'touch', clientX: 90, buttons: 1 })
    fire('pointerup', { ...pen, clientX: 3 })
    fire('pointerdown', { ...pen, clientX: 3, buttons: 2 })
    fire('pointerup', { ...pen, clientX: 3 })
    fire('pointerdown', { ...pen, clientX: 4, buttons: 32 })
    fire('pointerup', { ...pen, clientX: 4 })
    expect(sent.map((text) => text.replace(' unordered', ''))).toEqual(
      ['1,0,0', '2,0,1', '3,0,0', '3,0,4', '3,0,0', '4,0,32', '4,0,0'].map((text) => `m,${text},0`),
    )
  })
})

describe('fingers', () => {
  const finger = (pointerId: number, clientX: number, clientY = 0) => ({
    pointerId,
    pointerType: 'touch',
    clientX,
    clientY,
  })
  it('tap', () => {
    const { sent, fire } = setUp()
    fire('pointerdown', { ...finger(3, 20), buttons: 1 })
    fire('pointerup', finger(3, 20))
    expect(sent).toEqual(['m,20,0,0,0 unordered', 'm,20,0,1,0', 'm,20,0,0,0'])
  })
  it('scroll, both ways', () => {
    const { sent, fire } = setUp()
    fire('pointerdown', finger(3, 200, 200))
    fire('pointerdown', finger(4, 300, 200))
    for (const [id, x] of [
      [3, 200],
      [4, 300],
    ] as const) {
      fire('pointermove', finger(id, x, 140))
      fire('pointermove', finger(id, x + 60, 140))
    }
    expect(sent.slice(1)).toEqual(['m2,0,0,8,1', 'm2,0,0,0,0', 'm2,0,0,64,1', 'm2,0,0,0,0'])
  })
})

describe('what is held is let go', () => {
  it.each([
    ['the window loses the focus', () => window.dispatchEvent(new Event('blur'))],
    [
      'the page is hidden',
      () => {
        vi.spyOn(document, 'hidden', 'get').mockReturnValue(true)
        document.dispatchEvent(new Event('visibilitychange'))
      },
    ],
    ['the browser takes the pointer', ({ fire }: ReturnType<typeof setUp>) => fire('pointercancel')],
    ['the browser takes the capture', ({ fire }: ReturnType<typeof setUp>) => fire('lostpointercapture')],
    ['the connection is another', ({ pointer }: ReturnType<typeof setUp>) => pointer.releaseAll()],
    ['it ends', ({ pointer }: ReturnType<typeof setUp>) => pointer.dispose()],
  ])('%s', (_when, leave) => {
    const all = setUp()
    all.fire('pointerdown', { clientX: 5, buttons: 1 })
    leave(all)
    // the hand is still on it
    all.fire('pointermove', { clientX: 6, buttons: 1 })
    expect(all.sent.filter((text) => !text.endsWith('unordered'))).toEqual(['m,5,0,1,0', 'm2,0,0,0,0'])
    expect(all.sent.filter((text) => text.startsWith('m,6,0,1'))).toEqual([])
  })
  it('a drag of a finger too', () => {
    const { sent, fire } = setUp()
    fire('pointerdown', { pointerId: 3, pointerType: 'touch', clientX: 10 })
    fire('pointermove', { pointerId: 3, pointerType: 'touch', clientX: 50 })
    window.dispatchEvent(new Event('blur'))
    fire('pointermove', { pointerId: 3, pointerType: 'touch', clientX: 90 })
    expect(sent.at(-1)).toBe('m2,0,0,0,0')
    expect(sent.filter((text) => text.startsWith('m,90'))).toEqual([])
  })
})
