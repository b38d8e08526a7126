// Verbs and announcements against what the genuine server said and took.
import { describe, expect, it } from 'vitest'
import { createClipboardAssembler, clipboardMessages, clipboardParts, CHUNK_BYTES } from './clipboard.ts'
import { formatClientMessage, parseClientMessage, type ClientMessage } from './messages.ts'
import { formatRtcMessage, formatWsText } from './server-format.ts'
import { parseRtcMessage, parseWsText, type ServerMessage } from './server-messages.ts'

describe('client verbs', () => {
  const cases: readonly (readonly [string, ClientMessage])[] = [
    ['kd,65505', { type: 'key-down', keysym: 65505 }],
    ['kh,97,65505', { type: 'keys-held', keysyms: [97, 65505] }],
    ['kr', { type: 'release-keys' }],
    ['co,end,a, b 😀', { type: 'text', text: 'a, b 😀' }],
    ['m,10,20,1,0,7', { type: 'pointer', relative: false, x: 10, y: 20, mask: 1, magnitude: 0, sequence: 7 }],
    ['m2,0,0,8,2', { type: 'pointer', relative: true, x: 0, y: 0, mask: 8, magnitude: 2 }],
    ['r,1280x720', { type: 'resize', width: 1280, height: 720 }],
    ['s,96', { type: 'dpi', dpi: 96 }],
    ['vb,8000', { type: 'video-bitrate', kbps: 8000 }],
    ['_arg_fps,60', { type: 'frame-rate', fps: 60 }],
    ['START_AUDIO', { type: 'start-audio' }],
    ['REQUEST_KEYFRAME', { type: 'key-frame' }],
    ['_gz,1', { type: 'gzip' }],
    ['js,c,0,WGJveA==,4,17', { type: 'pad-connect', slot: 0, name: 'Xbox', axes: 4, buttons: 17 }],
    ['js,b,0,7,0.5', { type: 'pad-button', slot: 0, button: 7, value: 0.5 }],
    ['js,h,0', { type: 'pad-heartbeat', slot: 0 }],
    ['cws,x,300000', { type: 'clipboard-start', id: 'x', mime: null, total: 300000 }],
    ['cbs,x,image/png,4', { type: 'clipboard-start', id: 'x', mime: 'image/png', total: 4 }],
    ['cr', { type: 'clipboard-read', when: 'connect' }],
    ['CLIENT_FRAME_ACK 17 3', { type: 'frame-ack', frame: 17, heldMs: 3 }],
    ['LOST_FRAME 61', { type: 'lost-frame', frame: 61 }],
    ['SETTINGS,{"tabId":"a"}', { type: 'settings', settings: { tabId: 'a' } }],
  ]
  it.each(cases)('%s', (text, message) => {
    expect(formatClientMessage(message)).toBe(text)
    expect(parseClientMessage(text)).toEqual(message)
  })

  it('never sends fractions, odd sizes or DPI out of range', () => {
    const pointer = { type: 'pointer', relative: false, x: 320.5, y: 1.2, mask: 0, magnitude: 0 } as const
    expect(formatClientMessage(pointer)).toBe('m,321,1,0,0')
    expect(formatClientMessage({ type: 'resize', width: 1283, height: 723 })).toBe('r,1282x722')
    expect(formatClientMessage({ type: 'resize', width: 9000, height: 5000 })).toBe('r,7680x4320')
    expect(formatClientMessage({ type: 'dpi', dpi: 50 })).toBe('s,96')
  })

  it.each(['m,320.5,1,0,0', 'm,1,2,0', 'kd,0x61', 'nonsense', 'SETTINGS,{', 'r,12', 'js,b,x,1,1'])(
    'takes %s as little as the server does',
    (text) => expect(parseClientMessage(text)).toEqual({ type: 'unknown', text }),
  )
})

