// The desktop as a small picture above all windows. Policy: it has a video element of its own, so that the page's picture stays in its
// place; it is fed with the same track, or with what is drawn on the canvas, and follows a new connection. A browser that has none, or
// refuses, is said.

export interface SmallPictureOptions {
  /** The stream that is seen now; null while there is no picture. */
  stream(): MediaStream | null
  /** The element that is shown small, outside of the page's picture. */
  readonly video: HTMLVideoElement
  onChange(shown: boolean): void
}

export interface SmallPicture {
  /** Whether this browser has it. */
  readonly offered: boolean
  readonly shown: boolean
  /** Shows it, or puts it away. To be called by a click. @throws what the browser refuses with */
  toggle(): Promise<void>
  /** There is another stream: a new connection, another mode. */
  follow(): void
  dispose(): void
}

export function createSmallPicture({ stream, video, onChange }: SmallPictureOptions): SmallPicture {
  let shown = false
  const stop = new AbortController()
  const become = (next: boolean): void => {
    if (shown === next) return
    shown = next
    if (!next) video.srcObject = null
    onChange(next)
  }
  video.muted = true
  video.addEventListener('leavepictureinpicture', () => become(false), { signal: stop.signal })
  return {
    offered: document.pictureInPictureEnabled,
    get shown() {
      return shown
    },
    async toggle() {
      if (shown) {
        become(false)
        if (document.pictureInPictureElement === video) await document.exitPictureInPicture()
        return
      }
      const present = stream()
      if (present === null) return
      video.srcObject = present
      // a picture without a size is refused
      if (video.readyState === 0)
        await new Promise((resolve) => video.addEventListener('loadedmetadata', resolve, { once: true }))
      await video.play()
      await video.requestPictureInPicture()
      become(true)
    },
    follow() {
      if (!shown) return
      const present = stream()
      if (present === null || present === video.srcObject) return
      video.srcObject = present
      void video.play().catch(() => undefined)
    },
    dispose() {
      stop.abort()
      if (shown && document.pictureInPictureElement === video)
        void document.exitPictureInPicture().catch(() => undefined)
      video.srcObject = null
    },
  }
}
