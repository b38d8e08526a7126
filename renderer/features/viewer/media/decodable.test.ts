// What a browser says that it decodes.
import { expect, it } from 'vitest'
import { askWebCodecs, receivable } from './decodable.ts'

it('reads the receivers of Chromium', () => {
  const { codecs, fullColor, tenBit } = receivable([
    { mimeType: 'video/VP8' },
    { mimeType: 'video/rtx' },
    { mimeType: 'video/VP9', sdpFmtpLine: 'profile-id=0' },
    { mimeType: 'video/VP9', sdpFmtpLine: 'profile-id=2' },
    { mimeType: 'video/H264', sdpFmtpLine: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f' },
    { mimeType: 'video/H264', sdpFmtpLine: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=f4001f' },
    { mimeType: 'video/ulpfec' },
  ])
  expect([...codecs]).toEqual(['vp8', 'vp9', 'h264'])
  expect([...fullColor]).toEqual(['h264'])
  expect([...tenBit]).toEqual(['vp9'])
})

it('takes an engine that throws for one that cannot', async () => {
  const { codecs, fullColor, tenBit } = await askWebCodecs((codec) => {
    if (codec.startsWith('hev1')) return Promise.reject(new TypeError('unknown'))
    return Promise.resolve(codec === 'vp8' || codec === 'avc1.F40028')
  })
  expect([...codecs]).toEqual(['vp8'])
  expect([...fullColor]).toEqual(['h264'])
  expect([...tenBit]).toEqual([])
})
