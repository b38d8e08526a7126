// Where decoded pictures are seen in WebSocket mode. Policy: a whole picture goes to the page's video element, by a track that the page
// makes, since the browser shows it as soon as it composes anything; a canvas waits for the page's own next frame. Pictures that come in
// parts, and those of a browser without such tracks, are drawn on the canvas.
import { SIDE_LIMIT } from '../../../../shared/selkies/limits.ts'
import type { Size } from '../input/geometry.ts'
import type { Screens, Surface } from '../transport/transport.ts'

interface TrackGenerator extends MediaStreamTrack {
  readonly writable: WritableStream<VideoFrame>
}
declare global {
  interface Window {
    /** Chromium alone. Source: W3C mediacapture-transform, as it was before it moved to workers. */
    readonly MediaStreamTrackGenerator?: new (init: { readonly kind: 'video' }) => TrackGenerator
  }
}

export interface PictureSurface {
  /** Shows a picture that is all of the desktop's, and closes it. */
  whole(picture: VideoFrame): void
  /** Draws a part of the picture, whose other parts stay, and closes it. @param y its first row */
  part(picture: VideoFrame | ImageBitmap, y: number): void
  /** Makes room for parts. @returns false when nothing of this size can be shown; `onTooLarge` was told */
  reserve(width: number, height: number): boolean
  /** Of what is drawn in parts. */
  readonly size: Size
  close(): void
}

export interface PictureSurfaceOptions {
  readonly screens: Pick<Screens, 'video' | 'canvas'>
  /** At the first picture, and when size or place change. */
  onSize(width: number, height: number, surface: Surface): void
  onTooLarge(width: number, height: number): void
  /** Parts follow on a whole picture: what they do not cover is missing. */
  onMissing(): void
}

/** A page whose element does not show a picture yet gives it again this often, ms. */
export const GIVE_EVERY_MS = 50

/** Makes the surface of one connection. */
export function createPictureSurface(options: PictureSurfaceOptions): PictureSurface {
  const { video, canvas } = options.screens
  // desynchronized: where the browser can, a picture is shown when it is drawn, not with the page's next frame
  const context = canvas.getContext('2d', { alpha: false, desynchronized: true })
  const stop = new AbortController()
  let on: Surface | null = null
  let size: Size = { width: 0, height: 0 }
  /** The newest picture until the element shows one: what a track gets before it is played is lost, and a still desktop sends no other. */
  let unseen: VideoFrame | null = null
  let giving: ReturnType<typeof setInterval> | undefined
  let track: { readonly own: MediaStreamTrack; readonly writer: WritableStreamDefaultWriter<VideoFrame> } | null = null

  const tooLarge = (width: number, height: number): boolean => {
    // decoders take larger pictures than the protocol knows, and a canvas of one would take gigabytes
    if (width <= SIDE_LIMIT && height <= SIDE_LIMIT) return false
    options.onTooLarge(width, height)
    return true
  }
  const seen = () => {
    clearInterval(giving)
    giving = undefined
    unseen?.close()
    unseen = null
  }
  const tellVideo = () => {
    const { videoWidth, videoHeight } = video
    if (on !== 'video' || videoWidth === 0 || stop.signal.aborted) return
    seen()
    options.onSize(videoWidth, videoHeight, 'video')
  }
  const begin = (Generator: NonNullable<Window['MediaStreamTrackGenerator']>) => {
    const own = new Generator({ kind: 'video' })
    video.srcObject = new MediaStream([own])
    video.addEventListener('resize', tellVideo, { signal: stop.signal })
    // muted, so that no browser refuses it
    video.play().catch(ignore)
    return { own, writer: own.writable.getWriter() }
  }
  const reserve = (width: number, height: number): boolean => {
    if (tooLarge(width, height)) return false
    if (on === 'canvas' && size.width === width && size.height === height) return true
    const missing = on === 'video'
    seen()
    on = 'canvas'
    size = { width, height }
    canvas.width = width
    canvas.height = height
    options.onSize(width, height, 'canvas')
    if (missing) options.onMissing()
    return true
  }
  const give = (picture: VideoFrame) => {
    if (track === null) return picture.close()
    track.writer.write(picture).catch(() => picture.close())
  }
  const part = (picture: VideoFrame | ImageBitmap, y: number) => {
    context?.drawImage(picture, 0, y)
    picture.close()
  }
  return {
    get size() {
      return on === 'canvas' ? size : { width: 0, height: 0 }
    },
    whole(picture) {
      const { displayWidth, displayHeight } = picture
      const Generator = 'MediaStreamTrackGenerator' in globalThis ? window.MediaStreamTrackGenerator : undefined
      if (Generator === undefined) {
        if (reserve(displayWidth, displayHeight)) part(picture, 0)
        else picture.close()
        return
      }
      if (tooLarge(displayWidth, displayHeight)) return picture.close()
      track ??= begin(Generator)
      if (on !== 'video') {
        on = 'video'
        // a new stream of the same size resizes nothing
        video.requestVideoFrameCallback(tellVideo)
        giving = setInterval(() => {
          if (unseen !== null) give(unseen.clone())
        }, GIVE_EVERY_MS)
      }
      if (giving !== undefined) {
        unseen?.close()
        unseen = picture.clone()
      }
      give(picture)
    },
    part,
    reserve,
    close() {
      stop.abort()
      seen()
      const ended = track
      // in a task of its own: whoever keeps the last picture takes it from the element when the end is told, and it goes with the track
      setTimeout(() => {
        ended?.own.stop()
        ended?.writer.close().catch(ignore)
      }, 0)
    },
  }
}

/** What was not shown for want of a track or a page is shown no more. */
function ignore(): void {}
