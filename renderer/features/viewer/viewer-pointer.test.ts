// @vitest-environment happy-dom
// Relative mode in a window: who paints the cursor, what a lost and a new connection do, the hint at a hidden one.
import { afterEach, expect, it, vi } from 'vitest'
import { DEFAULT_SETTINGS } from '../../../shared/domain/settings.ts'
import { formatClientMessage } from '../../../shared/selkies/g2/messages.ts'
import { createViewerPointer, type ViewerPointer } from './viewer-pointer.ts'
import { createViewerStore } from './viewer-state.ts'

let end: ViewerPointer | undefined
afterEach(() => {
  end?.dispose()
  document.body.replaceChildren()
})

function setUp() {
  const stage = document.createElement('div')
  document.body.append(stage)
  let locked: Element | null = null
  const change = (to: Element | null) => {
    locked = to
    document.dispatchEvent(new Event('pointerlockchange'))
  }
  Object.defineProperty(document, 'pointerLockElement', { configurable: true, get: () => locked })
  document.exitPointerLock = () => change(null)
  stage.requestPointerLock = () => Promise.resolve(change(stage))
  vi.spyOn(stage, 'getBoundingClientRect').mockReturnValue(new DOMRect(0, 0, 640, 360))
  const store = createViewerStore(0)
  store.setState({ status: { kind: 'connected' }, picture: { width: 1280, height: 720 } })
  const now = { open: true, sent: [] as string[], said: [] as string[] }
  const pointer = createViewerPointer({
    stage,
    sink: (message) => void (now.open && now.sent.push(formatClientMessage(message))),
    store,
    settings: () => DEFAULT_SETTINGS,
    source: () => stage,
    onPress: () => undefined,
    say: ({ text }) => void now.said.push(text),
  })
  end = pointer
  const move = (fields: Readonly<Record<string, unknown>>) => {
    const event = new MouseEvent('pointermove')
    const all = { pointerId: 1, pointerType: 'mouse', buttons: 0, ctrlKey: false, clientY: 0, movementY: 0, ...fields }
    for (const [key, value] of Object.entries(all)) Object.defineProperty(event, key, { value })
    stage.dispatchEvent(event)
  }
  return { store, now, pointer, change, move }
}
const HIDDEN = { png: '', width: 0, height: 0, hotX: 0, hotY: 0, handle: 0 }

it('has the desktop paint its cursor, and moves as far as it looks', async () => {
  const { store, now, pointer, change, move } = setUp()
  await pointer.setRelative(true)
  expect(store.getState().mouse).toBe('accelerated')
  expect(now.said).toEqual(['The mouse is the desktop’s. Release with'])
  move({ clientX: 300, movementX: 5, movementY: -2, timeStamp: 10 })
  // by the browser: Esc
  change(null)
  expect(store.getState().mouse).toBeNull()
  move({ clientX: 300, movementX: 5, timeStamp: 20 })
  expect(now.sent).toEqual(['m2,0,0,0,0,1', 'p,1', 'm2,10,-4,0,0,2', 'm2,0,0,0,0,3', 'p,0', 'm,600,0,0,0,4'])
})

it('gives the mouse back at a lost connection, and takes the painted cursor out at the next', async () => {
  const { store, now, pointer } = setUp()
  await pointer.setRelative(true)
  now.open = false
  pointer.lost()
  expect(store.getState().mouse).toBeNull()
  now.open = true
  now.sent.length = 0
  pointer.opened()
  expect(now.sent.map((text) => text.replace(/,\d+$/, ''))).toEqual(['m2,0,0,0,0', 'p'])
  expect(now.sent.at(-1)).toBe('p,0')
})

it('hides what the desktop hides, and says once how games get the mouse', () => {
  const { store, now, pointer, move } = setUp()
  vi.spyOn(performance, 'now').mockReturnValue(1_000)
  pointer.setCursor(HIDDEN)
  expect(store.getState().cursor).toBe('none')
  for (const [clientX, timeStamp] of [
    [200, 1_500],
    [400, 2_100],
    [0, 4_000],
  ] as const)
    move({ clientX, timeStamp })
  expect(now.said).toEqual(['A program hides the pointer. Give it the whole mouse with'])
})
