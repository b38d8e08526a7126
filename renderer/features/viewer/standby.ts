// A second connection beside the one that is shown, for a move without a gap: its picture is decoded out of sight until it is there.
// Policy: it comes as a page of its own, so that a desktop that allows several keeps the first; it tells nothing until it is shown.
import type { ServerMessage } from '../../../shared/selkies/g2/server-messages.ts'
import type { Standby } from './connection-shape.ts'
import type { Loss, Screens, TransportEvents } from './transport/transport.ts'
import { connectWebRtc, type WebRtcOptions } from './transport/webrtc-transport.ts'

/** For the picture, ms. */
const PICTURE_WITHIN_MS = 5000
/** What the desktop greets with is far less. */
const HELD_MESSAGES = 256

export interface StandbyOptions extends Omit<WebRtcOptions, 'screens' | 'events' | 'sound'> {
  /** Where it is shown and told in the end. */
  readonly screens: Screens
  readonly events: TransportEvents
  sound(): boolean
  lost(loss: Loss): void
  /** Right before the picture changes its element. */
  onShow(): void
}

/** Opens it. @returns when it has a picture and takes input; rejects when it ends or stays without one before */
export function openStandby(options: StandbyOptions): Promise<Standby> {
  const { promise, resolve, reject } = Promise.withResolvers<Standby>()
  const video = document.createElement('video')
  video.muted = true
  video.playsInline = true
  video.autoplay = true
  const screens: Screens = { video, audio: document.createElement('audio'), canvas: options.screens.canvas }
  const held: ServerMessage[] = []
  let opened = false
  let pictured = false
  const ready = () => {
    if (!opened || !pictured) return
    clearTimeout(timer)
    resolve({ transport, show })
  }
  const transport = connectWebRtc({
    ...options,
    sound: false,
    screens,
    events: {
      onOpen() {
        opened = true
        ready()
      },
      onMessage(message) {
        if (held.length < HELD_MESSAGES) held.push(message)
      },
      onPicture() {
        pictured = true
        ready()
      },
      onEnd(loss) {
        clearTimeout(timer)
        reject(new Error(`the second connection ended: ${loss.kind}`))
        // after it was handed over, but not shown yet
        options.lost(loss)
      },
    },
  })
  const timer = setTimeout(() => {
    transport.close()
    reject(new Error('the second connection has no picture'))
  }, PICTURE_WITHIN_MS)
  const show = () => {
    const { events } = options
    options.onShow()
    transport.moveTo({ screens: options.screens, events, sound: options.sound() })
    events.onOpen()
    for (const message of held.splice(0)) events.onMessage(message)
    // the picture itself is told with its first frame in the new element, so that nothing black is shown
  }
  return promise
}
