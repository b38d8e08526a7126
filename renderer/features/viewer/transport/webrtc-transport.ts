// WebRTC to Selkies 2.1: what is negotiated through the door, its picture, sound and messages, the watchdog.
// Policy: one transport is one peer connection with one offer. It ends with the first fatal sign; the session above decides what
// comes next. What the desktop says beyond the protocol is counted and left out.
import type { Door } from '../../../../shared/domain/session.ts'
import { formatClientMessage, type ClientMessage } from '../../../../shared/selkies/g2/messages.ts'
import { parseRtcMessage } from '../../../../shared/selkies/g2/server-messages.ts'
import type { CreateViewerPeer } from '../peer/viewer-peer.ts'
import { playOn } from '../media/speaker.ts'
import { createAllowance } from './allowance.ts'
import { createTextQueue } from './gzip.ts'
import { negotiate } from './negotiation.ts'
import { wayOf, type IcePath } from './paths.ts'
import { createPictureWait } from './picture-wait.ts'
import { playTrack } from './play-track.ts'
import { readRtcStats } from './rtc-stats.ts'
import type { DisplayWish, Loss, Screens, SoundOutput, Transport, TransportEvents } from './transport.ts'
import { createWatchdog } from './watchdog.ts'

/** Time for any candidate to work after the answer, ms. */
const CONNECT_WITHIN_MS = 10_000
/** Each look costs the page some milliseconds in which no picture is shown, ms. */
const WATCH_EVERY_MS = 400
/** After a cut of the signalling the media is looked at this often, ms, for as long as the cut may last. */
const CUT_WATCH_EVERY_MS = 150
const CUT_WATCH_FOR_MS = 3000
/** Media that shares the cut is silent for this long then, ms: each look at a silent one asks for a sign. */
const CUT_SILENCE_MS = 500
/** A server that ends a session closes the channels at once, and says why on the socket, which comes by a longer way, ms. */
const VERDICT_WITHIN_MS = 500
/** The server asks once a second, ms. */
const PONG_EVERY_MS = 250

export interface WebRtcOptions {
  readonly door: Door
  readonly createPeer: CreateViewerPeer
  readonly paths: ReadonlySet<IcePath>
  readonly screens: Screens
  /** Size that the desktop is asked for, px. */
  readonly pageSize: readonly [number, number]
  readonly tabId: string
  readonly display: DisplayWish
  readonly sound: boolean
  /** Codecs whose 4:4:4 this browser shows. */
  readonly fullColorCodecs: readonly string[]
  /** The rate to start at, kbit/s, where one was held before. */
  readonly startKbps: number | null
  readonly output: SoundOutput
  readonly events: TransportEvents
  /** The signalling socket was cut and is being healed. Media runs on meanwhile. */
  onCut?(cut: boolean): void
}

export interface WebRtcTransport extends Transport {
  /** What was shown and told elsewhere until now is from here on shown and told there. */
  moveTo(place: { readonly screens: Screens; readonly events: TransportEvents; readonly sound: boolean }): void
}

