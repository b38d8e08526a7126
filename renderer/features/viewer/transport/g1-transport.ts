// Selkies 1.6: two legs, the picture with the input and the sound, opened side by side since an idle server takes seconds for each.
// Policy: the picture's leg is the session. Sound that never came is said and let be; sound that was lost later ends the session, since the
// server can only make both anew. What 1.6 has no words for is not sent; what it says beyond the protocol is counted and left out.
import type { ClientMessage } from '../../../../shared/selkies/g2/messages.ts'
import type { ServerMessage } from '../../../../shared/selkies/g2/server-messages.ts'
import { AGAIN_AFTER_MS, createG1Input } from '../../../../shared/selkies/g1/input.ts'
import { g1Scale, g1Size } from '../../../../shared/selkies/g1/messages.ts'
import { parseG1Message } from '../../../../shared/selkies/g1/server-messages.ts'
import { characterOf } from '../../../../shared/selkies/keysym.ts'
import { t, text } from '../../../ui/translate.ts'
import { playOn } from '../media/speaker.ts'
import { createAllowance } from './allowance.ts'
import { openG1Leg } from './g1-leg.ts'
import { readRtcStats } from './rtc-stats.ts'
import { createTextQueue } from './gzip.ts'
import type { Loss, Transport } from './transport.ts'
import { createWatchdog } from './watchdog.ts'
import type { WebRtcOptions } from './webrtc-transport.ts'
import { playTrack } from './play-track.ts'

/** Each look costs the page some milliseconds in which no picture is shown, ms. */
const WATCH_EVERY_MS = 500
/** The server asks twice a second, ms. */
const PONG_EVERY_MS = 250
/** What the clipboard holds when a session begins is no news, ms. */
const OLD_CLIPBOARD_MS = 1500
/** A session may be asked to begin anew when it has lasted this long; sooner it would be a loop, ms. */
const SETTLED_MS = 5000

export interface G1Options extends Omit<
  WebRtcOptions,
  'tabId' | 'onCut' | 'display' | 'fullColorCodecs' | 'startKbps'
> {
  /** Density that the desktop is asked for; 96 is scale 1. */
  readonly dpi: number
}

