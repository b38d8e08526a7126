// A desktop's track in its element, with as little waiting as the browser allows.

/** A receiver with the latency control that not every type library knows. */
interface LowLatencyReceiver extends RTCRtpReceiver {
  playoutDelayHint?: number
}

/**
 * Plays a track. Only the first live one of an element is the desktop's; further ones belong to lines that we do not use.
 * @param owned the tracks of this connection
 * @param onFrame at the first frame: `resize` alone does not tell that of a new stream of the same size
 */
export function playTrack(
  element: HTMLVideoElement | HTMLAudioElement,
  track: MediaStreamTrack,
  receiver: RTCRtpReceiver,
  owned: WeakSet<MediaStreamTrack>,
  onFrame?: () => void,
): void {
  const quick: LowLatencyReceiver = receiver
  // sound and picture are not kept in step: waiting for each other would cost latency; sound keeps the few ms that it needs
  if (track.kind === 'video') {
    quick.jitterBufferTarget = 0
    quick.playoutDelayHint = 0
  }
  const present = element.srcObject instanceof MediaStream ? element.srcObject.getTracks() : []
  if (present.some((other) => other.readyState === 'live' && owned.has(other))) return
  owned.add(track)
  element.srcObject = new MediaStream([track])
  if (onFrame !== undefined && element instanceof HTMLVideoElement) element.requestVideoFrameCallback(onFrame)
  element.play().catch(() => {
    // sound before the first click is refused by browsers; the viewer asks for a click
    if (track.kind === 'audio') element.dispatchEvent(new Event('locked'))
  })
}
