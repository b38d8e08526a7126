// Where the picture lies on the page, and which of its pixels the pointer is on. Pure.
import type { Scaling } from '../../../../shared/domain/display-layout.ts'

export interface Size {
  readonly width: number
  readonly height: number
}
export interface Rect extends Size {
  readonly left: number
  readonly top: number
}

/** No desktop is asked for more than this: beyond its frame buffer a server stops its video. */
const LARGEST: Size = { width: 3840, height: 2160 }
const SMALLEST: Size = { width: 320, height: 240 }

/**
 * The size to ask the desktop for.
 * @param stage CSS px
 * @param ratio device pixels a CSS px
 * @param sharp ask for device pixels
 */
export function wantedSize(stage: Size, ratio: number, sharp: boolean): Size {
  const scale = sharp ? ratio : 1
  const even = (value: number, least: number, most: number) => {
    const whole = Math.min(most, Math.max(least, Math.floor(value * scale + 0.01)))
    return whole - (whole % 2)
  }
  return {
    width: even(stage.width, SMALLEST.width, LARGEST.width),
    height: even(stage.height, SMALLEST.height, LARGEST.height),
  }
}

/** The DPI to ask for: 96 a CSS px. @param sharp see `wantedSize` */
export function wantedDpi(ratio: number, sharp: boolean): number {
  return Math.min(288, Math.max(96, Math.round(96 * (sharp ? ratio : 1))))
}

/** How a picture is placed. */
export interface Placing {
  readonly scaling: Scaling
  /** A pixel of the desktop is one of the screen, not one of CSS, where it is shown pixel for pixel. */
  readonly sharp: boolean
  /** How far a picture that is larger than the stage is moved to the left and up, CSS px. */
  readonly offset: { readonly x: number; readonly y: number }
}
const FITTED: Placing = { scaling: 'fit', sharp: true, offset: { x: 0, y: 0 } }

/** The size of a picture that is shown pixel for pixel, CSS px. */
export function pictureSize(picture: Size, ratio: number, sharp: boolean): Size {
  const each = sharp ? 1 / ratio : 1
  return { width: picture.width * each, height: picture.height * each }
}

/**
 * Places the picture. fit: pixel for pixel when it fits the stage, else as large as fits, centred on whole device pixels.
 * @param stage CSS px
 * @param picture px of the stream
 */
export function placePicture(stage: Size, picture: Size, ratio: number, placing: Placing = FITTED): Rect {
  if (picture.width <= 0 || picture.height <= 0 || stage.width <= 0 || stage.height <= 0)
    return { left: 0, top: 0, width: stage.width, height: stage.height }
  if (placing.scaling === 'stretch') return { left: 0, top: 0, width: stage.width, height: stage.height }
  if (placing.scaling === 'actual') {
    const { width, height } = pictureSize(picture, ratio, placing.sharp)
    // centred where there is room, moved where there is none; always on whole pixels of the screen, for a half one blurs all
    const start = (room: number, offset: number) =>
      Math.round((room >= 0 ? room / 2 : -Math.min(-room, Math.max(0, offset))) * ratio - 0.001) / ratio
    return {
      left: start(stage.width - width, placing.offset.x),
      top: start(stage.height - height, placing.offset.y),
      width,
      height,
    }
  }
  const device = { width: stage.width * ratio, height: stage.height * ratio }
  const gap = { width: device.width - picture.width, height: device.height - picture.height }
  // odd windows are a pixel larger than the even picture that was asked for
  const exact = gap.width >= -0.5 && gap.width < 2.5 && gap.height >= -0.5 && gap.height < 2.5
  const scale = exact ? 1 : Math.min(device.width / picture.width, device.height / picture.height)
  const snap = (value: number) => Math.round(value) / ratio
  const width = (picture.width * scale) / ratio
  const height = (picture.height * scale) / ratio
  return {
    left: snap(((stage.width - width) / 2) * ratio - 0.499),
    top: snap(((stage.height - height) / 2) * ratio - 0.499),
    width,
    height,
  }
}

/**
 * The pixel of the stream under a point.
 * @param rect where the picture lies, client px
 * @returns whole px, kept inside the picture
 */
export function streamPixel(
  point: { readonly x: number; readonly y: number },
  rect: Rect,
  picture: Size,
): { readonly x: number; readonly y: number } {
  const axis = (at: number, start: number, length: number, pixels: number) =>
    length <= 0 ? 0 : Math.min(pixels - 1, Math.max(0, Math.floor(((at - start) / length) * pixels + 0.01)))
  return {
    x: axis(point.x, rect.left, rect.width, picture.width),
    y: axis(point.y, rect.top, rect.height, picture.height),
  }
}
