// Those who watch one demo desktop: greeted, answered and kept up to date, each over its own connection, as Selkies 2.1 does it.
import type { Fault, ToDesktop } from '../../shared/demo/attach.ts'
import { clipboardParts, createClipboardAssembler, type ClipboardAssembler } from '../../shared/selkies/g2/clipboard.ts'
import { FLAVOURS_MIME, readFlavours } from '../../shared/selkies/g2/flavours.ts'
import type { ClientMessage } from '../../shared/selkies/g2/messages.ts'
import type { ClipboardPart, ServerMessage } from '../../shared/selkies/g2/server-messages.ts'
import { formatRtcMessage } from '../../shared/selkies/g2/server-format.ts'
import type { PeerPayload } from '../../shared/selkies/g2/signalling.ts'
import { createDemoPeer, type DemoPeer } from './demo-peer.ts'
import { serverSettings } from './server-settings.ts'
import { streamInfo, streamStats } from './stream-figures.ts'
import type { Clip, DesktopState } from './state.ts'

export interface ViewersOptions {
  readonly video: MediaStreamTrack
  state(): DesktopState
  cursor(): ServerMessage & { type: 'cursor' }
  /** What changes the desktop itself. `isOwner`: may decide its size. */
  onInput(message: ClientMessage, isOwner: boolean): void
  onPasted(clip: Clip): void
  onLeft(): void
  onPayload(peer: string, payload: PeerPayload): void
  onEnded(peer: string): void
}

export interface Viewers {
  readonly count: number
  begin(session: ToDesktop & { type: 'session' }, delayMs: number): void
  take(peer: string, payload: PeerPayload): void
  end(peer: string): void
  /** Says something to all, or to those with control alone. */
  tell(message: ServerMessage, who?: 'all' | 'controllers'): void
  announce(bytes: Uint8Array, mime: string): void
  setAudio(track: MediaStreamTrack): void
  fault(fault: Fault): void
  close(): void
}

interface Viewer {
  readonly id: string
  readonly slot: number | null
  readonly peer: DemoPeer
  readonly clipboard: ClipboardAssembler
  wantsSound: boolean
  wantsVideo: boolean
  stats: ReturnType<typeof setInterval> | null
  pinged: number
}

const DEFAULT_KBPS = 20_000
const INFO_AFTER_MS = 3_000
const STATS_EVERY_MS = 1_000

