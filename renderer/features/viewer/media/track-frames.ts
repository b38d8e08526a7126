// The frames of a microphone's or camera's track, one after the other, where the browser gives them to pages (Chromium does).
// Policy: every frame is closed by whoever takes it; a track that ends ends the reading without a word, its owner hears of it elsewhere.

interface TrackProcessor<Frame> {
  readonly readable: ReadableStream<Frame>
}
declare global {
  interface Window {
    readonly MediaStreamTrackProcessor?: new <Frame>(init: {
      readonly track: MediaStreamTrack
      readonly maxBufferSize?: number
    }) => TrackProcessor<Frame>
  }
}

/** Whether this browser gives a track's frames to a page. */
export function canReadFrames(): boolean {
  return 'MediaStreamTrackProcessor' in globalThis
}

/**
 * Reads a track until the signal is aborted or the track ends.
 * @param take must close the frame
 * @throws when the browser gives no frames; see `canReadFrames`
 */
export function readFrames<Frame extends AudioData | VideoFrame>(
  track: MediaStreamTrack,
  take: (frame: Frame) => void,
  signal: AbortSignal,
): void {
  const Processor = window.MediaStreamTrackProcessor
  if (Processor === undefined) throw new Error('this browser gives no frames of tracks')
  const reader = new Processor<Frame>({ track }).readable.getReader()
  const next = async (): Promise<void> => {
    const { done, value } = await reader.read()
    if (done) return
    if (signal.aborted) return value.close()
    take(value)
    return next()
  }
  const stop = () => {
    reader.cancel().catch(ignore)
  }
  signal.addEventListener('abort', stop, { once: true })
  next()
    .catch(ignore)
    .finally(() => signal.removeEventListener('abort', stop))
}

/** The track ended while it was read. */
function ignore(): void {}
