// The SDP edits of the demo's desktop, on a small description.
import { expect, it } from 'vitest'
import { completeOffer, startAt } from './offer.ts'

const lines = (...all: readonly string[]): string => all.map((line) => `${line}\r\n`).join('')
const OFFER = lines(
  'v=0',
  's=-',
  'a=group:BUNDLE 0 1',
  'm=video 9 UDP/TLS/RTP/SAVPF 96 97 98',
  'a=candidate:1 1 udp 1 10.0.0.1 5000 typ host',
  'a=ice-options:trickle',
  'a=mid:0',
  'a=rtpmap:96 VP8/90000',
  'a=rtpmap:97 rtx/90000',
  'a=fmtp:97 apt=96',
  'a=rtpmap:98 H264/90000',
  'a=fmtp:98 packetization-mode=1',
  'm=application 0 UDP/DTLS/SCTP webrtc-datachannel',
  'a=mid:1',
)

it('gives every section all candidates and their end, and trickles no more', () => {
  const [, video = '', data = ''] = completeOffer(OFFER).split(/^(?=m=)/m)
  for (const section of [video, data])
    expect(section.endsWith(lines('a=candidate:1 1 udp 1 10.0.0.1 5000 typ host', 'a=end-of-candidates'))).toBe(true)
  expect(completeOffer(OFFER)).not.toContain('trickle')
  expect(completeOffer(completeOffer(OFFER))).toBe(completeOffer(OFFER))
})

it('gives each video codec a first rate, repairs and other media none', () => {
  const edited = startAt(OFFER, 8_000)
  expect(edited).toContain('a=fmtp:96 x-google-start-bitrate=8000\r\n')
  expect(edited).toContain('a=fmtp:98 x-google-start-bitrate=8000;packetization-mode=1\r\n')
  expect(edited).toContain('a=fmtp:97 apt=96\r\n')
  expect(edited.match(/start-bitrate/g)?.length).toBe(2)
})
