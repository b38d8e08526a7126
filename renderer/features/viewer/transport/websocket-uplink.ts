// Microphone and camera of WebSocket mode: encoded by this browser and sent as frames of the one socket.
// Policy: input goes first, so nothing is put behind a socket that is full; what this browser cannot encode is said, not faked.
import type { CaptureKind } from '../../../../shared/selkies/g2/server-messages.ts'
import { encodeCamera, type CameraEncoder } from '../media/camera-encoder.ts'
import { encodeMicrophone } from '../media/microphone-encoder.ts'
import { canReadFrames } from '../media/track-frames.ts'

/** Bytes that may wait in the socket before a voice, and a picture, is left out. */
const VOICE_WAITS = 128 * 1024
const PICTURE_WAITS = 256 * 1024

export interface WebSocketUplink {
  set(what: CaptureKind, track: MediaStreamTrack | null): boolean
  askKeyFrame(): void
  close(): void
}

/** @param onFault this browser cannot encode it after all */
export function createWebSocketUplink(
  socket: Pick<WebSocket, 'readyState' | 'bufferedAmount' | 'send'>,
  onFault: (what: CaptureKind) => void,
): WebSocketUplink {
  const running: Record<CaptureKind, AbortController | null> = { microphone: null, camera: null }
  let camera: CameraEncoder | null = null
  const hasRoom = (limit: number) => socket.readyState === 1 && socket.bufferedAmount < limit
  const stop = (what: CaptureKind) => {
    running[what]?.abort()
    running[what] = null
    if (what === 'camera') camera = null
  }
  return {
    set(what, track) {
      stop(what)
      if (track === null) return true
      if (!canReadFrames()) return false
      const run = new AbortController()
      running[what] = run
      const { signal } = run
      const send = (limit: number) => (frame: Uint8Array<ArrayBuffer>) => {
        if (hasRoom(limit)) socket.send(frame)
      }
      if (what === 'microphone')
        encodeMicrophone({ track, signal, send: send(VOICE_WAITS), onFault: () => onFault(what) })
      else
        camera = encodeCamera({
          track,
          signal,
          hasRoom: () => hasRoom(PICTURE_WAITS),
          // a frame that others build on is not left out any more
          send: send(Number.POSITIVE_INFINITY),
        })
      return true
    },
    askKeyFrame: () => camera?.askKeyFrame(),
    close() {
      stop('microphone')
      stop('camera')
    },
  }
}
