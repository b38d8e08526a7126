// The tone of the demo's desktop: 440 Hz through WebAudio. Nothing is made before it is first wanted, because a browser
// lets no sound begin before a person did something.

export interface Tone {
  /** The track; it exists once the tone was first played. */
  readonly track: MediaStreamTrack | null
  set(on: boolean): void
  close(): void
}

const HERTZ = 440
/** Loudness, and how long it takes to come and go without a click, s. */
const LOUD = 0.2
const FADE = 0.015

/** @param onTrack told when the track exists */
export function createTone(onTrack: (track: MediaStreamTrack) => void): Tone {
  let context: AudioContext | null = null
  let gain: GainNode | null = null
  let track: MediaStreamTrack | null = null
  const open = (): void => {
    context = new AudioContext({ sampleRate: 48_000, latencyHint: 'interactive' })
    const target = context.createMediaStreamDestination()
    const oscillator = new OscillatorNode(context, { frequency: HERTZ })
    gain = new GainNode(context, { gain: 0 })
    oscillator.connect(gain).connect(target)
    oscillator.start()
    track = target.stream.getAudioTracks()[0] ?? null
    if (track !== null) onTrack(track)
  }
  return {
    get track() {
      return track
    },
    set(on) {
      if (on && context === null) open()
      if (context === null || gain === null) return
      if (on) void context.resume().catch(() => undefined) // a browser that allows no sound: it stays silent
      gain.gain.setTargetAtTime(on ? LOUD : 0, context.currentTime, FADE)
    },
    close() {
      track?.stop()
      void context?.close()
      context = null
    },
  }
}
