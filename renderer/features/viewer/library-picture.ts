// Small pictures of this desktop for the library: while somebody looks there, when this page is put away, and as it leaves.
// Policy: nothing is made for nobody. What makes them (pixels, JPEG, drawing) takes a page 9 MB that it gives back late.
import type { Bridge } from '../../../shared/ipc/bridge.ts'
import type { Size } from './input/geometry.ts'
import { makeThumbnail, thumbnailNow } from './still-picture.ts'

export interface LibraryPictureOptions {
  readonly bridge: Pick<Bridge, 'call' | 'subscribe'>
  readonly sessionId: string
  /** What shows the picture. */
  source(): HTMLVideoElement | HTMLCanvasElement
  /** The picture's size while a desktop is connected, else null. */
  picture(): Size | null
  /** Monotonic ms. */
  now(): number
  readonly signal: AbortSignal
}

export interface LibraryPicture {
  /** To be called once a second. */
  sample(): void
  /** A desktop has just appeared, and will look different in a moment. */
  appeared(): void
}

const EVERY_MS = 20_000
const APPEARED_MS = 2000

const MAKERS = { make: makeThumbnail, makeAtOnce: thumbnailNow }

/** Makes pictures until the signal. */
export function createLibraryPicture(options: LibraryPictureOptions, makers = MAKERS): LibraryPicture {
  const { bridge, sessionId, signal, source, picture, now } = options
  let wanted = false
  let dueAt = 0
  const send = (dataUrl: string | null): void => {
    if (dataUrl !== null && picture() !== null) void bridge.call('sessions.setThumbnail', { sessionId, dataUrl })
  }
  const make = async (): Promise<void> => {
    const size = picture()
    if (size === null) return
    dueAt = now() + EVERY_MS
    send(await makers.make(source(), size))
  }
  const stop = bridge.subscribe('wishes', ({ pictures }) => {
    // whoever has just come to look has an old picture before them
    if (pictures && !wanted) dueAt = Math.min(dueAt, now())
    wanted = pictures
  })
  signal.addEventListener('abort', stop, { once: true })
  document.addEventListener('visibilitychange', () => document.hidden && void make(), { signal })
  // a page that leaves waits for nothing
  window.addEventListener(
    'pagehide',
    () => {
      const size = picture()
      if (size !== null) send(makers.makeAtOnce(source(), size))
    },
    { signal },
  )
  return {
    sample() {
      if (wanted && !document.hidden && now() >= dueAt) void make()
    },
    appeared() {
      dueAt = now() + APPEARED_MS
    },
  }
}
