// Which packets of a sound frame are new: redundancy repeats earlier ones. Pure.
import type { AudioPacket, ServerFrame } from '../../../../shared/selkies/g2/frames.ts'

export interface AudioOrder {
  /** @returns the packets to decode, oldest first */
  take(frame: ServerFrame & { type: 'audio' }): readonly AudioPacket[]
}

/** Remembers the newest timestamp; a frame without timestamps makes it forget. Source: Selkies 2.1, sound frames. */
export function createAudioOrder(): AudioOrder {
  let newest: number | null = null
  return {
    take(frame) {
      const fresh: AudioPacket[] = []
      for (const packet of frame.packets) {
        const { timestamp } = packet
        const after = newest === null || timestamp === null ? 1 : (timestamp - newest) | 0
        if (timestamp === null) newest = null
        // the first frame with redundancy plays its own packet alone: the repeated ones are the past
        else if (newest === null && packet !== frame.packets.at(-1)) continue
        else if (after > 0) newest = timestamp
        if (after > 0) fresh.push(packet)
      }
      return fresh
    },
  }
}