/** Connects; everything that follows comes by the events. */
export function connectWebRtc(options: WebRtcOptions): WebRtcTransport {
  const { door } = options
  let { screens, events } = options
  const timers = new Set<ReturnType<typeof setTimeout>>()
  const watchdog = createWatchdog()
  const picture = createPictureWait(() => peer.send('input', formatClientMessage({ type: 'key-frame' })))
  let over = false
  let sharing = true
  let gone = false
  let sound = options.sound
  let output = options.output
  let unread = 0
  const pongs = createAllowance(4, PONG_EVERY_MS)

  const negotiation = negotiate({
    door,
    paths: options.paths,
    createPeer: options.createPeer,
    hello: {
      clientType: 'controller',
      clientSlot: 1,
      clientTabId: options.tabId,
      ...(door.token === undefined ? {} : { clientToken: door.token }),
      pageSize: options.pageSize,
      displayId: options.display.id,
      displayPosition: options.display.side,
      ccStartKbps: options.startKbps,
      fullColorCodecs: options.fullColorCodecs,
    },
    onOffer() {
      timers.add(
        setTimeout(() => {
          if (peer.state !== 'connected') end({ kind: 'no-path' })
        }, CONNECT_WITHIN_MS),
      )
    },
    onCut(cut) {
      if (cut && gone) return end({ kind: 'channel' })
      if (cut) {
        watchdog.check(CUT_SILENCE_MS)
        const closely = setInterval(look, CUT_WATCH_EVERY_MS)
        timers.add(closely)
        timers.add(setTimeout(() => clearInterval(closely), CUT_WATCH_FOR_MS))
      }
      return options.onCut?.(cut)
    },
    onEnd: (loss) => end(loss),
  })
  const { peer } = negotiation
  const shut = () => {
    over = true
    for (const timer of timers) clearTimeout(timer)
    clearInterval(watch)
    picture.stop()
    negotiation.close()
    screens.video.removeEventListener('resize', onSize)
  }
  const end = (loss: Loss) => {
    if (over) return
    shut()
    events.onEnd(loss)
  }
  /** Without its verdict a takeover would look like a fault, and be undone. */
  const channelGone = () => {
    if (gone) return
    gone = true
    timers.add(setTimeout(() => end({ kind: 'channel' }), VERDICT_WITHIN_MS))
  }
  const texts = createTextQueue({
    deliver(text) {
      if (over) return
      const message = parseRtcMessage(text)
      if (message.type === 'unknown') {
        unread++
        return
      }
      if (message.type === 'server-settings') sharing = readSwitch(message.settings, 'enable_sharing') ?? sharing
      if (message.type === 'ping' && pongs.take(performance.now()))
        peer.send('input', formatClientMessage({ type: 'pong', data: message.data }))
      events.onMessage(message)
    },
    onUnreadable: () => unread++,
    onFlood: () => end({ kind: 'flooded' }),
  })
  const onSize = () => {
    const { videoWidth, videoHeight } = screens.video
    if (videoWidth === 0 || over) return
    picture.seen()
    events.onPicture(videoWidth, videoHeight, 'video')
  }
  screens.video.addEventListener('resize', onSize)

  peer.on('track', ({ track, receiver }) => {
    if (track.kind === 'video') return playTrack(screens.video, track, receiver, owned, onSize)
    playTrack(screens.audio, track, receiver, owned)
    applyOutput()
  })
  const owned = new WeakSet<MediaStreamTrack>()
  const applyOutput = () => {
    screens.audio.muted = !sound || output.muted
    screens.audio.volume = output.volume
    playOn(screens.audio, output.deviceId)
  }
  peer.on('message', ({ data }) => {
    if (typeof data === 'string') texts.text(data)
    else if (data[0] === 0x1f && data[1] === 0x8b) texts.gzip(data)
    else unread++
  })
  peer.on('open', () => {
    events.onOpen()
    picture.begin()
  })
  peer.on('state', (state) => {
    if (state === 'failed') end({ kind: 'no-path' })
    else if (state === 'closed') channelGone()
  })
  peer.on('error', () => channelGone())

  let looking = false
  let before = 0
  let shown = 0
  const stats = async () => {
    const read = readRtcStats(await peer.stats(), door)
    const { bytesReceived, checks, path, relay = null } = read
    if (over) return read
    // a still picture sends nothing: the desktop is asked for a sign, and what carries the question acknowledges it
    if (bytesReceived === before) peer.send('input', formatClientMessage({ type: 'stats', on: true }))
    before = bytesReceived
    if (watchdog.sample({ now: performance.now(), bytesReceived, fullRate: true, checks }))
      end({ kind: 'stalled', path: wayOf(path, relay) ?? path })
    return read
  }
  const look = () => {
    if (looking || peer.state !== 'connected') return
    // pictures that come are sign enough, and counting them costs nothing; the figures, once a second, look at the rest
    const { totalVideoFrames } = screens.video.getVideoPlaybackQuality()
    if (totalVideoFrames !== shown) {
      shown = totalVideoFrames
      return watchdog.heard(performance.now())
    }
    looking = true
    stats()
      .catch(() => {
        // the connection closed while it was asked: its end is told elsewhere
      })
      .finally(() => {
        looking = false
      })
  }
  const watch = setInterval(look, WATCH_EVERY_MS)

  return {
    mode: 'webrtc',
    send: (message: ClientMessage, lane = 'input') => peer.send(lane, formatClientMessage(message)),
    waiting: () => peer.bufferedAmount('input'),
    setSound(on) {
      sound = on
      applyOutput()
      peer.send('input', formatClientMessage({ type: on ? 'start-audio' : 'stop-audio' }))
    },
    setOutput(next) {
      output = next
      applyOutput()
    },
    setUplink: (what, track) => peer.setUplink(what, track),
    moveTo(place) {
      const from = screens
      screens = place.screens
      events = place.events
      sound = place.sound
      from.video.removeEventListener('resize', onSize)
      screens.video.addEventListener('resize', onSize)
      for (const kind of ['video', 'audio'] as const) {
        screens[kind].srcObject = from[kind].srcObject
        from[kind].srcObject = null
        screens[kind].play().catch(() => {
          if (kind === 'audio') screens.audio.dispatchEvent(new Event('locked'))
        })
      }
      applyOutput()
      screens.video.requestVideoFrameCallback(onSize)
    },
    mayJoin: () => sharing,
    check() {
      // a key frame comes at once, however still the picture is
      if (peer.send('input', formatClientMessage({ type: 'key-frame' }))) watchdog.check()
    },
    stats: async () => ({ ...(await stats()), unread: unread + negotiation.unread }),
    close: shut,
  }
}

/** @returns null for what the server does not say */
function readSwitch(settings: Readonly<Record<string, unknown>>, name: string): boolean | null {
  const entry = settings[name]
  const value = typeof entry === 'object' && entry !== null && 'value' in entry ? entry.value : null
  return typeof value === 'boolean' ? value : null
}
