// Answers of genuine servers and of others.
import { expect, it } from 'vitest'
import { countSessions, readProbe } from './probe.ts'

const none = { status: null, turn: null, health: null }
const ok = (body: string) => ({ status: 200, body })

it('recognises both generations', () => {
  const status = ok('{"current_mode":"webrtc","available_modes":["webrtc","websockets"],"enable_dual_mode":true}')
  expect(readProbe({ ...none, status })).toEqual({ kind: 'selkies2', mode: 'webrtc', dual: true })
  expect(readProbe({ ...none, status: ok('{"current_mode":null}') })).toEqual({
    kind: 'selkies2',
    mode: null,
    dual: false,
  })
  expect(readProbe({ ...none, turn: ok('{"iceServers":[]}') })).toEqual({ kind: 'selkies1' })
  expect(readProbe({ ...none, health: ok('OK\n') })).toEqual({ kind: 'selkies1' })
})

it('is not fooled by pages', () => {
  expect(readProbe({ ...none, status: ok('<html>') })).toEqual({ kind: 'other' })
  expect(readProbe({ ...none, status: { status: 502, body: '{"current_mode":"webrtc"}' } })).toEqual({ kind: 'other' })
  expect(readProbe(none)).toEqual({ kind: 'silent' })
})

it('counts sessions', () => {
  expect(countSessions('{"sessions":[{"id":"a"},{"id":"b"}]}')).toBe(2)
  expect(countSessions('nope')).toBeNull()
})
