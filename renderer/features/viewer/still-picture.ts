// Pictures of the picture: the last frame while reconnecting, and a small one for the library. A failure leaves none, never breaks.
import type { Size } from './input/geometry.ts'
import { smallFrame } from './media/small-frame.ts'

const THUMBNAIL: Size = { width: 320, height: 200 }
const LARGEST_URL = 190_000

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
  const small = source instanceof HTMLVideoElement ? await smallOf(source) : null
  return small === null ? thumbnailNow(source, size) : encode((context) => context.putImageData(small, 0, 0))
}

/** The same at once, by drawing: for a page that has no time left, since a browser may keep what was drawn. */
export function thumbnailNow(source: Source, size: Size): string | null {
  const scale = Math.max(THUMBNAIL.width / size.width, THUMBNAIL.height / size.height)
  const [width, height] = [size.width * scale, size.height * scale]
  return encode((context) =>
    context.drawImage(source, (THUMBNAIL.width - width) / 2, (THUMBNAIL.height - height) / 2, width, height),
  )
}

function encode(draw: (context: CanvasRenderingContext2D) => void): string | null {
  const canvas = document.createElement('canvas')
  canvas.width = THUMBNAIL.width
  canvas.height = THUMBNAIL.height
  const context = canvas.getContext('2d', { alpha: false })
  if (context === null) return null
  try {
    draw(context)
    const url = canvas.toDataURL('image/jpeg', 0.7)
    return url.length <= LARGEST_URL ? url : null
  } catch {
    // no frame to draw
    return null
  }
}

async function smallOf(video: HTMLVideoElement): Promise<ImageData | null> {
  try {
    return await smallFrame(video, THUMBNAIL)
  } catch {
    // a browser that converts no frames
    return null
  }
}
