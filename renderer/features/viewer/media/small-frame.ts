// A video's frame made small from its own bytes, without drawing it: a browser that draws by CPU keeps every frame that was drawn, and one
// that is asked for other colours keeps a whole picture of them (seen in Chromium: 20 MB for full HD). Policy: what is read is given back at
// once; a frame whose bytes cannot be read as they are is converted by the browser.
import type { Size } from '../input/geometry.ts'

/** Where one channel of a picture lies in its bytes. */
export interface Channel {
  readonly offset: number
  /** Bytes from row to row, and from value to value in a row. */
  readonly stride: number
  readonly step: number
  /** One value for two by two pixels. */
  readonly halved: boolean
}

/** Bytes of a frame that is taken apart: an 8K picture. */
const LARGEST_FRAME = 7680 * 4320 * 4

/**
 * @returns a picture that is covered by the middle of the frame; null where the browser gives no pixels
 * @throws what the browser refuses with
 */
export async function smallFrame(video: HTMLVideoElement, to: Size): Promise<ImageData | null> {
  if (!('VideoFrame' in globalThis)) return null
  const frame = new VideoFrame(video)
  try {
    const { width, height } = frame.visibleRect ?? { width: 0, height: 0 }
    const asItIs = frame.format === 'I420' || frame.format === 'NV12'
    const bytes = asItIs ? frame.allocationSize() : width * height * 4
    if (width === 0 || height === 0 || bytes > LARGEST_FRAME) return null
    const pixels = new Uint8Array(bytes)
    if (asItIs) {
      const planes = await frame.copyTo(pixels)
      const image = shrink(pixels, yuvChannels(planes), { width, height }, to)
      toRgb(image, frame.colorSpace)
      pixels.buffer.transfer(0)
      return image
    }
    await frame.copyTo(pixels, { format: 'RGBX', layout: [{ offset: 0, stride: width * 4 }] })
    const image = shrink(pixels, rgbxChannels(width), { width, height }, to)
    pixels.buffer.transfer(0)
    return image
  } finally {
    frame.close()
  }
}

/** Four bytes a pixel. */
export function rgbxChannels(width: number): readonly Channel[] {
  return [0, 1, 2].map((offset) => ({ offset, stride: width * 4, step: 4, halved: false }))
}

/** Brightness by itself, both colours in a plane each (I420) or in one (NV12). */
export function yuvChannels(planes: readonly PlaneLayout[]): readonly Channel[] {
  const [y = NO_PLANE, u = NO_PLANE, v] = planes
  const brightness: Channel = { ...y, step: 1, halved: false }
  return v === undefined
    ? [brightness, { ...u, step: 2, halved: true }, { ...u, offset: u.offset + 1, step: 2, halved: true }]
    : [brightness, { ...u, step: 1, halved: true }, { ...v, step: 1, halved: true }]
}
const NO_PLANE: PlaneLayout = { offset: 0, stride: 0 }

/** Covers `to` with the middle of a picture, each value the mean of those that fall on its pixel. */
export function shrink(pixels: Uint8Array, channels: readonly Channel[], from: Size, to: Size): ImageData {
  const image = new ImageData(to.width, to.height)
  const scale = Math.min(from.width / to.width, from.height / to.height)
  const [left, top] = [(from.width - to.width * scale) / 2, (from.height - to.height * scale) / 2]
  const steps = Math.max(1, Math.min(4, Math.floor(scale)))
  for (let y = 0; y < to.height; y++)
    for (let x = 0; x < to.width; x++) {
      const at = (y * to.width + x) * 4
      channels.forEach(({ offset, stride, step, halved }, channel) => {
        let sum = 0
        for (let part = 0; part < steps * steps; part++) {
          const column = Math.floor(left + (x + ((part % steps) + 0.5) / steps) * scale)
          const row = Math.floor(top + (y + (Math.floor(part / steps) + 0.5) / steps) * scale)
          sum += pixels[offset + (halved ? row >> 1 : row) * stride + (halved ? column >> 1 : column) * step] ?? 0
        }
        image.data[at + channel] = sum / (steps * steps)
      })
      image.data[at + 3] = 255
    }
  return image
}

/** Turns brightness and colours into red, green and blue. Sources of the factors: ITU-R BT.709 and BT.601. */
export function toRgb({ data }: ImageData, space: Pick<VideoColorSpace, 'matrix' | 'fullRange'>): void {
  const [rv, gu, gv, bu] =
    space.matrix === 'smpte170m' || space.matrix === 'bt470bg'
      ? [1.402, 0.3441, 0.7141, 1.772]
      : [1.5748, 0.1873, 0.4681, 1.8556]
  // of a limited range 16 is black and 235 white, and colours have 224 values
  const [black, bright, colour] = space.fullRange === true ? [0, 1, 1] : [16, 255 / 219, 255 / 224]
  for (let at = 0; at < data.length; at += 4) {
    const y = ((data[at] ?? 0) - black) * bright
    const u = ((data[at + 1] ?? 0) - 128) * colour
    const v = ((data[at + 2] ?? 0) - 128) * colour
    data[at] = y + rv * v
    data[at + 1] = y - gu * u - gv * v
    data[at + 2] = y + bu * u
  }
}
