// Valid messages of Selkies 2.1, to begin a fuzz from and to be said and read again unchanged. For tests alone.
import type { ClientMessage } from '../g2/messages.ts'
import type { AudioPacket, VideoFrame } from '../g2/frames.ts'
import { VIDEO_CODECS } from '../g2/frames.ts'
import type { ClipboardPart, ServerMessage } from '../g2/server-messages.ts'
import type { ClientLine, PeerPayload, ServerLine } from '../g2/signalling.ts'
import { CAMERA_CODECS, type CameraFrame } from '../g2/uplink-frames.ts'
import { encodeBase64 } from '../g2/base64.ts'
import type { Random } from './random.ts'

/** What the genuine server says that we do not read (yet), and forms that our own formatter does not use. */
export const GENUINE_TEXTS = [
  'MODE websockets',
  'MK_ACCESS,1',
  'CAPTURE_DEMAND webcam 1',
  'WEBCAM_KEYFRAME',
  'WEBCAM_DISABLED',
  'MICROPHONE_DISABLED',
  'ROLE_UPDATE,{"role":"controller","slot":[1,2]}',
  'KILL superseded by another page',
  'system,{"action":"pointer,primary,310.0,260.0,1,7"}',
  'clipboard_binary,application/x-selkies-clipboard-flavours,e30=',
  '{"type":"display_settings","displayId":"primary","settings":{"framerate":60}}',
  '{"type":"print_document","name":"report.pdf","size_bytes":12345}',
  '{"type":"print_document","data":{"name":"report.pdf","size_bytes":12345}}',
  '{"type":"latency_measurement","data":{"latency_ms":4.2}}',
  '{"type":"system","data":{"action":"command_done,ls"}}',
  '{"type":"system","data":{"action":"mk_access,1"}}',
] as const

/** An offer with the parts that our edits look at. */
export const OFFER = [
  'v=0',
  'o=- 1 2 IN IP4 0.0.0.0',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0 1',
  'm=video 9 UDP/TLS/RTP/SAVPF 97',
  'a=rtpmap:97 H264/90000',
  'a=fmtp:97 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
  'a=candidate:1 1 udp 2130706431 10.0.0.9 40000 typ host',
  'a=candidate:2 1 udp 16777215 192.0.2.9 40001 typ relay raddr 10.0.0.9 rport 40000',
  'a=end-of-candidates',
  'm=audio 9 UDP/TLS/RTP/SAVPF 96',
  'a=rtpmap:96 opus/48000/2',
  'a=fmtp:96 minptime=10;useinbandfec=1',
  'a=ptime:10',
  '',
].join('\r\n')

function word(random: Random): string {
  return random.pick(['primary', 'controller', 'x264', 'größe', 'Ünïcödé', '日本語', '😀 ok', 'a b', 'שלום', 'viewer'])
}

function base64(random: Random): string {
  return encodeBase64(random.bytes(random.int(60)))
}

function side(random: Random): number {
  return 1 + random.int(8192)
}

function clipboardPart(random: Random): ClipboardPart {
  const mime = random.pick(['text/plain', 'image/png', 'text/html'])
  const tags = { reply: false, secret: false }
  switch (random.int(4)) {
    case 0:
      return { kind: 'whole', mime, base64: base64(random), ...tags }
    case 1:
      return { kind: 'start', mime, total: random.int(70_000_000), ...tags }
    case 2:
      return { kind: 'data', base64: base64(random) }
    default:
      return { kind: 'end' }
  }
}

/** What both modes carry. */
export function serverMessage(random: Random): ServerMessage {
  switch (random.int(13)) {
    case 0:
      return { type: 'server-settings', settings: { [word(random)]: { value: random.chance(0.5), locked: false } } }
    case 1: {
      const size = random.chance(0.8) ? { width: side(random), height: side(random) } : null
      return { type: 'display-config', fingerScroll: random.chance(0.5), size }
    }
    case 2:
      return { type: 'resolution', width: side(random), height: side(random) }
    case 3: {
      const [width, height, hotX, hotY] = [random.int(128), random.int(128), random.int(64), random.int(64)]
      return { type: 'cursor', cursor: { png: base64(random), width, height, hotX, hotY, handle: random.int(2 ** 31) } }
    }
    case 4:
      return { type: 'auth', role: word(random), slot: random.chance(0.5) ? null : random.int(4) }
    case 5:
      return { type: 'clipboard', part: clipboardPart(random) }
    case 6:
      return { type: 'stream-info', info: { codec: 'h264', encoder: word(random), full_range: true } }
    case 7:
      return { type: 'stream-stats', stats: { encode_ms: random.int(1000) / 10, throttled: false } }
    case 8:
      return { type: 'rumble', slot: random.int(4), strong: 0.5, weak: 0.25, durationMs: random.int(5000) }
    case 9:
      return {
        type: 'capture-demand',
        what: random.pick(['microphone', 'camera'] as const),
        wanted: random.chance(0.5),
      }
    case 11:
      return { type: 'printed', name: `${word(random)}.pdf`, bytes: random.int(10_000_000) }
    case 10:
      return { type: 'connection', poor: random.chance(0.5) }
    default:
      return random.chance(0.5)
        ? { type: 'rate', kbps: random.int(100_000) }
        : { type: 'video-declined', mime: `video/${random.pick(VIDEO_CODECS).toUpperCase()}` }
  }
}