describe('server messages', () => {
  it('reads the data channel', () => {
    expect(parseRtcMessage('{"type":"system","data":{"action":"resolution,1366x766"}}')).toEqual({
      type: 'resolution',
      width: 1366,
      height: 766,
    })
    expect(parseRtcMessage('{"type":"system","data":{"action":"capture_demand,microphone,1"}}')).toEqual({
      type: 'capture-demand',
      what: 'microphone',
      wanted: true,
    })
    expect(parseRtcMessage('{"type":"system","data":{"action":"capture_demand,microphone,yes"}}').type).toBe('unknown')
    expect(parseRtcMessage('{"type":"system","data":{"action":"rumble,0,0.500,0.250,700"}}')).toEqual({
      type: 'rumble',
      slot: 0,
      strong: 0.5,
      weak: 0.25,
      durationMs: 700,
    })
    expect(
      parseRtcMessage(
        '{"type":"system","data":{"action":"auth_success,{\\"role\\":\\"controller\\",\\"slot\\":null}"}}',
      ),
    ).toEqual({ type: 'auth', role: 'controller', slot: null })
    expect(parseRtcMessage('{"type":"new thing"}').type).toBe('unknown')
    expect(parseRtcMessage('oops').type).toBe('unknown')
  })

  it('reads WebSocket text', () => {
    expect(parseWsText('MODE websockets')).toEqual({ type: 'mode' })
    expect(parseWsText('PIPELINE_RESETTING primary')).toEqual({ type: 'pipeline-reset', display: 'primary' })
    expect(parseWsText('PIPELINE_RESETTING display2')).toEqual({ type: 'pipeline-reset', display: 'display2' })
    expect(parseWsText('DISPLAY_OWNER <b>')).toEqual({ type: 'owner', display: 'primary' })
    expect(parseWsText('{"type":"stream_resolution","width":1282,"height":722,"displayId":"primary"}')).toEqual({
      type: 'resolution',
      width: 1282,
      height: 722,
    })
    expect(parseWsText('KILL superseded')).toEqual({ type: 'kill', reason: 'superseded' })
    expect(parseWsText('CAPTURE_DEMAND webcam 1')).toEqual({ type: 'capture-demand', what: 'camera', wanted: true })
    expect(parseWsText('CAPTURE_DEMAND microphone 0')).toEqual({
      type: 'capture-demand',
      what: 'microphone',
      wanted: false,
    })
    for (const text of ['CAPTURE_DEMAND screen 1', 'CAPTURE_DEMAND webcam', 'CAPTURE_DEMAND webcam 1 1'])
      expect(parseWsText(text).type).toBe('unknown')
    expect(parseWsText('MICROPHONE_DISABLED')).toEqual({ type: 'capture-refused', what: 'microphone' })
    expect(parseWsText('WEBCAM_DISABLED')).toEqual({ type: 'capture-refused', what: 'camera' })
    expect(parseWsText('WEBCAM_KEYFRAME')).toEqual({ type: 'camera-key-frame' })
    expect(parseWsText('CONNECTION poor')).toEqual({ type: 'connection', poor: true })
    // WebRTC mode alone says it; a genuine one comes each second
    expect(parseRtcMessage('{"type":"latency_measurement","data":{"latency_ms":4.2}}')).toEqual({
      type: 'latency',
      ms: 4.2,
    })
    expect(parseRtcMessage(formatRtcMessage({ type: 'latency', ms: 0.5 }))).toEqual({ type: 'latency', ms: 0.5 })
    expect(parseWsText('NEW_VERB 1').type).toBe('unknown')
    expect(parseWsText('{"type":"print_document","name":"report.pdf","size_bytes":12345}')).toEqual({
      type: 'printed',
      name: 'report.pdf',
      bytes: 12_345,
    })
    // a name that would lead out of the spool, or that is no document
    for (const name of ['../x.pdf', 'a/b.pdf', '.hidden.pdf', 'x.html', '.pdf', '', 7, 'a\n.pdf'])
      expect(parseWsText(JSON.stringify({ type: 'print_document', name, size_bytes: 1 })).type).toBe('unknown')
  })

  const both: readonly ServerMessage[] = [
    { type: 'server-settings', settings: { framerate: { default: 60 } } },
    { type: 'display-config', fingerScroll: false, size: { width: 1280, height: 720 } },
    { type: 'cursor', cursor: { png: 'AAAA', width: 16, height: 16, hotX: 1, hotY: 2, handle: 9 } },
    { type: 'resolution', width: 800, height: 600 },
    { type: 'stream-info', info: { codec: 'h264' } },
    { type: 'connection', poor: false },
    { type: 'rate', kbps: 4000 },
    { type: 'rumble', slot: 1, strong: 1, weak: 0, durationMs: 100 },
    { type: 'video-declined', mime: 'video/H265' },
    { type: 'auth', role: 'viewer', slot: null },
    { type: 'printed', name: 'Bericht (2).pdf', bytes: 12_345 },
  ]
  it.each(both)('carries $type in both modes', (message) => {
    expect(parseRtcMessage(formatRtcMessage(message))).toEqual(message)
    expect(parseWsText(formatWsText(message))).toEqual(message)
  })
})

describe('clipboard', () => {
  const big = new Uint8Array(300_000).map((_, index) => index % 251)

  it('cuts 300 kB as the genuine server does', () => {
    const messages = [...clipboardMessages(big, 'text/plain', 't1')]
    expect(messages).toHaveLength(1 + 19 + 1)
    expect(messages[0]).toEqual({ type: 'clipboard-start', id: 't1', mime: null, total: 300_000 })
    expect([...clipboardMessages(new Uint8Array(CHUNK_BYTES), 'image/png', 'x')][0]?.type).toBe('clipboard-binary')
  })

  it('puts pieces together in both modes', () => {
    for (const [format, parse] of [
      [formatRtcMessage, parseRtcMessage],
      [formatWsText, parseWsText],
    ] as const) {
      const assembler = createClipboardAssembler()
      const arrived = clipboardParts(big, 'text/plain')
        .map((part) => parse(format({ type: 'clipboard', part })))
        .map((message) => (message.type === 'clipboard' ? assembler.take(message.part) : null))
      expect(arrived.at(-1)?.bytes).toEqual(big)
      expect(arrived.slice(0, -1).every((content) => content === null)).toBe(true)
    }
  })

  it('discards a superseded and a broken transfer', () => {
    const assembler = createClipboardAssembler()
    const [start, first] = clipboardParts(big, 'text/plain')
    for (const part of [start, first]) if (part) assembler.take(part)
    expect(assembler.take({ kind: 'end' })).toBeNull()
    if (start) assembler.take(start)
    const whole = { kind: 'whole', mime: 'text/plain', base64: btoa('hi'), reply: false, secret: false } as const
    expect(assembler.take(whole)?.bytes).toEqual(new TextEncoder().encode('hi'))
    expect(assembler.take({ kind: 'end' })).toBeNull()
    expect(assembler.take({ ...whole, base64: '%%%' })).toBeNull()
  })

  it('keeps the marks of WebSocket mode with their payload', () => {
    const assembler = createClipboardAssembler()
    assembler.take({ kind: 'mark', mark: 'reply' })
    const whole = { kind: 'whole', mime: 'text/plain', base64: '', reply: false, secret: false } as const
    expect(assembler.take(whole)?.reply).toBe(true)
    expect(assembler.take(whole)?.reply).toBe(false)
  })
})
