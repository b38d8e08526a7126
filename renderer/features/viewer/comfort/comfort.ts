// Pictures of the desktop and the small picture, as the session has them: what is refused is said, and nothing is left behind.
import { t } from '../../../ui/translate.ts'
import type { Say, ViewerStore } from '../viewer-state.ts'
import { createSmallPicture } from './picture-in-picture.ts'
import { copyPicture, pictureName, savePicture, takePicture, type PictureSource } from './screenshot.ts'

/** Frames a second of the small picture where it is drawn from a canvas. */
const SMALL_RATE = 30

export interface ComfortOptions {
  readonly store: ViewerStore
  /** Shown small, outside of the page's picture. */
  readonly small: HTMLVideoElement
  source(): PictureSource
  say(say: Omit<Say, 'id'>): void
}

export interface Comfort {
  copyPicture(): Promise<void>
  savePicture(): Promise<void>
  toggleSmallPicture(): Promise<void>
  /** A new connection has its picture. */
  follow(): void
  dispose(): void
}

export function createComfort({ store, small, source, say }: ComfortOptions): Comfort {
  const tell = (text: string): void => say({ icon: 'picture', text })
  const take = (): Promise<Blob> | null => {
    const { picture, status } = store.getState()
    if (picture !== null && status.kind === 'connected') return takePicture(source(), picture)
    tell(t('There is no picture of the desktop now.'))
    return null
  }
  let drawn: { readonly canvas: HTMLCanvasElement; readonly stream: MediaStream } | null = null
  const smallPicture = createSmallPicture({
    video: small,
    stream() {
      const from = source()
      if (from instanceof HTMLVideoElement) return from.srcObject instanceof MediaStream ? from.srcObject : null
      if (drawn?.canvas !== from) drawn = { canvas: from, stream: from.captureStream(SMALL_RATE) }
      return drawn.stream
    },
    onChange(shown) {
      store.setState({ small: shown })
      if (shown || drawn === null) return
      // a stream that nobody looks at would go on copying frames
      for (const track of drawn.stream.getTracks()) track.stop()
      drawn = null
    },
  })
  store.setState({ small: smallPicture.offered ? false : null })

  return {
    async copyPicture() {
      const picture = take()
      if (picture === null) return
      try {
        await copyPicture(picture)
        tell(t('Picture of the desktop copied'))
      } catch {
        // the browser's own clipboard, or a page without the focus
        tell(t('The browser refused its clipboard. Save the picture instead.'))
      }
    },
    async savePicture() {
      const picture = take()
      if (picture === null) return
      savePicture(await picture, pictureName(store.getState().name, new Date()))
    },
    async toggleSmallPicture() {
      if (!smallPicture.offered) return tell(t('This browser has no small picture above all windows.'))
      try {
        await smallPicture.toggle()
      } catch {
        tell(t('The browser refused the small picture. Click on the desktop, then try again.'))
      }
    },
    follow: () => smallPicture.follow(),
    dispose: () => smallPicture.dispose(),
  }
}
