// What a genuine server of 1.6 says, and what it would never say.
import { describe, expect, it } from 'vitest'
import { pngSize } from './png-size.ts'
import { parseG1Message, type G1ServerMessage } from './server-messages.ts'

/** A PNG of 24x16 px: as much of it as tells its size. */
const PNG = btoa('\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x18\0\0\0\x10\x08\x06\0\0\0')
const system = (action: string): string => JSON.stringify({ type: 'system', data: { action } })
const cursor = (data: object): string => JSON.stringify({ type: 'cursor', data })

it.each<readonly [string, G1ServerMessage]>([
  ['{"type": "ping", "data": {"start_time": 1764427000.123}}', { type: 'ping' }],
  ['{"type": "latency_measurement", "data": {"latency_ms": 1.25}}', { type: 'latency', ms: 1.25 }],
  ['{"type": "pipeline", "data": {"status": "Video\\nbitrate"}}', { type: 'pipeline', status: 'Video bitrate' }],
  [system('reload'), { type: 'reload' }],
  [system('framerate,30'), { type: 'frame-rate', fps: 30 }],
  [system('video_bitrate,8000'), { type: 'video-bitrate', kbps: 8000 }],
  [system('audio_bitrate,128000'), { type: 'audio-bitrate', bps: 128_000 }],
  [system('resize,True'), { type: 'resize', enabled: true }],
  [system('resize,False'), { type: 'resize', enabled: false }],
  [system('resolution,1002x702'), { type: 'common', message: { type: 'resolution', width: 1002, height: 702 } }],
  [
    system('encoder,nvh264enc'),
    { type: 'common', message: { type: 'stream-info', info: { encoder: 'nvh264enc', hardware: true } } },
  ],
  [
    '{"type": "system_stats", "data": {"cpu_percent": 12.5, "mem_total": 100, "mem_used": "x"}}',
    { type: 'common', message: { type: 'stream-stats', stats: { cpu_percent: 12.5, mem_total: 100 } } },
  ],
  [
    '{"type": "gpu_stats", "data": {"load": 0.5, "memory_total": 100, "memory_used": 50}}',
    {
      type: 'common',
      message: { type: 'stream-stats', stats: { gpu_load: 0.5, gpu_memory_total: 100, gpu_memory_used: 50 } },
    },
  ],
  ['{"type": "cursor", "data": null}', { type: 'nothing' }],
])('reads %s', (text, message) => expect(parseG1Message(text)).toEqual(message))

describe('cursors', () => {
  const view = (data: object) => {
    const message = parseG1Message(cursor(data))
    return message.type === 'common' && message.message.type === 'cursor' ? message.message.cursor : null
  }

  it('knows the size from the picture', () => {
    expect(view({ curdata: PNG, handle: 7, override: null, hotspot: { x: 3, y: 4 } })).toEqual({
      png: PNG,
      width: 24,
      height: 16,
      hotX: 3,
      hotY: 4,
      handle: 7,
    })
  })

  it('hides what is hidden, and shows the arrow for what is no picture', () => {
    expect(view({ curdata: PNG, handle: 7, override: 'none', hotspot: {} })).toMatchObject({ png: '', handle: 0 })
    expect(view({ curdata: PNG, handle: 0, override: null, hotspot: null })).toMatchObject({ png: '', handle: 1 })
    expect(view({ curdata: 'x', handle: 7, override: null, hotspot: null })).toMatchObject({ png: '', handle: 1 })
  })

  it('measures no picture but a PNG', () => {
    expect(pngSize(PNG)).toEqual({ width: 24, height: 16 })
    expect(pngSize(btoa('GIF89a'.padEnd(24, '\0')))).toBeNull()
    expect(pngSize('!'.repeat(40))).toBeNull()
  })
})

it.each([
  '',
  'null',
  '[]',
  '{"type":"cursor","data":{"curdata":7,"handle":1}}',
  '{"type":"clipboard","data":{}}',
  system('resolution,0x5'),
  system('framerate,-1'),
  system('dance'),
  '{"type":"system","data":{"action":7}}',
  '{"type":"latency_measurement","data":{}}',
  '{"type":"other","data":{}}',
])('leaves %s out', (text) => expect(parseG1Message(text)).toEqual({ type: 'unknown', text }))
