// Plays the Opus packets of WebSocket mode: decoded by WebCodecs, scheduled one behind the other with a small cushion.
// Policy: silence is normal; a late packet starts a new cushion; what would build up more than a fifth of a second is skipped,
// before it is decoded as well as after.
import type { ServerFrame } from '../../../../shared/selkies/g2/frames.ts'
import type { SoundCounters, SoundOutput } from '../transport/transport.ts'
import { createAudioOrder } from './audio-order.ts'
import { playOn } from './speaker.ts'

const CUSHION_S = 0.03
const TOO_LATE_S = 0.2
const FADE_S = 0.01
/** Packets that may wait for the decoder: twenty are a fifth of a second, and one frame may bring more. */
const WAITING_PACKETS = 128

export interface AudioPlayer {
  play(frame: ServerFrame & { type: 'audio' }): void
  setSound(on: boolean): void
  setOutput(output: SoundOutput): void
  counters(): SoundCounters
  /** Call it from a click: browsers keep sound locked until then. @returns whether it is unlocked */
  unlock(): Promise<boolean>
  close(): void
}

/**
 * @param onLocked sound is there but the browser wants a click first
 * @param onStream what is played, as a stream, when the first sound comes
 */
export function createAudioPlayer(onLocked: () => void, onStream: (stream: MediaStream) => void): AudioPlayer {
  const order = createAudioOrder()
  let context: AudioContext | null = null
  let output: GainNode | null = null
  let decoder: AudioDecoder | null = null
  let at = 0
  let stamp = 0
  let on = true
  let wanted: SoundOutput = { volume: 1, muted: false, deviceId: '' }
  let packets = 0
  let samples = 0
  let waitedMs = 0
  let lockedTold = false

  const apply = () => {
    if (context === null || output === null) return
    // a step would be heard as a click
    output.gain.setTargetAtTime(on && !wanted.muted ? wanted.volume : 0, context.currentTime, FADE_S)
    playOn(context, wanted.deviceId)
  }
  const start = () => {
    context = new AudioContext({ sampleRate: 48_000, latencyHint: 'interactive' })
    output = context.createGain()
    output.gain.value = on && !wanted.muted ? wanted.volume : 0
    playOn(context, wanted.deviceId)
    output.connect(context.destination)
    const capture = context.createMediaStreamDestination()
    output.connect(capture)
    onStream(capture.stream)
  }
  const schedule = (data: AudioData) => {
    if (context === null || output === null) return data.close()
    const buffer = context.createBuffer(data.numberOfChannels, data.numberOfFrames, data.sampleRate)
    for (let channel = 0; channel < data.numberOfChannels; channel++)
      data.copyTo(buffer.getChannelData(channel), { planeIndex: channel, format: 'f32-planar' })
    data.close()
    const now = context.currentTime
    if (at < now) at = now + CUSHION_S
    if (at > now + TOO_LATE_S) return undefined
    const source = context.createBufferSource()
    source.buffer = buffer
    source.connect(output)
    source.start(at)
    samples += buffer.length
    waitedMs += buffer.length * (at - now) * 1000
    at += buffer.duration
    return undefined
  }
  const open = (): AudioDecoder => {
    const made = new AudioDecoder({
      output: schedule,
      error: () => {
        // one bad packet must not end the sound: the next one opens a new decoder
        decoder = null
      },
    })
    made.configure({ codec: 'opus', sampleRate: 48_000, numberOfChannels: 2 })
    decoder = made
    return made
  }
  return {
    play(frame) {
      const fresh = order.take(frame)
      packets += fresh.length
      if (fresh.length === 0) return
      if (context === null) start()
      if (context?.state === 'suspended' && !lockedTold) {
        lockedTold = true
        onLocked()
      }
      if (context?.state !== 'running') return
      for (const { data } of fresh) {
        const target = decoder?.state === 'configured' ? decoder : open()
        if (data.length === 0 || target.decodeQueueSize >= WAITING_PACKETS) continue
        stamp += 10_000
        target.decode(new EncodedAudioChunk({ type: 'key', timestamp: stamp, data }))
      }
    },
    setSound(next) {
      on = next
      apply()
    },
    setOutput(next) {
      wanted = next
      apply()
    },
    counters: () => ({
      packets,
      samples,
      // redundancy repairs without making anything up
      concealed: 0,
      waitedMs,
      outputMs: context === null ? null : (context.outputLatency || context.baseLatency) * 1000,
    }),
    async unlock() {
      await context?.resume()
      return context?.state === 'running'
    },
    close() {
      if (decoder !== null && decoder.state !== 'closed') decoder.close()
      void context?.close()
    },
  }
}
