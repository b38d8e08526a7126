// One desktop in one window: joins connection, picture, input, clipboard, pads and sound, and writes what the page shows.
// Policy: input outlives transports; nothing stays held over a change of transport; a lost picture stays on screen as a still.
import { featuresOf } from '../../../shared/selkies/features.ts'
import { qualityOf, rememberQuality } from '../../../shared/domain/quality.ts'
import { DEFAULT_SETTINGS, type Settings } from '../../../shared/domain/settings.ts'
import { createConnection } from './connection.ts'
import { createComfort } from './comfort/comfort.ts'
import { createDesktopNews } from './desktop-news.ts'
import { createDisplayView } from './displays/display-view.ts'
import { createDisplayWindows } from './displays/display-windows.ts'
import { watchFocusedDesktop } from './displays/focused-desktop.ts'
import type { InputSink } from './input/input-sink.ts'
import { captureKeyboard, platformOf } from './input/keyboard.ts'
import { strike } from './input/send-keys.ts'
import { createClipboardTyper } from './input/clipboard-typer.ts'
import { createNativePeer } from './peer/native-peer.ts'
import { createSimplePeer } from './peer/simple-peer-adapter.ts'
import { createLibraryPicture } from './library-picture.ts'
import { createFullScreen } from './full-screen.ts'
import { createChecker } from './connection-checker.ts'
import { createPathChoice, wayStates } from './path-choice.ts'
import { flag } from './session-words.ts'
import { createTabName, newTab } from './tab-name.ts'
import { createQualityKeeper } from './quality/quality-keeper.ts'
import { createSampling } from './sampling.ts'
import { followSession } from './session-follow.ts'
import { createSoundLock } from './sound-lock.ts'
import { keepStill } from './still-picture.ts'
import type { TransportEvents } from './transport/transport.ts'
import { connectWebRtc } from './transport/webrtc-transport.ts'
import { connectG1 } from './transport/g1-transport.ts'
import { ALWAYS, connectWebSocket } from './transport/websocket-transport.ts'
import { OLDER_RULES, type TransferRules } from './transfer-rules.ts'
import { createViewerClipboard } from './viewer-clipboard.ts'
import { createViewerFiles } from './viewer-files.ts'
import { createViewerPapers, followLink } from './viewer-papers.ts'
import { createViewerPads } from './viewer-pads.ts'
import { createViewerPaths } from './viewer-paths.ts'
import { createViewerPointer } from './viewer-pointer.ts'
import { createViewerSound } from './viewer-sound.ts'
import type { ViewerSession, ViewerSessionOptions } from './viewer-session-shape.ts'
import { createViewerStore, type Say } from './viewer-state.ts'
import { t } from '../../ui/translate.ts'

