// The lines of 1.6 as its server and its own page say them.
import { describe, expect, it } from 'vitest'
import { g1CloseMeaning } from './close-codes.ts'
import {
  formatG1ClientLine,
  formatG1ServerLine,
  parseG1ClientLine,
  parseG1ServerLine,
  type G1ClientLine,
  type G1ServerLine,
} from './signalling.ts'

describe('client lines', () => {
  it('says HELLO with what the desktop is to be', () => {
    const line: G1ClientLine = { type: 'hello', id: 1, meta: { width: 1280, height: 720, scale: 1.5 } }
    expect(formatG1ClientLine(line)).toBe(`HELLO 1 ${btoa('{"res":"1280x720","scale":1.5}')}`)
    expect(parseG1ClientLine(formatG1ClientLine(line))).toEqual(line)
    expect(formatG1ClientLine({ type: 'hello', id: 3, meta: null })).toBe('HELLO 3')
  })

  it.each(['HELLO', 'HELLO x', 'HELLO 1 !!', 'HELLO 1 e30=', 'hello 1', 'SESSION 1', ''])('does not know %s', (text) =>
    expect(parseG1ClientLine(text)).toEqual({ type: 'unknown', text }),
  )
})

describe('server lines', () => {
  it.each<readonly [string, G1ServerLine]>([
    ['HELLO', { type: 'hello' }],
    ["ERROR peer '0' not found", { type: 'error', message: "peer '0' not found" }],
    ['{"sdp": {"type": "offer", "sdp": "v=0"}}', { type: 'peer', payload: { kind: 'sdp', type: 'offer', sdp: 'v=0' } }],
    [
      '{"ice": {"candidate": "candidate:1 1 UDP 2015363327 192.0.2.2 34093 typ host", "sdpMLineIndex": 0}}',
      {
        type: 'peer',
        payload: {
          kind: 'ice',
          candidate: 'candidate:1 1 UDP 2015363327 192.0.2.2 34093 typ host',
          sdpMid: null,
          sdpMLineIndex: 0,
        },
      },
    ],
  ])('reads %s', (text, line) => {
    expect(parseG1ServerLine(text)).toEqual(line)
    expect(parseG1ServerLine(formatG1ServerLine(line))).toEqual(line)
  })

  it.each([
    'HELLO there',
    '[]',
    '{"ice":{"candidate":"x"}}',
    '{"sdp":{"type":"rollback","sdp":""}}',
    'RESUMED server-1',
  ])('does not know %s', (text) => expect(parseG1ServerLine(text)).toEqual({ type: 'unknown', text }))
})

describe('close codes', () => {
  it('tells a place that is taken from a grammar that is wrong', () => {
    expect(g1CloseMeaning(1002, 'invalid peer uid', false).action).toBe('occupied')
    expect(g1CloseMeaning(1002, 'invalid protocol', false).action).toBe('fault')
    expect(g1CloseMeaning(1011, '', false).action).toBe('fault')
  })

  it.each([1000, 1001, 1005, 1006, 4000])('begins anew after %d', (code) =>
    expect(g1CloseMeaning(code, '', true).action).toBe('again'),
  )
})
