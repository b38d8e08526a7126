// Pictures of the picture: the last frame while reconnecting, and a small one for the library. A failure leaves none, never breaks.
import type { Size } from './input/geometry.ts'

const THUMBNAIL: Size = { width: 320, height: 200 }
const LARGEST_URL = 190_000
/** Bytes of a frame that is taken apart: an 8K picture. */
const LARGEST_FRAME = 7680 * 4320 * 4

type Source = HTMLVideoElement | HTMLCanvasElement

/** Keeps the present frame on a canvas. @returns whether there was one */
export function keepStill(source: Source, size: Size | null, still: HTMLCanvasElement): boolean {
  if (size === null) return false
  still.width = size.width
  still.height = size.height
  try {
    still.getContext('2d', { alpha: false })?.drawImage(source, 0, 0)
    return true
  } catch {
    // no frame yet
    return false
  }
}

/** A small JPEG as a data URL; null when there is no frame or it would be too large. */
export async function makeThumbnail(source: Source, size: Size): Promise<string | null> {
  const canvas = document.createElement('canvas')
  canvas.width = THUMBNAIL.width
  canvas.height = THUMBNAIL.height
  const scale = Math.max(THUMBNAIL.width / size.width, THUMBNAIL.height / size.height)
  const [width, height] = [size.width * scale, size.height * scale]
  try {
    const context = canvas.getContext('2d', { alpha: false })
    const small = source instanceof HTMLVideoElement ? await smallOf(source) : null
    if (small !== null) context?.putImageData(small, 0, 0)
    else context?.drawImage(source, (THUMBNAIL.width - width) / 2, (THUMBNAIL.height - height) / 2, width, height)
    const url = canvas.toDataURL('image/jpeg', 0.7)
    return url.length <= LARGEST_URL ? url : null
  } catch {
    // no frame to draw
    return null
  }
}

/**
 * A video's frame, small, without drawing it: a browser that draws by CPU keeps every frame that was drawn whole, up to half a
 * gigabyte of them (seen in Chromium). @returns null where the browser does not give a frame's pixels
 */
async function smallOf(video: HTMLVideoElement): Promise<ImageData | null> {
  if (!('VideoFrame' in globalThis)) return null
  const frame = new VideoFrame(video)
  try {
    const { width, height } = frame.visibleRect ?? { width: 0, height: 0 }
    const bytes = width * height * 4
    if (bytes === 0 || bytes > LARGEST_FRAME) return null
    const pixels = new Uint8Array(bytes)
    await frame.copyTo(pixels, { format: 'RGBX', layout: [{ offset: 0, stride: width * 4 }] })
    return shrink(pixels, { width, height }, THUMBNAIL)
  } catch {
    // a browser that converts no frames
    return null
  } finally {
    frame.close()
  }
}

/** Covers `to` with the middle of a picture, each pixel the mean of those that fall on it. @param pixels four bytes each */
export function shrink(pixels: Uint8Array, from: Size, to: Size): ImageData {
  const image = new ImageData(to.width, to.height)
  const scale = Math.min(from.width / to.width, from.height / to.height)
  const [left, top] = [(from.width - to.width * scale) / 2, (from.height - to.height * scale) / 2]
  const steps = Math.max(1, Math.min(4, Math.floor(scale)))
  for (let y = 0; y < to.height; y++)
    for (let x = 0; x < to.width; x++) {
      const at = (y * to.width + x) * 4
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0
        for (let step = 0; step < steps * steps; step++) {
          const column = Math.floor(left + (x + ((step % steps) + 0.5) / steps) * scale)
          const row = Math.floor(top + (y + (Math.floor(step / steps) + 0.5) / steps) * scale)
          sum += pixels[(row * from.width + column) * 4 + channel] ?? 0
        }
        image.data[at + channel] = sum / (steps * steps)
      }
      image.data[at + 3] = 255
    }
  return image
}
