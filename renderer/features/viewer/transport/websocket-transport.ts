// WebSocket mode of Selkies 2.1: one socket for picture, sound and input; WebCodecs.
// Policy: one full SETTINGS, then live verbs; every frame is acknowledged; a fault of the decoder asks for a key frame.
// What the desktop says beyond the protocol is counted and left out.
import type { Door } from '../../../../shared/domain/session.ts'
import { closeMeaning } from '../../../../shared/selkies/g2/close-codes.ts'
import { parseFrame } from '../../../../shared/selkies/g2/frames.ts'
import { formatClientMessage, type ClientMessage } from '../../../../shared/selkies/g2/messages.ts'
import { parseWsText } from '../../../../shared/selkies/g2/server-messages.ts'
import { createAudioPlayer } from '../media/audio-player.ts'
import { createFrameDecoder } from '../media/frame-decoder.ts'
import { ACK_EVERY_MS, createAcks } from './acks.ts'
import { createAllowance } from './allowance.ts'
import { doorSocket } from './door-url.ts'
import { createTextQueue } from './gzip.ts'
import type { DisplayWish, Loss, Screens, SoundOutput, Transport, TransportEvents } from './transport.ts'
import { createWatchdog } from './watchdog.ts'
import { createWebSocketUplink } from './websocket-uplink.ts'
import { text } from '../../../ui/translate.ts'

const WATCH_EVERY_MS = 250
/** The display changes its owner when a page leaves: again and again only in a desktop that means ill, ms. */
const CLAIM_EVERY_MS = 1000

/** What each SETTINGS must repeat: one without it is a page that knows no redundant sound. Source: Selkies 2.1. */
export const ALWAYS = { audioRedundancy: true } as const

export interface WebSocketOptions {
  readonly door: Door
  readonly screens: Screens
  /** Size that the desktop is asked for, px. */
  readonly pageSize: readonly [number, number]
  readonly tabId: string
  readonly display: DisplayWish
  readonly sound: boolean
  readonly output: SoundOutput
  /** What the display is asked to stream with, in the server's names. */
  stream(): Readonly<Record<string, unknown>>
  readonly events: TransportEvents
  /** Sound is locked until a click. */
  onSoundLocked(): void
}

export interface WebSocketTransport extends Transport {
  unlockSound(): Promise<boolean>
}