/** Opens a desktop in a window. */
export function createViewerSession(options: ViewerSessionOptions): ViewerSession {
  const { bridge, sessionId, elements, display } = options
  const primary = display === 'primary'
  const store = createViewerStore(performance.now())
  const set = store.setState
  const stop = new AbortController()
  const tab = createTabName(display)
  let settings: Settings = DEFAULT_SETTINGS
  let sayId = 0
  let firstFrameTold = false
  const lock = createSoundLock(store)

  const sink: InputSink = (message, lane) => {
    connection.transport?.send(message, lane)
  }
  const say = (what: Omit<Say, 'id'>) => set({ say: { ...what, id: ++sayId } })
  const source = () => elements[store.getState().surface]

  const view = createDisplayView({
    ...{ elements, store, sink, sessionId, display },
    settings: () => settings,
    onPlaced: () => pointer.placed(),
  })
  const { size } = view

  const quality = createQualityKeeper({
    sink,
    wish: () => qualityOf(settings.desktopQuality, sessionId, settings),
    onChange: (view) => set({ quality: view }),
  })
  const news = createDesktopNews({
    quality,
    onCursor: (cursor) => pointer.setCursor(cursor),
    onClipboard: (part) => clipboard.receive(part),
    onRules: (rules) => applyRules(rules),
    onPrinted: (name, bytes) => papers.printed(name, bytes),
    onRumble: (...rumble) => pads.rumble(...rumble),
    say,
  })
  const applyRules = (rules: TransferRules) => {
    set({ rules })
    clipboard.setRules(rules)
  }
  const events = (mode: 'webrtc' | 'websocket'): TransportEvents => ({
    onOpen() {
      // it says no settings of itself
      if (store.getState().features.generation === 'selkies1') applyRules(OLDER_RULES)
      sink({ type: 'gzip' })
      // a cut connection leaves pressed what was pressed
      sink({ type: 'release-keys' })
      pointer.opened()
      if (news.rules.clipboardOut) sink({ type: 'clipboard-read', when: 'connect' })
      quality.opened()
      sink({ type: 'dpi', dpi: size.dpi() })
      sink({ type: 'stats', on: true })
      if (settings.sound && primary) sink({ type: 'start-audio' })
      if (primary) sound.opened()
      size.opened()
      if (primary) pads.announce()
      set({ mode })
    },
    onMessage(message) {
      if (message.type === 'server-settings') set({ secondOffered: flag(message.settings, 'second_screen') })
      news.hear(message)
      if (primary) sound.hear(message)
    },
    onPicture(width, height, surface) {
      set({ mode, surface, picture: { width, height } })
      view.show(surface)
      view.place()
      comfort.follow()
      if (store.getState().status.kind === 'connected') return
      connection.pictureSeen()
      sampling.begin()
      windows.restore()
      if (firstFrameTold || !primary) return
      firstFrameTold = true
      pictures?.appeared()
      void bridge.call('sessions.firstFrame', { sessionId })
    },
    onNotice: (text) => say({ icon: 'info', text }),
    // the connection hears of an end by its own callback, which wraps this one
    onEnd: () => undefined,
  })
  const choice = createPathChoice(options, () => settings)
  const createPeer = () => (settings.peer === 'native' ? createNativePeer : createSimplePeer)
  const unlockElement = async () => {
    await elements.audio.play()
    return true
  }
  const connection = createConnection({
    bridge,
    sessionId,
    paths: choice.paths,
    wishedTransport: choice.transport,
    mayWebSocket: choice.mayWebSocket,
    connect(carrier, door, paths, lost) {
      const mode = carrier === 'websocket' ? 'websocket' : 'webrtc'
      const features = featuresOf(carrier === 'selkies1' ? 'selkies1' : 'selkies2')
      set(features.secondDisplay ? { features } : { features, secondOffered: false })
      const wish = size.wish()
      quality.begin(
        mode,
        mode === 'webrtc' ? {} : { displayId: display, tabId: tab.id, ...ALWAYS },
        features.encoderChoice,
      )
      size.told(carrier === 'webrtc' ? null : wish) // HELLO of 2.x only announces it: the resize itself follows on open
      const shared = {
        door,
        screens: elements,
        pageSize: [wish.width, wish.height] as const,
        tabId: tab.id,
        display: { id: display, side: settings.layouts[sessionId]?.side ?? 'right' },
        sound: settings.sound && primary,
        output: sound.output(),
        events: { ...events(mode), onEnd: lost },
      }
      if (mode === 'webrtc') {
        lock.use(unlockElement)
        if (carrier === 'selkies1') return connectG1({ ...shared, paths, createPeer: createPeer(), dpi: size.dpi() })
        const { fullColorCodecs, startKbps } = quality
        return connectWebRtc({ ...shared, paths, createPeer: createPeer(), fullColorCodecs, startKbps })
      }
      const transport = connectWebSocket({
        ...shared,
        stream: () => quality.claim(),
        onSoundLocked: lock.locked,
      })
      lock.use(() => transport.unlockSound())
      return transport
    },
    onLost() {
      typer.cancel()
      keyboard.releaseAll()
      pointer.lost()
      if (keepStill(source(), store.getState().picture, elements.still)) view.show('still')
      set({ stats: null, path: null, history: [] })
    },
    onStatus: (status) => set({ status }),
  })

  const clipboard = createViewerClipboard({
    store,
    line: {
      send: (message) => connection.transport?.send(message) ?? false,
      waiting: () => connection.transport?.waiting() ?? 0,
    },
    stage: elements.stage,
    signal: stop.signal,
    say,
    onFiles: (pasted) => files.send(pasted),
  })
  const files = createViewerFiles({ store, base: () => connection.door?.base ?? null, signal: stop.signal, say })
  const papers = createViewerPapers({
    store,
    bridge,
    ticket: () => connection.door?.ticket ?? null,
    say,
    follow: followLink,
  })
  const sound = createViewerSound({
    store,
    settings: () => settings,
    transport: () => connection.transport,
    onRules(rules) {
      set({ takesPads: rules.gamepads, hasSound: rules.sound })
      pads.update()
    },
    say,
  })
  // several desktops in several windows: pads are those of the one that is used
  const used = watchFocusedDesktop(sessionId, new BroadcastChannel('desktop in use'), () => pads.update())
  const mine = () => primary && !used.elsewhere
  const pads = createViewerPads({ sink, store, mine, settings: () => settings, say })
  window.addEventListener('focus', () => used.here(), { signal: stop.signal })
  if (document.hasFocus()) used.here()
  const typer = createClipboardTyper({
    sink,
    readText: () => navigator.clipboard.readText(),
    mayType: () => news.rules.clipboardIn && store.getState().status.kind === 'connected',
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
    onPaste: (data) => clipboard.paste(data),
  })
  const focus = () => elements.field.focus({ preventScroll: true })
  const pointer = createViewerPointer({
    stage: elements.stage,
    sink,
    store,
    settings: () => settings,
    source,
    onPress() {
      focus()
      lock.tryUnlock()
    },
    say,
  })

  const { signal } = stop
  const paths = createViewerPaths({
    ...{ connection, choice, store, size, display, signal, createPeer, say },
    screens: elements,
    events: () => events('webrtc'),
    greeting: () => ({ fullColorCodecs: quality.fullColorCodecs, startKbps: quality.startKbps }),
    sound: () => settings.sound,
    output: () => sound.output(),
    onShow() {
      if (keepStill(source(), store.getState().picture, elements.still)) view.show('still')
    },
    onTab(id) {
      tab.become(id)
      lock.use(unlockElement)
      quality.begin('webrtc', {})
    },
    onInherited() {
      quality.opened()
      size.askAgain()
    },
  })
  const sampling = createSampling({
    store,
    transport: () => connection.transport,
    figures: () => news.figures,
    source,
    onSample(picture, stats) {
      size.check(picture)
      if (stats !== null) quality.sampled(stats, performance.now())
      paths.sample()
      pictures?.sample()
    },
  })
  // the library shows a desktop's first display
  const pictures = primary
    ? createLibraryPicture({
        ...{ bridge, sessionId, source, signal },
        picture: () => (store.getState().status.kind === 'connected' ? store.getState().picture : null),
        now: () => performance.now(),
      })
    : null
  // a page that leaves says so: the desktop need not hold its place for a cut that was none
  window.addEventListener('pagehide', () => connection.dispose(), { signal })
  elements.audio.addEventListener('locked', lock.locked, { signal })
  const fullScreen = createFullScreen({
    signal,
    when: () => settings.allKeys,
    options: () => windows.fullScreenOptions(),
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
        say({
          icon: 'keyboard',
          text: t('All keys go to {name}. Release with', { name: store.getState().name }),
          chord: 'grab',
        })
    },
    onRefused: (text) => say({ icon: 'info', text }),
  })

  const windows = createDisplayWindows({
    ...{ bridge, sessionId, display, store, sink, signal },
    settings: () => settings,
  })
  const comfort = createComfort({ ...{ store, say, source, signal }, small: elements.small })
  const applySettings = (next: Settings) => {
    const before = settings
    settings = next
    const { transport } = connection
    clipboard.setSetting(next.clipboard)
    files.setSetting(next.fileMbps)
    pads.update()
    if (next.allKeys !== before.allKeys) void fullScreen.grab.update()
    if (next.mouseMotion !== before.mouseMotion) pointer.update()
    sound.update(before)
    if (next.sound !== before.sound && primary) transport?.setSound(next.sound)
    quality.update()
    view.update(before)
    windows.update(before)
    const { kind } = store.getState().status
    const trying = kind === 'connected' || kind === 'connecting' || kind === 'reconnecting'
    if (started && trying && (choice.changed(before, next) || next.peer !== before.peer)) {
      keyboard.releaseAll()
      connection.start()
    }
  }
  let started = false
  const stopSettings = bridge.subscribe('settings', (next) => {
    applySettings(next)
    if (started || stop.signal.aborted) return
    // the first answer decides the transport; it comes at once
    started = true
    void tab.settled().then(() => {
      if (!stop.signal.aborted) connection.start()
      return undefined
    })
  })
  const session = followSession({
    bridge,
    sessionId,
    store,
    connection,
    say,
    onNewStart: () => {
      firstFrameTold = false
    },
  })

  return {
    store,
    say,
    files,
    papers,
    focus,
    again: session.again,
    async stopDesktop() {
      windows.leave()
      await session.stopDesktop()
    },
    allowOtherMode: () => connection.allowOtherMode(),
    stopTrying: () => connection.end(t('You stopped the reconnecting. The desktop goes on.'), 'reconnect'),
    takeOver(how) {
      if (how === 'join') tab.become(newTab())
      connection.start()
    },
    choosePath(way) {
      void bridge.call('settings.set', choice.remember(way)).then(() => {
        // the settings that changed make what runs anew; what ended over the chosen way is begun by choosing another
        const { status } = store.getState()
        if (status.kind === 'ended' && status.offer === 'reconnect') connection.start()
        return undefined
      })
    },
    ways: () => ({ chosen: choice.chosen(), states: wayStates(connection.door) }),
    checkConnection: createChecker({ bridge, sessionId, createPeer: () => createPeer() }),
    setGrab: (on) => fullScreen.grab.set(on),
    setRelativeMouse: (on) => pointer.setRelative(on),
    toggleFullScreen: () => fullScreen.toggle(),
    sendKeys: (keysyms) => strike(keysyms).forEach((message) => sink(message)),
    typeClipboard: () => typer.typeClipboard(),
    cancelTyping: () => typer.cancel(),
    setSecondDisplay: (open) => windows.setSecond(open),
    leave: () => windows.leave(),
    copyPicture: () => comfort.copyPicture(),
    savePicture: () => comfort.savePicture(),
    toggleSmallPicture: () => comfort.toggleSmallPicture(),
    setQuality(next) {
      const desktopQuality = rememberQuality(settings.desktopQuality, sessionId, next)
      void bridge.call('settings.set', { desktopQuality })
    },
    watchStatistics: (on) => sampling.watchFrames(on),
    sound,
    testPads: (on) => pads.setTesting(on),
    allowClipboard: () => clipboard.allow(),
    set: (patch) => {
      void bridge.call('settings.set', patch)
    },
    dispose() {
      stop.abort()
      sampling.dispose()
      view.dispose()
      windows.dispose()
      comfort.dispose()
      stopSettings()
      session.dispose()
      typer.cancel()
      keyboard.dispose()
      pointer.dispose()
      used.dispose()
      pads.dispose()
      sound.dispose()
      connection.dispose()
      tab.dispose()
    },
  }
}