export function createViewers(options: ViewersOptions): Viewers {
  const viewers = new Map<string, Viewer>()
  let audio: MediaStreamTrack | null = null
  let kbps = DEFAULT_KBPS
  let isStalled = false
  let isDropped = false
  let settings: (Fault & { kind: 'settings' })['settings'] = {}
  let figures: (Fault & { kind: 'figures' })['figures'] = {}

  const say = (viewer: Viewer, message: ServerMessage): void => viewer.peer.send(formatRtcMessage(message))
  const feed = (viewer: Viewer): void => {
    viewer.peer.setVideo(viewer.wantsVideo && !isStalled && !isDropped ? options.video : null)
    viewer.peer.setAudio(viewer.wantsSound && !isStalled ? audio : null)
  }
  const owner = (): Viewer | undefined => [...viewers.values()].find(({ peer }) => peer.role === 'controller')
  const config = (): ServerMessage => {
    const { width, height } = options.state()
    return { type: 'display-config', fingerScroll: false, size: { width, height } }
  }
  const saySettings = (viewer: Viewer): void =>
    say(viewer, {
      type: 'server-settings',
      settings: { ...serverSettings(options.state(), kbps, firstEncoder()), ...settings },
    })
  const greet = (viewer: Viewer): void => {
    saySettings(viewer)
    say(viewer, config())
    say(viewer, options.cursor())
    say(viewer, { type: 'auth', role: viewer.peer.role, slot: viewer.slot })
    if (viewer.peer.role === 'controller')
      setTimeout(() => {
        if (viewers.get(viewer.id) !== viewer) return
        void streamInfo(viewer.peer).then((info) => say(viewer, { type: 'stream-info', info }), ignore)
      }, INFO_AFTER_MS)
  }
  const remove = (viewer: Viewer): void => {
    if (!viewers.delete(viewer.id)) return
    if (viewer.stats !== null) clearInterval(viewer.stats)
    options.onLeft()
  }
  const send = (viewer: Viewer, parts: readonly ClipboardPart[]): void => {
    for (const part of parts) say(viewer, { type: 'clipboard', part })
  }
  const pasted = (viewer: Viewer, part: ClipboardPart): void => {
    const content = viewer.clipboard.take(part)
    if (content === null) return
    const { mime, bytes } = content
    // formats are not shown here: of a formatted copy the plain text is taken
    const flavours = mime === FLAVOURS_MIME ? readFlavours(bytes) : null
    const text = flavours?.text ?? (mime === 'text/plain' ? new TextDecoder().decode(bytes) : '')
    options.onPasted({ text, mime: flavours === null ? mime : 'text/plain', bytes: bytes.length, from: 'viewer' })
  }
  const setStats = (viewer: Viewer, on: boolean): void => {
    if (viewer.stats !== null) clearInterval(viewer.stats)
    viewer.stats = null
    if (!on || viewer.peer.role !== 'controller') return
    viewer.stats = setInterval(() => {
      viewer.pinged = performance.now()
      if (viewer === owner()) say(viewer, { type: 'ping', data: String(viewer.pinged / 1000) })
      void streamStats(viewer.peer, kbps).then(
        (stats) => say(viewer, { type: 'stream-stats', stats: { ...stats, ...figures } }),
        ignore,
      )
    }, STATS_EVERY_MS)
  }
  const hear = (viewer: Viewer, message: ClientMessage): void => {
    const untagged = { reply: false, secret: false }
    switch (message.type) {
      case 'gzip':
        return viewer.peer.agreeGzip()
      case 'stats':
        return setStats(viewer, message.on)
      case 'pong':
        return say(viewer, { type: 'latency', ms: (performance.now() - viewer.pinged) / 2 })
      case 'start-video':
      case 'stop-video':
        viewer.wantsVideo = message.type === 'start-video'
        return feed(viewer)
      case 'start-audio':
      case 'stop-audio':
        viewer.wantsSound = message.type === 'start-audio'
        return feed(viewer)
      case 'key-frame':
        return viewer.peer.askKeyFrame()
      case 'video-bitrate':
        if (viewer !== owner() || message.kbps <= 0) return
        kbps = Math.min(1_000_000, Math.max(100, message.kbps))
        for (const { peer } of viewers.values()) peer.setRate(kbps)
        return
      case 'clipboard-text':
        return pasted(viewer, { kind: 'whole', mime: 'text/plain', base64: message.base64, ...untagged })
      case 'clipboard-binary':
        return pasted(viewer, { kind: 'whole', mime: message.mime, base64: message.base64, ...untagged })
      case 'clipboard-start':
        return pasted(viewer, { kind: 'start', mime: message.mime ?? 'text/plain', total: message.total, ...untagged })
      case 'clipboard-data':
        return pasted(viewer, { kind: 'data', base64: message.base64 })
      case 'clipboard-end':
        return pasted(viewer, { kind: 'end' })
      case 'clipboard-read': {
        const { text } = options.state().clip
        const isReply = message.when === 'connect'
        if (text === '' && !isReply) return
        return send(
          viewer,
          clipboardParts(new TextEncoder().encode(text), 'text/plain', { reply: isReply, secret: false }),
        )
      }
      default:
        return options.onInput(message, viewer === owner())
    }
  }
  const each = (run: (viewer: Viewer) => void): void => {
    for (const viewer of viewers.values()) run(viewer)
  }

  return {
    get count() {
      return viewers.size
    },
    begin({ peer: id, role, slot, pageSize }, delayMs) {
      const viewer: Viewer = {
        id,
        slot,
        clipboard: createClipboardAssembler(),
        wantsSound: true,
        wantsVideo: true,
        stats: null,
        pinged: 0,
        peer: createDemoPeer({
          role,
          delayMs,
          onPayload: (payload) => options.onPayload(id, payload),
          onMessage: (message) => hear(viewer, message),
          onOpen: () => greet(viewer),
          onEnd: () => {
            remove(viewer)
            options.onEnded(id)
          },
        }),
      }
      viewers.set(id, viewer)
      viewer.peer.setRate(kbps)
      if (pageSize !== null && viewer === owner())
        options.onInput({ type: 'resize', width: even(pageSize[0]), height: even(pageSize[1]) }, true)
      feed(viewer)
    },
    take: (id, payload) => viewers.get(id)?.peer.take(payload),
    end(id) {
      const viewer = viewers.get(id)
      viewer?.peer.close()
      if (viewer) remove(viewer)
    },
    tell(message, who = 'all') {
      each((viewer) => {
        if (who === 'all' || viewer.peer.role === 'controller') say(viewer, message)
      })
      if (message.type === 'resolution') each((viewer) => say(viewer, config()))
    },
    announce(bytes, mime) {
      const parts = clipboardParts(bytes, mime)
      each((viewer) => {
        if (viewer.peer.role === 'controller') send(viewer, parts)
      })
    },
    setAudio(track) {
      audio = track
      each(feed)
    },
    fault(fault) {
      if (fault.kind === 'stall') isStalled = fault.on
      else if (fault.kind === 'drop-video') isDropped = fault.on
      else if (fault.kind === 'figures') figures = fault.figures
      else if (fault.kind === 'settings') {
        settings = fault.settings
        return each(saySettings)
      } else if (fault.kind === 'close-channels') return each(({ peer }) => peer.closeChannels())
      else if (fault.kind === 'burst') {
        for (let left = fault.messages; left > 0; left--) each((viewer) => say(viewer, options.cursor()))
        return
      }
      each(feed)
    },
    close() {
      each(({ peer, stats }) => {
        if (stats !== null) clearInterval(stats)
        peer.close()
      })
      viewers.clear()
    },
  }
}

/** The encoder that the offer names first, in the server's words. */
function firstEncoder(): string {
  const first = RTCRtpSender.getCapabilities('video')?.codecs[0]?.mimeType ?? 'video/VP8'
  return `${first.replace(/^video\//i, '').toLowerCase()}enc`
}

function even(side: number): number {
  return Math.max(2, side - (side % 2))
}

/** The viewer has gone while its figures were asked. */
function ignore(): void {}
