// One desktop in one window: joins connection, picture, input, clipboard, pads and sound, and writes what the page shows.
// Policy: input outlives transports; nothing stays held over a change of transport; a lost picture stays on screen as a still.
import type { ChordAction } from '../../../shared/domain/chords.ts'
import type { SessionView } from '../../../shared/domain/session.ts'
import { DEFAULT_SETTINGS, type Settings } from '../../../shared/domain/settings.ts'
import type { Bridge } from '../../../shared/ipc/bridge.ts'
import type { CursorView, ServerMessage } from '../../../shared/selkies/g2/server-messages.ts'
import { createConnection } from './connection.ts'
import { browserClipboard, createClipboardBridge, directionsOf } from './input/clipboard.ts'
import { cursorCss } from './input/cursor.ts'
import { captureGamepads } from './input/gamepads.ts'
import { placePicture, streamPixel, wantedDpi, wantedSize, type Size } from './input/geometry.ts'
import type { InputSink } from './input/input-sink.ts'
import { captureKeyboard, platformOf } from './input/keyboard.ts'
import { capturePointer } from './input/pointer.ts'
import { strike } from './input/send-keys.ts'
import { createClipboardTyper } from './input/clipboard-typer.ts'
import { createNativePeer } from './peer/native-peer.ts'
import { createSimplePeer } from './peer/simple-peer-adapter.ts'
import { createFullScreen } from './full-screen.ts'
import { bytesWords, flag, rememberTab } from './session-words.ts'
import { createScreen } from './screen.ts'
import { createSizeKeeper } from './size-keeper.ts'
import { createStatsMeter, desktopFigures, encoderFigures, type DesktopFigures } from './stats-meter.ts'
import { keepStill, makeThumbnail } from './still-picture.ts'
import type { IcePath } from './transport/paths.ts'
import type { Screens, TransportEvents } from './transport/transport.ts'
import { connectWebRtc } from './transport/webrtc-transport.ts'
import { connectWebSocket } from './transport/websocket-transport.ts'
import { createViewerStore, HISTORY, toldBySession, type Say, type ViewerStore } from './viewer-state.ts'

/** The elements of the page that the session draws into and listens to. */
export interface ViewerElements extends Screens {
  /** Full window; the picture is placed in it. */
  readonly stage: HTMLElement
  /** Holds the last frame while there is none. */
  readonly still: HTMLCanvasElement
  /** Has the focus while the desktop has the keyboard. */
  readonly field: HTMLTextAreaElement
}

export interface ViewerSessionOptions {
  readonly bridge: Bridge
  readonly sessionId: string
  readonly elements: ViewerElements
  /** From the page's address: only these ways. */
  readonly paths: ReadonlySet<IcePath>
  /** From the page's address: WebSocket, whatever the settings say. */
  readonly forceWebSocket: boolean
  onChord(action: ChordAction): void
}

export interface ViewerSession {
  readonly store: ViewerStore
  /** The stopped desktop is started again, or the ended connection made anew. */
  again(): void
  stopDesktop(): Promise<void>
  allowWebSocket(): void
  setGrab(on: boolean): Promise<void>
  toggleFullScreen(): Promise<void>
  /** Presses keys on the desktop that this machine would take. */
  sendKeys(keysyms: readonly number[]): void
  /** Types what is copied here, key by key. */
  typeClipboard(): Promise<void>
  cancelTyping(): void
  /** Changes a setting; it takes effect through the settings topic. */
  set(patch: Partial<Settings>): void
  focus(): void
  say(say: Omit<Say, 'id'>): void
  dispose(): void
}

const STATS_EVERY_MS = 1000
const THUMBNAIL_EVERY_MS = 20_000
const RESIZE_AFTER_MS = 200

