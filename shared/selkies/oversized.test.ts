// Messages of megabytes and transfers without end: refused before they cost anything.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createClipboardAssembler, TRANSFER_LIMIT } from './g2/clipboard.ts'
import { formatAudioFrame, formatVideoFrame, parseFrame } from './g2/frames.ts'
import { parseClientMessage } from './g2/messages.ts'
import { parseRtcMessage, parseWsText } from './g2/server-messages.ts'
import { parseClientLine, parseServerLine } from './g2/signalling.ts'
import { FRAME_LIMIT, SIDE_LIMIT, TEXT_LIMIT } from './limits.ts'
import { countSessions } from './probe.ts'
import { addCandidates, editAnswer, listCandidates, removeCandidates } from './sdp.ts'

const MIB = 1024 * 1024

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('texts', () => {
  it('of 10 MB of settings are not even parsed', () => {
    const parse = vi.spyOn(JSON, 'parse')
    const settings = JSON.stringify({ name: 'x'.repeat(10_000_000) })
    expect(parseRtcMessage(`{"type":"server_settings","data":{"settings":${settings}}}`).type).toBe('unknown')
    expect(parseWsText(`{"type":"server_settings","settings":${settings}}`).type).toBe('unknown')
    expect(parseServerLine(`server-1 ${settings}`).type).toBe('unknown')
    expect(parseClientLine(`server-1 ${settings}`).type).toBe('unknown')
    expect(parseClientMessage(`SETTINGS,${settings}`).type).toBe('unknown')
    expect(countSessions(`{"sessions":[${settings}]}`)).toBeNull()
    expect(parse).not.toHaveBeenCalled()
  })

  it('of one word, of commas and of brackets without end are read at once', () => {
    const fill = (text: string) => text.repeat(TEXT_LIMIT / text.length)
    for (const text of [fill('A'), fill(','), fill(' '), `system,${fill('{"a":')}`, `{${fill('[')}`, fill('9')].map(
      (all) => all.slice(0, TEXT_LIMIT),
    )) {
      expect(parseWsText(text).type).toBe('unknown')
      expect(parseRtcMessage(text).type).toBe('unknown')
      expect(parseClientMessage(text).type).toBe('unknown')
    }
    const deep = `{"type":"server_settings","settings":{"a":${'['.repeat(MIB)}${']'.repeat(MIB)}}}`
    expect(parseWsText(deep).type).toBe('server-settings')
  })

  it('with an ancestor of every object in them give nobody a new property', () => {
    const settings = '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}'
    const message = parseRtcMessage(`{"type":"server_settings","data":{"settings":${settings}}}`)
    expect(message.type).toBe('server-settings')
    expect('admin' in {}).toBe(false)
    expect(parseRtcMessage('{"__proto__":{"type":"cc_rate","data":{"kbps":1}}}').type).toBe('unknown')
  })
})

describe('what is malformed does not change what was agreed', () => {
  it('settings that are none do not allow what was forbidden', () => {
    for (const settings of ['null', '[]', '"all"', '1'])
      expect(parseRtcMessage(`{"type":"server_settings","data":{"settings":${settings}}}`).type).toBe('unknown')
  })
  it('a broken or huge cursor does not hide the pointer', () => {
    expect(parseWsText('cursor,{').type).toBe('unknown')
    expect(parseWsText('cursor,{"handle":0}').type).toBe('unknown')
    expect(parseWsText(`cursor,{"curdata":"${'A'.repeat(MIB)}","handle":0}`).type).toBe('unknown')
    expect(parseWsText('cursor,{"curdata":"","handle":0}').type).toBe('cursor')
  })
})

describe('SDP', () => {
  it('of a quarter of a million lines is edited without a limit of the stack', () => {
    const lines = `m=video 9\r\n${'a=x\r\n'.repeat(MIB / 4)}`
    const added = [{ protocol: 'udp', host: '192.0.2.1', port: 1 }] as const
    expect(listCandidates(addCandidates(lines, added))).toHaveLength(1)
    expect(removeCandidates(lines)).toHaveLength(lines.length)
    expect(editAnswer(lines, lines)).toHaveLength(lines.length)
  })
})

describe('frames', () => {
  it('larger than any that a server sends, and of pictures that nobody can show, are not read', () => {
    expect(parseFrame(new ArrayBuffer(FRAME_LIMIT + 1)).type).toBe('unknown')
    const frame = { codec: 'h264', key: true, anchor: false, id: 0, reference: 0, data: new Uint8Array(1) } as const
    const read = (y: number, width: number, height: number) =>
      parseFrame(formatVideoFrame({ ...frame, y, width, height }).buffer).type
    expect(read(0, SIDE_LIMIT, SIDE_LIMIT)).toBe('video')
    expect(read(1, SIDE_LIMIT, SIDE_LIMIT)).toBe('unknown')
    expect(read(0, 65_535, 65_535)).toBe('unknown')
    expect(read(0, 0, 720)).toBe('unknown')
  })
  it('have as many packets of sound as there are bytes for, and no more', () => {
    const packets = Array.from({ length: 128 }, (_, at) => ({ timestamp: at, data: new Uint8Array(0) }))
    const bytes = formatAudioFrame(packets)
    const frame = parseFrame(bytes.buffer)
    expect(frame.type === 'audio' && frame.packets.length).toBe(128)
    expect(parseFrame(bytes.slice(0, -1).buffer).type).toBe('unknown')
  })
})

describe('a clipboard without end', () => {
  const start = (total: number) => ({ kind: 'start', mime: 'text/plain', total, reply: false, secret: false }) as const

  it('holds what arrived, not what was promised', () => {
    let allocated = 0
    const Counting = new Proxy(Uint8Array, {
      construct(target, parameters: readonly unknown[]) {
        if (typeof parameters[0] === 'number') allocated += parameters[0]
        return Reflect.construct(target, parameters) as object
      },
    })
    vi.stubGlobal('Uint8Array', Counting)
    const assembler = createClipboardAssembler()
    assembler.take(start(TRANSFER_LIMIT))
    expect(allocated).toBe(0)
    // empty pieces and pieces of one byte: nothing is kept of each
    for (let at = 0; at < 200_000; at++) assembler.take({ kind: 'data', base64: at % 2 === 0 ? '' : 'QQ==' })
    expect(allocated).toBeLessThan(1 * MIB)
    // a new one lets the old one go
    assembler.take(start(1))
    assembler.take({ kind: 'data', base64: 'QQ==' })
    expect(assembler.take({ kind: 'end' })?.bytes).toHaveLength(1)
  })

  it('of a promised gigabyte, or of no size, is discarded with its pieces', () => {
    const decode = vi.fn(atob)
    vi.stubGlobal('atob', decode)
    for (const total of [1_000_000_000, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      const assembler = createClipboardAssembler()
      assembler.take(start(total))
      assembler.take({ kind: 'data', base64: 'QQ==' })
      expect(assembler.take({ kind: 'end' })).toBeNull()
    }
    expect(decode).not.toHaveBeenCalled()
  })

  it('ends with the piece that is more than was promised', () => {
    const decode = vi.fn(atob)
    vi.stubGlobal('atob', decode)
    const assembler = createClipboardAssembler()
    assembler.take(start(3))
    assembler.take({ kind: 'data', base64: 'A'.repeat(MIB) })
    assembler.take({ kind: 'data', base64: 'QUFB' })
    expect(assembler.take({ kind: 'end' })).toBeNull()
    expect(decode).not.toHaveBeenCalled()
  })
})
