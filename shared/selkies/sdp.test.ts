// SDP edits on the shapes that Selkies 2.1 offers and Chromium answers.
import { describe, expect, it } from 'vitest'
import { addCandidates, editAnswer, listCandidates, removeCandidates, uplinkLines } from './sdp.ts'

const offer = [
  'v=0',
  'o=- 1 1 IN IP4 0.0.0.0',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0 1',
  'm=video 9 UDP/TLS/RTP/SAVPF 97',
  'a=mid:0',
  'a=candidate:1 1 udp 2130706431 10.42.0.7 28081 typ host',
  'a=end-of-candidates',
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
  'a=mid:1',
  'a=candidate:1 1 udp 2130706431 10.42.0.7 28081 typ host',
  'a=end-of-candidates',
  '',
].join('\r\n')

describe('addCandidates', () => {
  const edited = addCandidates(offer, [
    { protocol: 'udp', host: '192.0.2.7', port: 30123 },
    { protocol: 'tcp', host: '127.0.0.1', port: 40001 },
  ])

  it('adds them in every m-line, before the end mark', () => {
    const sections = edited.split('m=').slice(1)
    expect(sections).toHaveLength(2)
    for (const section of sections) {
      const lines = section.split('\r\n')
      const end = lines.indexOf('a=end-of-candidates')
      expect(lines.slice(end - 2, end)).toEqual([
        'a=candidate:added0 1 udp 2130706430 192.0.2.7 30123 typ host',
        'a=candidate:added1 1 tcp 1518280446 127.0.0.1 40001 typ host tcptype passive',
      ])
    }
    expect(edited.endsWith('\r\n')).toBe(true)
  })

  it('adds nothing twice', () => {
    expect(addCandidates(edited, [{ protocol: 'udp', host: '192.0.2.7', port: 30123 }])).toBe(edited)
  })

  it('appends where there is no end mark', () => {
    const bare = offer.replaceAll('a=end-of-candidates\r\n', '')
    expect(listCandidates(addCandidates(bare, [{ protocol: 'tcp', host: '127.0.0.1', port: 1 }]))).toHaveLength(2)
  })

  it('leaves what is no SDP alone', () => {
    expect(addCandidates('<html>', [{ protocol: 'udp', host: '::1', port: 1 }])).toBe('<html>')
  })
})

it('removes candidates', () => {
  const edited = addCandidates(offer, [{ protocol: 'tcp', host: '127.0.0.1', port: 40001 }])
  expect(listCandidates(removeCandidates(edited))).toEqual([])
  expect(listCandidates(removeCandidates(edited, (line) => line.includes(' udp ')))).toEqual([
    { protocol: 'tcp', host: '127.0.0.1', port: 40001, type: 'host' },
  ])
})

describe('editAnswer', () => {
  it('asks for stereo, short packets and parameter sets', () => {
    const answer = [
      'v=0',
      'm=audio 9 UDP/TLS/RTP/SAVPF 96',
      'a=rtpmap:96 opus/48000/2',
      'a=fmtp:96 minptime=10;useinbandfec=1',
      'm=video 9 UDP/TLS/RTP/SAVPF 97',
      'a=fmtp:97 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f',
      '',
    ].join('\r\n')
    const edited = editAnswer(answer, 'm=audio\r\na=ptime:3\r\n')
    expect(edited).toContain('a=fmtp:96 useinbandfec=1;minptime=3;stereo=1\r\n')
    expect(edited).toContain('sps-pps-idr-in-keyframe=1;packetization-mode=1')
    expect(editAnswer(edited, 'm=audio\r\na=ptime:3\r\n')).toBe(edited)
  })

  it('leaves surround sound alone', () => {
    const answer = 'm=audio 9 X 112\r\na=rtpmap:112 multiopus/48000/6\r\na=fmtp:112 useinbandfec=1\r\n'
    expect(editAnswer(answer, '')).toBe(answer)
  })
})

describe('uplinkLines', () => {
  const lines = (...sections: readonly (readonly string[])[]) => ['v=0', 's=-', ...sections.flat(), ''].join('\r\n')
  const whole = lines(
    ['m=video 9 UDP/TLS/RTP/SAVPF 97', 'a=sendrecv', 'a=mid:0'],
    ['m=audio 9 UDP/TLS/RTP/SAVPF 63', 'a=sendrecv', 'a=mid:1'],
    ['m=audio 9 UDP/TLS/RTP/SAVPF 62', 'a=recvonly', 'a=mid:2'],
    ['m=video 9 UDP/TLS/RTP/SAVPF 112', 'a=recvonly', 'a=mid:3'],
  )
  it.each([
    ['all lines', whole, { microphone: '2', camera: '3' }],
    ['neither allowed', lines(['m=video 9 x 97', 'a=sendrecv', 'a=mid:0']), { microphone: null, camera: null }],
    ['the camera alone', whole.replace('a=recvonly', 'a=inactive'), { microphone: null, camera: '3' }],
    ['a line without a name', whole.replace('a=mid:2', 'a=mid:'), { microphone: null, camera: '3' }],
    ['no SDP', '<html>', { microphone: null, camera: null }],
  ])('%s', (_name, offer, wanted) => expect(uplinkLines(offer)).toEqual(wanted))
})