/** Opens a desktop in a window. */
export function createViewerSession(options: ViewerSessionOptions): ViewerSession {
  const { bridge, sessionId, elements } = options
  const store = createViewerStore(performance.now())
  const set = store.setState
  const stop = new AbortController()
  const meter = createStatsMeter()
  const sizes = createSizeKeeper(() => performance.now())
  const tabId = rememberTab()
  let settings: Settings = DEFAULT_SETTINGS
  let view: SessionView | null = null
  let figures: DesktopFigures = { encodeMs: null, pipelineMs: null, encoder: null, hardware: null }
  let policy = { in: true, out: true }
  let cursor: CursorView | null = null
  let asked: Size | null = null
  let sayId = 0
  let firstFrameTold = false
  let thumbnailAt = 0
  let unlockSound: (() => Promise<boolean>) | null = null

  const sink: InputSink = (message, lane) => {
    connection.transport?.send(message, lane)
  }
  const say = (what: Omit<Say, 'id'>) => set({ say: { ...what, id: ++sayId } })
  const ratio = () => window.devicePixelRatio || 1
  const stageSize = (): Size => ({ width: elements.stage.clientWidth, height: elements.stage.clientHeight })
  const wish = () => wantedSize(stageSize(), ratio(), settings.sharpPixels)
  const source = () => (store.getState().mode === 'websocket' ? elements.canvas : elements.video)

  const screen = createScreen(elements)
  const layout = () => {
    const { picture } = store.getState()
    if (picture === null) return
    screen.place(placePicture(stageSize(), picture, ratio()))
    showCursor()
  }
  const showCursor = () => {
    const { picture } = store.getState()
    if (cursor === null || picture === null) return
    const rect = source().getBoundingClientRect()
    set({ cursor: cursorCss(cursor, rect.width / picture.width) })
  }
  const askSize = () => {
    if (!settings.resizeToWindow) return
    const size = wish()
    if (asked?.width === size.width && asked.height === size.height) return
    asked = size
    sink({ type: 'resize', ...size })
    sink({ type: 'dpi', dpi: wantedDpi(ratio(), settings.sharpPixels) })
  }

  const hear = (message: ServerMessage) => {
    switch (message.type) {
      case 'cursor':
        cursor = message.cursor
        return showCursor()
      case 'clipboard':
        return clipboard.receive(message.part)
      case 'server-settings':
        policy = {
          in: flag(message.settings, 'clipboard_in_enabled'),
          out: flag(message.settings, 'clipboard_out_enabled'),
        }
        return clipboard.setDirections(directionsOf(settings.clipboard, policy))
      case 'rumble':
        return pads.rumble(message.slot, message.strong, message.weak, message.durationMs)
      case 'stream-stats':
        figures = desktopFigures(message.stats, figures)
        return undefined
      case 'stream-info':
        figures = encoderFigures(message.info, figures)
        return undefined
      case 'video-declined':
        return say({ icon: 'network', text: `This machine cannot decode ${message.mime.replace('video/', '')}.` })
      case 'connection':
        return message.poor ? say({ icon: 'network', text: 'The connection is poor; the picture may lag.' }) : undefined
      default:
        return undefined
    }
  }
  const events = (mode: 'webrtc' | 'websocket'): TransportEvents => ({
    onOpen() {
      sink({ type: 'gzip' })
      // a cut connection leaves pressed what was pressed
      sink({ type: 'release-keys' })
      if (policy.out) sink({ type: 'clipboard-read', when: 'connect' })
      sink({ type: 'frame-rate', fps: settings.frameRate })
      sink({ type: 'video-bitrate', kbps: settings.bitrateKbps })
      sink({ type: 'dpi', dpi: wantedDpi(ratio(), settings.sharpPixels) })
      sink({ type: 'stats', on: true })
      if (settings.sound) sink({ type: 'start-audio' })
      askSize()
      pads.announce()
      set({ mode })
    },
    onMessage: hear,
    onPicture(width, height) {
      set({ mode, picture: { width, height } })
      screen.show(mode)
      layout()
      if (store.getState().status.kind === 'connected') return
      connection.pictureSeen()
      meter.reset()
      void sample()
      if (firstFrameTold) return
      firstFrameTold = true
      thumbnailAt = performance.now() - THUMBNAIL_EVERY_MS + 2000
      void bridge.call('sessions.firstFrame', { sessionId })
    },
    // the connection hears of an end by its own callback, which wraps this one
    onEnd: () => undefined,
  })
  const connection = createConnection({
    bridge,
    sessionId,
    paths: options.paths,
    wishedTransport: () => (options.forceWebSocket ? 'websocket' : settings.transport),
    connect(mode, door, paths, lost) {
      const size = wish()
      asked = mode === 'webrtc' ? null : size // HELLO only announces it: the resize itself follows on open
      const shared = {
        door,
        screens: elements,
        pageSize: [size.width, size.height] as const,
        tabId,
        sound: settings.sound,
        events: { ...events(mode), onEnd: lost },
      }
      if (mode === 'webrtc') {
        unlockSound = async () => {
          await elements.audio.play()
          return true
        }
        const createPeer = settings.peer === 'native' ? createNativePeer : createSimplePeer
        return connectWebRtc({ ...shared, paths, createPeer })
      }
      const transport = connectWebSocket({
        ...shared,
        frameRate: settings.frameRate,
        bitrateKbps: settings.bitrateKbps,
        onSoundLocked: () => set({ soundLocked: true }),
      })
      unlockSound = () => transport.unlockSound()
      return transport
    },
    onLost() {
      typer.cancel()
      keyboard.releaseAll()
      if (keepStill(source(), store.getState().picture, elements.still)) screen.show('still')
      set({ stats: null, path: null, history: [] })
    },
    onStatus: (status) => set({ status }),
  })

  const clipboard = createClipboardBridge({
    local: browserClipboard(),
    sink,
    onCopied: (where, kind, bytes) =>
      say({
        icon: 'clipboard',
        text: `${where === 'to-desktop' ? 'Copied to the desktop' : 'Copied from the desktop'}: ${kind}, ${bytesWords(bytes)}`,
      }),
    onTooLarge: (bytes) =>
      say({ icon: 'clipboard', text: `Too large for the desktop’s clipboard: ${bytesWords(bytes)}` }),
  })
  const pads = captureGamepads(sink, (count) => {
    const before = store.getState().pads
    set({ pads: count })
    if (count > before) say({ icon: 'pad', text: 'Gamepad connected' })
  })
  const typer = createClipboardTyper({
    sink,
    readText: () => navigator.clipboard.readText(),
    mayType: () => policy.in && store.getState().status.kind === 'connected',
    onProgress: (typing) => set({ typing }),
    say: (text) => say({ icon: 'keyboard', text }),
  })
  const keyboard = captureKeyboard({
    field: elements.field,
    stage: elements.stage,
    sink,
    platform: platformOf(navigator.userAgent),
    settings: () => settings,
    onChord: options.onChord,
    onTyped: () => typer.cancel(),
    onPaste: (data) => void clipboard.paste(data),
  })
  const focus = () => elements.field.focus({ preventScroll: true })
  const tryUnlock = () => {
    if (!store.getState().soundLocked) return
    unlockSound?.()
      .then((open) => set({ soundLocked: !open }))
      .catch(() => {
        // still locked: the hint stays
      })
  }
  const releasePointer = capturePointer({
    target: elements.stage,
    sink,
    locate(point) {
      const { picture, status } = store.getState()
      if (picture === null || status.kind !== 'connected') return null
      return streamPixel(point, source().getBoundingClientRect(), picture)
    },
    onPress() {
      focus()
      tryUnlock()
    },
  })

  const sample = async () => {
    const { transport } = connection
    if (transport === null || store.getState().status.kind !== 'connected') return
    const raw = await transport.stats()
    if (connection.transport !== transport) return
    const stats = meter.take(raw, figures, performance.now())
    set({ path: raw.path })
    if (stats !== null) set({ stats, history: [...store.getState().history, stats].slice(-HISTORY) })
    const { picture } = store.getState()
    if (settings.resizeToWindow && sizes.check(asked, picture)) {
      asked = null
      askSize()
    }
    if (picture === null || performance.now() - thumbnailAt < THUMBNAIL_EVERY_MS || document.hidden) return
    thumbnailAt = performance.now()
    const dataUrl = makeThumbnail(source(), picture)
    if (dataUrl !== null) void bridge.call('sessions.setThumbnail', { sessionId, dataUrl })
  }
  const statsTimer = setInterval(() => void sample(), STATS_EVERY_MS)

  let resizeTimer: ReturnType<typeof setTimeout> | undefined
  const observer = new ResizeObserver(() => {
    layout()
    clearTimeout(resizeTimer)
    resizeTimer = setTimeout(askSize, RESIZE_AFTER_MS)
  })
  observer.observe(elements.stage)
  const { signal } = stop
  // a page that leaves says so: the desktop need not hold its place for a cut that was none
  window.addEventListener('pagehide', () => connection.dispose(), { signal })
  elements.audio.addEventListener('locked', () => set({ soundLocked: true }), { signal })
  window.addEventListener('focus', () => void clipboard.focus(), { signal })
  const fullScreen = createFullScreen({
    signal,
    when: () => settings.allKeys,
    async holdWindow(on) {
      const answer = await bridge.call('windows.grabKeys', { on })
      return answer.ok && answer.value.held
    },
    onChange: (change) => {
      set(change)
      if (change.grabbed === undefined) return focus()
      // whoever gets the keys begins with none of them pressed
      keyboard.releaseAll()
      if (change.grabbed)
        say({ icon: 'keyboard', text: `All keys go to ${store.getState().name}. Release with`, chord: 'grab' })
    },
    onRefused: (text) => say({ icon: 'info', text }),
  })

  const applySettings = (next: Settings) => {
    const before = settings
    settings = next
    const { transport } = connection
    clipboard.setDirections(directionsOf(next.clipboard, policy))
    pads.setEnabled(next.gamepads)
    if (next.allKeys !== before.allKeys) void fullScreen.grab.update()
    if (next.sound !== before.sound) transport?.setSound(next.sound)
    if (next.frameRate !== before.frameRate) sink({ type: 'frame-rate', fps: next.frameRate })
    if (next.bitrateKbps !== before.bitrateKbps) sink({ type: 'video-bitrate', kbps: next.bitrateKbps })
    if (next.resizeToWindow !== before.resizeToWindow || next.sharpPixels !== before.sharpPixels) askSize()
    if (transport !== null && (next.transport !== before.transport || next.peer !== before.peer)) {
      keyboard.releaseAll()
      connection.start()
    }
  }
  /** The desktop was seen stopped since the connection ended: what opens now is a new start. */
  let wasAway = false
  let started = false
  const begin = () => {
    if (started || stop.signal.aborted) return
    started = true
    connection.start()
  }
  const stopSettings = bridge.subscribe('settings', (next) => {
    applySettings(next)
    // the first answer decides the transport; it comes at once
    begin()
  })
  const stopSessions = bridge.subscribe('sessions', ({ sessions, loading }) => {
    const next = sessions.find(({ id }) => id === sessionId) ?? null
    const before = view
    view = next
    if (next !== null) set(toldBySession(next))
    follow(before, next, loading)
  })
  const follow = (before: SessionView | null, next: SessionView | null, loading: boolean) => {
    const { status } = store.getState()
    if (next === null) {
      if (before !== null && !loading) connection.end('This desktop was removed.', 'none')
      return
    }
    if (!next.openable) wasAway = true
    const over = next.phase === 'stopped' || next.phase === 'failed'
    if (over && status.kind !== 'ended')
      connection.end(next.error?.sentence ?? next.note ?? 'Stopped from outside.', 'start')
    if (status.kind === 'ended' && status.offer === 'start' && wasAway && next.openable) begun()
  }
  const begun = () => {
    wasAway = false
    firstFrameTold = false
    connection.start()
  }

  return {
    store,
    say,
    focus,
    again() {
      const { status } = store.getState()
      if (status.kind !== 'ended') return
      if (status.offer === 'reconnect') return connection.start()
      void bridge.call('sessions.resume', { sessionId }).then((answer) => {
        if (!answer.ok) say({ icon: 'info', text: answer.error.sentence })
        return undefined
      })
    },
    async stopDesktop() {
      const answer = await bridge.call('sessions.stop', { sessionId })
      if (!answer.ok) say({ icon: 'info', text: answer.error.sentence })
      else {
        wasAway = false
        connection.end('You stopped this desktop. Its home stays.', 'start')
      }
    },
    allowWebSocket: () => connection.allowWebSocket(),
    setGrab: (on) => fullScreen.grab.set(on),
    toggleFullScreen: () => fullScreen.toggle(),
    sendKeys: (keysyms) => strike(keysyms).forEach((message) => sink(message)),
    typeClipboard: () => typer.typeClipboard(),
    cancelTyping: () => typer.cancel(),
    set: (patch) => {
      void bridge.call('settings.set', patch)
    },
    dispose() {
      stop.abort()
      clearInterval(statsTimer)
      clearTimeout(resizeTimer)
      observer.disconnect()
      stopSettings()
      stopSessions()
      typer.cancel()
      keyboard.dispose()
      releasePointer()
      pads.dispose()
      connection.dispose()
    },
  }
}