/** Connects; everything that follows comes by the events. */
export function connectWebSocket(options: WebSocketOptions): WebSocketTransport {
  const { events, screens } = options
  const socket = new WebSocket(doorSocket(options.door.base, 'api/websockets'))
  socket.binaryType = 'arraybuffer'
  const acks = createAcks()
  const watchdog = createWatchdog()
  // the page's audio element carries what is played in this mode too, muted: it plays through the AudioContext already
  const player = createAudioPlayer(options.onSoundLocked, (stream) => {
    screens.audio.muted = true
    screens.audio.srcObject = stream
  })
  player.setSound(options.sound)
  player.setOutput(options.output)
  let over = false
  let opened = false
  let ready = false
  let bytes = 0
  let unread = 0
  let killed: string | null = null
  const claims = createAllowance(4, CLAIM_EVERY_MS)

  const send = (message: ClientMessage): boolean => {
    if (socket.readyState !== WebSocket.OPEN) return false
    socket.send(formatClientMessage(message))
    return true
  }
  const shut = () => {
    if (over) return
    over = true
    clearInterval(ackTimer)
    clearInterval(watch)
    uplink.close()
    decoder.close()
    player.close()
    socket.close()
  }
  const end = (loss: Loss) => {
    if (over) return
    shut()
    events.onEnd(loss)
  }
  const decoder = createFrameDecoder({
    screens,
    tell: (what) => send(what === 'key-frame' ? { type: 'key-frame' } : { type: 'lost-frame', frame: what.lost }),
    onSize: (...size) => events.onPicture(...size),
    onFault: (what) => end({ kind: 'undecodable', what }),
  })
  const uplink = createWebSocketUplink(socket, (what) => events.onMessage({ type: 'capture-refused', what }))
  const claim = () =>
    send({
      type: 'settings',
      settings: {
        displayId: options.display.id,
        ...(options.display.id === 'primary' ? {} : { displayPosition: options.display.side }),
        tabId: options.tabId,
        initialClientWidth: options.pageSize[0],
        initialClientHeight: options.pageSize[1],
        ...ALWAYS,
        ...options.stream(),
      },
    })
  const begin = () => {
    if (ready) return
    ready = true
    send({ type: 'gzip' })
    claim()
    events.onOpen()
  }
  const hear = (text: string) => {
    if (over) return
    const message = parseWsText(text)
    switch (message.type) {
      case 'unknown':
        unread++
        return
      case 'mode':
        begin()
        break
      case 'kill':
        killed = message.reason
        break
      case 'owner':
        if (message.display === options.display.id && claims.take(performance.now())) claim()
        break
      case 'pipeline-reset':
        // the primary's is told to everybody: a second display's frames go on
        if (message.display !== options.display.id) break
        decoder.reset()
        acks.reset()
        break
      case 'camera-key-frame':
        uplink.askKeyFrame()
        break
      case 'stream-info':
        decoder.setFullRange(message.info['full_range'] === true)
        break
      case 'server-settings':
        // told after MODE; an older server that does not say MODE is begun with here
        begin()
        break
      default:
        break
    }
    events.onMessage(message)
  }
  const texts = createTextQueue({
    deliver: hear,
    onUnreadable: () => unread++,
    onFlood: () => end({ kind: 'flooded' }),
  })

  socket.addEventListener('open', () => {
    opened = true
  })
  socket.addEventListener('message', ({ data }: MessageEvent<string | ArrayBuffer>) => {
    if (over) return
    if (typeof data === 'string') {
      bytes += data.length
      return texts.text(data)
    }
    bytes += data.byteLength
    const frame = parseFrame(data)
    switch (frame.type) {
      case 'video':
        acks.arrived(frame.id, performance.now())
        return decoder.video(frame)
      case 'jpeg':
        acks.arrived(frame.id, performance.now())
        return decoder.jpeg(frame)
      case 'audio':
        return player.play(frame)
      case 'gzip':
        return texts.gzip(frame.data)
      case 'unknown':
        unread++
        return undefined
    }
  })
  socket.addEventListener('close', ({ code, reason }) => {
    if (killed !== null)
      return end({
        kind: 'closed',
        // refused with 1008, superseded with another code
        meaning: {
          action: code === 1008 ? 'stop' : 'elsewhere',
          sentence: killed === '' ? text('The desktop was opened somewhere else.') : killed,
        },
      })
    end(opened ? { kind: 'closed', meaning: closeMeaning(code, reason, true) } : { kind: 'unreachable' })
  })

  const ackTimer = setInterval(() => {
    const due = acks.due(performance.now())
    if (due !== null) send({ type: 'frame-ack', frame: due.frame, heldMs: due.heldMs })
  }, ACK_EVERY_MS)
  const watch = setInterval(() => {
    // a TCP connection may be slow without being dead: it gets the patience of a quiet one
    if (watchdog.sample({ now: performance.now(), bytesReceived: bytes, fullRate: false }))
      end({ kind: 'stalled', path: 'websocket' })
  }, WATCH_EVERY_MS)

  return {
    mode: 'websocket',
    send,
    waiting: () => socket.bufferedAmount,
    setSound(on) {
      player.setSound(on)
      send({ type: on ? 'start-audio' : 'stop-audio' })
    },
    stats: () => {
      const { framesDecoded, framesDropped, decodeMs } = decoder.counters()
      return Promise.resolve({
        path: 'websocket',
        via: null,
        framesDecoded,
        bytesReceived: bytes,
        // TCP loses none
        packetsLost: 0,
        packetsReceived: framesDecoded + framesDropped,
        framesDropped,
        rttMs: null,
        codec: decoder.codec,
        decoder: 'WebCodecs',
        hardware: decoder.hardware,
        decodeMs,
        jitterBufferMs: null,
        sound: player.counters(),
        unread,
      })
    },
    setOutput: (output) => player.setOutput(output),
    setUplink: (what, track) => Promise.resolve(uplink.set(what, track)),
    check() {
      if (send({ type: 'key-frame' })) watchdog.check()
    },
    unlockSound: () => player.unlock(),
    close: shut,
  }
}
