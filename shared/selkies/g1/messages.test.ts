// What a desktop of 1.6 is told, and what it is never told.
import { expect, it } from 'vitest'
import type { ClientMessage } from '../g2/messages.ts'
import { formatG1Message, G1_CLIPBOARD_BYTES } from './messages.ts'

it.each<readonly [ClientMessage, string]>([
  [{ type: 'key-down', keysym: 97 }, 'kd,97'],
  [{ type: 'release-keys' }, 'kr'],
  [{ type: 'pointer', relative: false, x: 10.6, y: 20, mask: 1, magnitude: 0, sequence: 7 }, 'm,11,20,1,0'],
  [{ type: 'pointer', relative: true, x: -1, y: 0.2, mask: 0, magnitude: 0 }, 'm2,-1,0,0,0'],
  [{ type: 'resize', width: 1003, height: 701 }, 'r,1000x700'],
  [{ type: 'dpi', dpi: 144 }, 's,1.5'],
  [{ type: 'dpi', dpi: 288 }, 's,2.5'],
  [{ type: 'frame-rate', fps: 59.94 }, '_arg_fps,60'],
  [{ type: 'video-bitrate', kbps: 4000 }, 'vb,4000'],
  [{ type: 'audio-bitrate', bps: 96_000 }, 'ab,96000'],
  [{ type: 'cursor-in-video', on: true }, 'p,1'],
  [{ type: 'clipboard-read', when: 'connect' }, 'cr'],
  [{ type: 'clipboard-text', base64: 'aGk=' }, 'cw,aGk='],
  [{ type: 'pad-connect', slot: 0, name: 'Pad', axes: 4, buttons: 17 }, 'js,c,0,UGFk,4,17'],
  [{ type: 'pad-axis', slot: 0, axis: 1, value: -0.5 }, 'js,a,0,1,-0.5'],
  [{ type: 'pong', data: '1.5' }, 'pong,1.5'],
])('says %j', (message, line) => expect(formatG1Message(message)).toBe(line))

it.each<ClientMessage>([
  { type: 'keys-held', keysyms: [97] },
  { type: 'text', text: 'a' },
  { type: 'gzip' },
  { type: 'stats', on: true },
  { type: 'start-audio' },
  { type: 'settings', settings: {} },
  { type: 'pad-heartbeat', slot: 0 },
  { type: 'clipboard-binary', mime: 'image/png', base64: '' },
  { type: 'clipboard-start', id: 'a', mime: null, total: 100_000 },
  { type: 'key-frame' },
])('has no word for %j', (message) => expect(formatG1Message(message)).toBeNull())

it('takes a text to the last byte that its channel carries', () => {
  const text = (bytes: number): ClientMessage => ({ type: 'clipboard-text', base64: btoa('a'.repeat(bytes)) })
  expect(formatG1Message(text(G1_CLIPBOARD_BYTES))).toHaveLength(65_535)
  expect(formatG1Message(text(G1_CLIPBOARD_BYTES + 1))).toBeNull()
})
