// The signalling lines as the genuine server says and takes them.
import { describe, expect, it } from 'vitest'
import { closeMeaning } from './close-codes.ts'
import { formatClientLine, formatServerLine, parseClientLine, parseServerLine, type Hello } from './signalling.ts'

const hello: Hello = {
  clientType: 'controller',
  clientSlot: 1,
  clientTabId: 'tab',
  resumeKey: 'abcdefghij0123456789',
  pageSize: [1280, 720],
  displayId: 'primary',
  ccStartKbps: null,
}

describe('lines', () => {
  it('says HELLO with everything the server wants', () => {
    const line = formatClientLine({ type: 'hello', hello })
    expect(line.startsWith('HELLO client {')).toBe(true)
    expect(JSON.parse(line.slice(13))).toMatchObject({
      client_type: 'controller',
      client_slot: 1,
      client_tab_id: 'tab',
      resume_key: 'abcdefghij0123456789',
      page_size: [1280, 720],
      fullcolor_codecs: [],
      tenbit_codecs: [],
    })
    expect(parseClientLine(line)).toEqual({ type: 'hello', hello })
  })

  it('names a second display and its side', () => {
    const second: Hello = { ...hello, displayId: 'display2', displayPosition: 'up' }
    const line = formatClientLine({ type: 'hello', hello: second })
    expect(JSON.parse(line.slice(13))).toMatchObject({ display_id: 'display2', display_position: 'up' })
    expect(parseClientLine(line)).toEqual({ type: 'hello', hello: second })
    // the server takes what is no side for the right
    expect(parseClientLine(line.replace('"up"', '["up"]'))).toMatchObject({ hello: { displayPosition: 'right' } })
  })

  it.each([
    'HELLO 1',
    'HELLO client',
    'HELLO client []',
    'hello client {}',
    'foo',
    '',
    'HELLO client {"client_type":"x"}',
  ])('does not take %j', (text) => expect(parseClientLine(text)).toEqual({ type: 'unknown', text }))

  it('reads answers', () => {
    expect(parseServerLine('HELLO')).toEqual({ type: 'hello' })
    expect(parseServerLine('RESUMED server-1')).toEqual({ type: 'resumed', peer: 'server-1' })
    expect(parseServerLine('SESSION_OK server-1')).toEqual({ type: 'session-ok', peer: 'server-1' })
    expect(parseServerLine('ERROR peer server not found')).toEqual({ type: 'error', message: 'peer server not found' })
    expect(parseServerLine('server-1 {"new":1}')).toMatchObject({ type: 'unknown' })
  })

  it('carries SDP and candidates both ways', () => {
    const sdp = { type: 'peer', peer: 'server-1', payload: { kind: 'sdp', type: 'offer', sdp: 'v=0\r\n' } } as const
    expect(parseServerLine(formatServerLine(sdp))).toEqual(sdp)
    expect(formatServerLine(sdp)).toBe('server-1 {"sdp":{"type":"offer","sdp":"v=0\\r\\n"}}')
    const ice = {
      type: 'peer',
      peer: 'server-1',
      payload: { kind: 'ice', candidate: '', sdpMid: '0', sdpMLineIndex: 0 },
    } as const
    expect(parseClientLine(formatClientLine(ice))).toEqual(ice)
  })
})

it('knows what an end means', () => {
  expect(closeMeaning(1006, '', true).action).toBe('resume')
  expect(closeMeaning(1001, 'Server going away.', true).action).toBe('probe')
  expect(closeMeaning(1000, '', false).action).toBe('fault')
  expect(closeMeaning(1000, 'Connection closed', true).action).toBe('again')
  expect(closeMeaning(4029, '', false).action).toBe('wait')
  expect(closeMeaning(4001, 'Superseded by a new connection.', true).action).toBe('elsewhere')
  expect(closeMeaning(4000, 'Player slot takeover loop detected; another page holds it.', true).action).toBe(
    'elsewhere',
  )
  expect(closeMeaning(4001, 'Invalid authentication token', true).action).toBe('credential')
  expect(closeMeaning(4002, 'Token revoked', true).action).toBe('credential')
  expect(closeMeaning(4000, 'Second screens are disabled on this server.', true)).toEqual({
    action: 'stop',
    sentence: 'Second screens are disabled on this server.',
  })
})