/** Connects; everything that follows comes by the events. */
export function connectG1(options: G1Options): Transport {
  const { door, screens, events, createPeer, paths } = options
  const watchdog = createWatchdog()
  const pongs = createAllowance(4, PONG_EVERY_MS)
  let over = false
  let unread = 0
  let sound = options.sound
  let output = options.output
  let openedAt: number | null = null
  let resizes = true
  let echo: string | null = null
  const owned = new WeakSet<MediaStreamTrack>()
  let againTimer: ReturnType<typeof setTimeout> | undefined

  const settled = () => openedAt !== null && performance.now() - openedAt > SETTLED_MS
  const notice = (words: string) => events.onNotice?.(words)
  // the sound first: pages and their tests look at the newest peer for the picture
  const audio = openG1Leg({
    ...{ leg: 'audio', door, createPeer, paths, meta: null },
    onEnd(loss) {
      if (over) return
      if (settled()) end(loss.kind === 'no-path' ? { kind: 'channel' } : loss)
      else if (loss.kind !== 'occupied' && loss.kind !== 'unreachable') notice(t('This desktop gives no sound.'))
    },
  })
  const size = g1Size({ width: options.pageSize[0], height: options.pageSize[1] })
  const video = openG1Leg({
    ...{ leg: 'video', door, createPeer, paths, meta: { ...size, scale: g1Scale(options.dpi) } },
    onEnd: (loss) => end(loss),
  })
  const shut = () => {
    over = true
    clearInterval(watch)
    clearTimeout(againTimer)
    video.close()
    audio.close()
    screens.video.removeEventListener('resize', onSize)
  }
  const end = (loss: Loss) => {
    if (over) return
    shut()
    events.onEnd(loss)
  }
  const onSize = () => {
    const { videoWidth, videoHeight } = screens.video
    if (videoWidth > 0 && !over) events.onPicture(videoWidth, videoHeight, 'video')
  }
  screens.video.addEventListener('resize', onSize)

  const input = createG1Input((keysym) =>
    notice(
      t('This older desktop may not type “{character}”. If it does not appear, copy and paste it.', {
        character: characterOf(keysym) ?? '?',
      }),
    ),
  )
  const deliver = (message: ServerMessage) => {
    if (message.type !== 'clipboard' || message.part.kind !== 'whole') return events.onMessage(message)
    const { part } = message
    // it announces what it was just given
    if (part.base64 === echo) {
      echo = null
      return
    }
    const reply = openedAt !== null && performance.now() - openedAt < OLD_CLIPBOARD_MS
    events.onMessage({ type: 'clipboard', part: { ...part, reply } })
  }
  const hear = (said: string) => {
    if (over) return
    const message = parseG1Message(said)
    switch (message.type) {
      case 'common':
        return deliver(message.message)
      case 'ping':
        if (pongs.take(performance.now())) say({ type: 'pong', data: (Date.now() / 1000).toFixed(3) })
        return
      case 'reload':
        if (settled())
          end({ kind: 'closed', meaning: { action: 'again', sentence: text('The desktop starts its picture anew.') } })
        return
      case 'resize':
        resizes = message.enabled
        return
      case 'unknown':
        unread++
        return
      // what it was set to, and what its pipeline does: our own settings follow at open, and words of its log are no news
      case 'latency':
      case 'frame-rate':
      case 'video-bitrate':
      case 'audio-bitrate':
      case 'pipeline':
      case 'nothing':
    }
  }
  const texts = createTextQueue({
    deliver: hear,
    onUnreadable: () => unread++,
    onFlood: () => end({ kind: 'flooded' }),
  })
  const say = (message: ClientMessage): boolean => {
    if (message.type === 'resize' && !resizes) return false
    if (message.type === 'clipboard-text') echo = message.base64
    const sent = input.say(message).map((line) => video.peer.send('input', line))
    if (input.owes && againTimer === undefined)
      againTimer = setTimeout(() => {
        againTimer = undefined
        for (const line of input.again()) video.peer.send('input', line)
      }, AGAIN_AFTER_MS)
    return sent.length > 0 && sent.every(Boolean)
  }
  video.peer.on('message', ({ data }) => {
    if (typeof data === 'string') texts.text(data)
    else unread++
  })
  video.peer.on('open', () => {
    openedAt = performance.now()
    events.onOpen()
  })
  video.peer.on('track', ({ track, receiver }) => {
    if (track.kind === 'video') playTrack(screens.video, track, receiver, owned, onSize)
  })
  audio.peer.on('track', ({ track, receiver }) => {
    if (track.kind !== 'audio') return
    playTrack(screens.audio, track, receiver, owned)
    applyOutput()
  })
  const applyOutput = () => {
    screens.audio.muted = !sound || output.muted
    screens.audio.volume = output.volume
    playOn(screens.audio, output.deviceId)
  }

  let looking = false
  const watch = setInterval(() => {
    if (looking || video.peer.state !== 'connected') return
    looking = true
    video.peer
      .stats()
      .then((report) => {
        looking = false
        const { bytesReceived, checks, path } = readRtcStats(report, door)
        // it says something twice a second, whatever is on its screen
        const silent = watchdog.sample({ now: performance.now(), bytesReceived, fullRate: false, checks })
        if (!over && silent) end({ kind: 'stalled', path })
      })
      .catch(() => {
        // the connection closed while it was asked: its end is told elsewhere
        looking = false
      })
  }, WATCH_EVERY_MS)

  return {
    mode: 'webrtc',
    send: (message) => say(message),
    waiting: () => video.peer.bufferedAmount('input'),
    setSound(on) {
      sound = on
      applyOutput()
    },
    setOutput(next) {
      output = next
      applyOutput()
    },
    // it takes neither microphone nor camera
    setUplink: (_what, track) => Promise.resolve(track === null),
    stats: async () => ({
      ...readRtcStats(await video.peer.stats(), door),
      // the sound has a connection of its own
      sound: readRtcStats(await audio.peer.stats(), door).sound,
      unread: unread + video.unread + audio.unread,
    }),
    close: shut,
  }
}
