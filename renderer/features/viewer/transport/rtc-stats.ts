// Reads a getStats report: the pair in use, the picture's counters, the sound's. Pure over the report.
import type { RelayTransport } from '../../../../shared/domain/media.ts'
import { pathOf, relayName, type PathDoor } from './paths.ts'
import type { IceChecks } from './watchdog.ts'
import type { SoundCounters, TransportStats } from './transport.ts'

type Entry = Readonly<Record<string, unknown>>

/** @param door names the ways that the pair is compared with */
export function readRtcStats(
  report: RTCStatsReport,
  door: Pick<PathDoor, 'candidates' | 'mediaRelay'>,
): Omit<TransportStats, 'unread'> & { readonly checks: IceChecks } {
  const entries = [...report.values()] as readonly Entry[]
  const by = (id: unknown) => entries.find((entry) => entry['id'] === id)
  const transport = entries.find((entry) => entry['type'] === 'transport')
  const pair =
    by(transport?.['selectedCandidatePairId']) ??
    entries.find((entry) => entry['type'] === 'candidate-pair' && entry['nominated'] === true)
  const local = by(pair?.['localCandidateId'])
  const remote = by(pair?.['remoteCandidateId'])
  const video = entries.find((entry) => entry['type'] === 'inbound-rtp' && entry['kind'] === 'video')
  const sound = entries.find((entry) => entry['type'] === 'inbound-rtp' && entry['kind'] === 'audio')
  const codec = by(video?.['codecId'])
  const relay = relayOf(local)
  const rtt = pair?.['currentRoundTripTime']
  const path =
    pair === undefined
      ? null
      : pathOf(
          {
            localType: word(local?.['candidateType']),
            remoteAddress: word(remote?.['address']) || null,
            remotePort: number(remote?.['port']) || null,
            remoteProtocol: word(remote?.['protocol']) || null,
            localUrl: word(local?.['url']) || null,
          },
          door,
        )
  return {
    path,
    relay: path === 'relay' ? relay : null,
    via: path === 'relay' ? relayName(word(local?.['url'])) || null : word(remote?.['address']) || null,
    framesDecoded: number(video?.['framesDecoded']),
    framesDropped: number(video?.['framesDropped']),
    bytesReceived: number(pair?.['bytesReceived']),
    checks: { asked: number(pair?.['requestsSent']), answered: number(pair?.['responsesReceived']) },
    packetsLost: Math.max(0, number(video?.['packetsLost'])),
    packetsReceived: number(video?.['packetsReceived']),
    rttMs: typeof rtt === 'number' ? rtt * 1000 : null,
    codec: word(codec?.['mimeType']).replace('video/', '') || null,
    decoder: decoderName(word(video?.['decoderImplementation'])),
    hardware: typeof video?.['powerEfficientDecoder'] === 'boolean' ? video['powerEfficientDecoder'] : null,
    decodeMs: number(video?.['totalDecodeTime']) * 1000,
    jitterBufferMs: number(video?.['jitterBufferDelay']) * 1000,
    sound: readSound(sound, by(sound?.['playoutId'])),
  }
}

/** @param playout what the browser says of its output device */
function readSound(sound: Entry | undefined, playout: Entry | undefined): SoundCounters {
  const played = number(playout?.['totalSamplesCount'])
  return {
    packets: number(sound?.['packetsReceived']),
    samples: number(sound?.['jitterBufferEmittedCount']),
    concealed: number(sound?.['concealedSamples']),
    waitedMs: number(sound?.['jitterBufferDelay']) * 1000,
    outputMs: played === 0 ? null : (number(playout?.['totalPlayoutDelay']) * 1000) / played,
  }
}

/** @param name as the browser says it; `unknown` until the first picture */
function decoderName(name: string): string | null {
  return name === '' || name === 'unknown' ? null : name
}

/** How a candidate's relay is reached; `relayProtocol` is what browsers name it by. */
function relayOf(local: Entry | undefined): RelayTransport | null {
  const protocol = local?.['relayProtocol']
  return protocol === 'udp' || protocol === 'tcp' || protocol === 'tls' ? protocol : null
}

function word(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function number(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}