export function clientMessage(random: Random): ClientMessage {
  const n = (below = 1000) => random.int(below)
  const cases: readonly ClientMessage[] = [
    { type: random.pick(['key-down', 'key-up']), keysym: n(2 ** 25) },
    { type: 'keys-held', keysyms: Array.from({ length: 1 + n(8) }, () => n(2 ** 25)) },
    { type: 'text', text: word(random) },
    { type: 'pointer', relative: false, x: n(), y: n(), mask: n(256), magnitude: n(64), sequence: n() },
    { type: 'pointer', relative: true, x: -n(), y: n(), mask: n(256), magnitude: n(64) },
    { type: 'resize', width: 2 * (1 + n(3000)), height: 2 * (1 + n(2000)) },
    { type: 'dpi', dpi: 96 + n(192) },
    { type: 'frame-rate', fps: 8 + n(232) / 4 },
    { type: 'pong', data: String(n()) },
    { type: 'settings', settings: { tabId: word(random), framerate: n() } },
    { type: 'pad-connect', slot: n(4), name: 'Xbox', axes: n(9), buttons: n(20) },
    { type: 'pad-axis', slot: n(4), axis: n(9), value: n(10_000) / 10_000 },
    { type: 'clipboard-binary', mime: 'image/png', base64: base64(random) },
    { type: 'clipboard-start', id: 'c1', mime: random.chance(0.5) ? null : 'image/png', total: n(10_000_000) },
    { type: 'clipboard-data', binary: random.chance(0.5), id: 'c1', base64: base64(random) },
    { type: 'clipboard-end', binary: random.chance(0.5), id: 'c1' },
    { type: 'frame-ack', frame: n(65_536), heldMs: n() },
    { type: 'lost-frame', frame: n(65_536) },
  ]
  return random.pick(cases)
}

/** An SDP or a candidate. */
export function peerPayload(random: Random): PeerPayload {
  return random.chance(0.5)
    ? { kind: 'sdp', type: random.pick(['offer', 'answer']), sdp: OFFER.slice(random.int(100)) }
    : {
        kind: 'ice',
        candidate: 'candidate:1 1 udp 1 10.0.0.9 40000 typ host',
        sdpMid: '0',
        sdpMLineIndex: random.int(5),
      }
}

export function serverLine(random: Random): ServerLine {
  const peer = `server-${random.int(1000)}`
  return random.pick<ServerLine>([
    { type: 'hello' },
    { type: 'resumed', peer },
    { type: 'session-ok', peer },
    { type: 'error', message: 'peer server not found' },
    { type: 'peer', peer, payload: peerPayload(random) },
    { type: 'peer', peer, payload: peerPayload(random) },
  ])
}

export function clientLine(random: Random): ClientLine {
  const hello = {
    clientType: random.pick(['controller', 'viewer'] as const),
    clientSlot: random.int(5),
    clientTabId: word(random),
    resumeKey: 'k'.repeat(16 + random.int(48)),
    pageSize: [side(random), side(random)] as const,
    ...(random.chance(0.3) ? { clientToken: 'a-token' } : {}),
    displayId: 'primary',
    ccStartKbps: random.chance(0.5) ? null : random.int(10_000),
  }
  return random.pick<ClientLine>([
    { type: 'hello', hello },
    { type: 'session', peer: 'server' },
    { type: 'peer', peer: 'server-1', payload: peerPayload(random) },
  ])
}

export function videoFrame(random: Random): Omit<VideoFrame, 'type'> {
  const key = random.chance(0.3)
  const y = random.pick([0, 0, 360])
  return {
    codec: random.pick(VIDEO_CODECS),
    key,
    anchor: !key && random.chance(0.2),
    id: random.int(0x1_0000),
    y,
    width: side(random),
    height: 1 + random.int(8192 - y),
    reference: random.int(0x1_0000),
    data: random.bytes(1 + random.int(60)),
  }
}

export function cameraFrame(random: Random): CameraFrame {
  return {
    codec: random.pick(CAMERA_CODECS),
    key: random.chance(0.3),
    turns: random.int(4),
    flip: random.chance(0.2),
    data: random.bytes(1 + random.int(60)),
  }
}

/** Packets of one sound frame, oldest first, their times near each other as redundancy wants it. */
export function audioPackets(random: Random): readonly AudioPacket[] {
  const count = 1 + random.int(4)
  const now = random.int(2 ** 32)
  return Array.from({ length: count }, (_, at) => ({
    timestamp: count === 1 ? null : (now - (count - 1 - at) * 480) >>> 0,
    data: random.bytes(1 + random.int(40)),
  }))
}

/** A JPEG's beginning: enough to know its size by. */
export function jpegFrame(random: Random): Uint8Array<ArrayBuffer> {
  const [width, height] = [side(random), 1 + random.int(4000)]
  const header = [0x03, 0, 0, random.int(256), 0, random.int(256)]
  const start = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 11, 8]
  const size = [height >> 8, height & 0xff, width >> 8, width & 0xff, 1, 1, 0x11, 0]
  return Uint8Array.from([...header, ...start, ...size, ...random.bytes(random.int(40))])
}
