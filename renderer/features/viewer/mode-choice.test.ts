// Which mode is spoken.
import { expect, it } from 'vitest'
import { chooseMode, type ModeWish } from './mode-choice.ts'

const wish: ModeWish = { transport: 'auto', noPath: false, mayWebSocket: true, offered: 'dual' }
const selkies = (mode: 'webrtc' | 'websockets' | null, dual = true) => ({ kind: 'selkies2', mode, dual }) as const

it('speaks what the desktop speaks, WebRTC first', () => {
  expect(chooseMode(selkies('webrtc'), wish)).toEqual({ do: 'connect', mode: 'webrtc' })
  expect(chooseMode(selkies('websockets'), wish)).toEqual({ do: 'switch', to: 'webrtc', need: false })
  expect(chooseMode(selkies('websockets', false), wish)).toEqual({ do: 'connect', mode: 'websocket' })
  expect(chooseMode(selkies('websockets'), { ...wish, offered: 'websocket' })).toEqual({
    do: 'connect',
    mode: 'websocket',
  })
})

it('goes to WebSocket when asked, or when no way works', () => {
  expect(chooseMode(selkies('webrtc'), { ...wish, transport: 'websocket' })).toEqual({
    do: 'switch',
    to: 'websocket',
    need: false,
  })
  expect(chooseMode(selkies('webrtc'), { ...wish, noPath: true })).toEqual({
    do: 'switch',
    to: 'websocket',
    need: true,
  })
  expect(chooseMode(selkies('websockets'), { ...wish, noPath: true })).toEqual({ do: 'connect', mode: 'websocket' })
  expect(chooseMode(selkies('webrtc', false), { ...wish, noPath: true }).do).toBe('refuse')
})

it('leaves WebSocket where it is not allowed, and never goes there', () => {
  const strict: ModeWish = { ...wish, mayWebSocket: false }
  expect(chooseMode(selkies('webrtc'), { ...strict, transport: 'websocket', noPath: true })).toEqual({
    do: 'connect',
    mode: 'webrtc',
  })
  expect(chooseMode(selkies('websockets'), strict)).toEqual({ do: 'switch', to: 'webrtc', need: true })
  expect(chooseMode(selkies('websockets'), { ...strict, offered: 'websocket' }).do).toBe('switch')
  expect(chooseMode(selkies('websockets', false), strict).do).toBe('refuse')
})

it('waits between modes, and takes the older generation for what it is', () => {
  expect(chooseMode(selkies(null), wish)).toEqual({ do: 'wait' })
  expect(chooseMode({ kind: 'silent' }, wish)).toEqual({ do: 'wait' })
  for (const each of [wish, { ...wish, transport: 'websocket' as const }, { ...wish, noPath: true }])
    expect(chooseMode({ kind: 'selkies1' }, each)).toEqual({ do: 'connect', mode: 'selkies1' })
})
