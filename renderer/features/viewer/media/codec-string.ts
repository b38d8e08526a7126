// The WebCodecs codec string of a stream, from its first bytes. Pure. Where the bytes do not say, a string that every level fits.
import type { VideoCodec, VideoFrame } from '../../../../shared/selkies/g2/frames.ts'

/** Parameter sets stand at the beginning, bytes: a frame without any is not searched to its end. */
const HEAD_BYTES = 64 * 1024

/** @param frame a key frame */
export function codecString(frame: Pick<VideoFrame, 'codec' | 'data' | 'width' | 'height'>): string {
  const { codec } = frame
  const data = frame.data.subarray(0, HEAD_BYTES)
  switch (codec) {
    case 'h264': {
      const sps = findNal(data, (header) => (header & 0x1f) === 7)
      const bytes = sps < 0 ? [0x42, 0xc0, 0x28] : [data[sps + 1], data[sps + 2], data[sps + 3]]
      return `avc1.${bytes
        .map((byte) => (byte ?? 0).toString(16).padStart(2, '0'))
        .join('')
        .toUpperCase()}`
    }
    case 'h265': {
      const sps = findNal(data, (header) => ((header >> 1) & 0x3f) === 33)
      const profile = sps < 0 ? 1 : (data[sps + 3] ?? 1) & 0x1f
      return profile === 4 ? 'hev1.4.10.L153.9E.8' : profile === 2 ? 'hev1.2.4.L153.B0' : 'hev1.1.6.L153.B0'
    }
    case 'vp8':
      return 'vp8'
    case 'vp9': {
      // uncompressed header: marker 2 bits, then the profile's low and high bit
      const first = data[0] ?? 0x80
      const profile = ((first >> 5) & 1) | (((first >> 4) & 1) << 1)
      const level = frame.width * frame.height > 2_228_224 ? '51' : '41'
      return `vp09.0${profile}.${level}.${profile >= 2 ? '10' : '08'}`
    }
    case 'av1': {
      const sequence = findAv1Sequence(data)
      const profile = sequence < 0 ? 0 : (data[sequence] ?? 0) >> 5
      return `av01.${profile}.13M.08`
    }
  }
}

/** Colours as the encoder made them. @param fullRange from `stream_info` */
export function colorSpace(codec: VideoCodec, fullRange: boolean): VideoColorSpaceInit {
  return {
    primaries: 'bt709',
    transfer: 'bt709',
    matrix: codec === 'vp8' ? 'smpte170m' : 'bt709',
    fullRange: codec === 'vp8' ? false : fullRange,
  }
}

/** Index of the first NAL unit (its header byte) that fits; -1 when there is none. */
function findNal(data: Uint8Array, fits: (header: number) => boolean): number {
  for (let at = 0; at + 3 < data.length; at++)
    if (data[at] === 0 && data[at + 1] === 0 && data[at + 2] === 1 && fits(data[at + 3] ?? 0)) return at + 3
  return -1
}

/** Index of the sequence header's payload; OBUs carry their sizes. */
function findAv1Sequence(data: Uint8Array): number {
  let at = 0
  while (at < data.length) {
    const header = data[at] ?? 0
    at += (header & 4) !== 0 ? 2 : 1
    let size = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = data[at++] ?? 0
      size |= (byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    if (((header >> 3) & 0x0f) === 1) return at
    at += size
  }
  return -1
}
