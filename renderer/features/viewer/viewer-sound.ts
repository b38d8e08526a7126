// What is heard of a desktop and what it may hear and see of this side: device, volume and silence of the sound, microphone, camera.
// Policy: everything follows the settings, the desktop's rules and the devices that are there; a microphone or camera ends with the
// session's connection and with the page.
import type { Settings } from '../../../shared/domain/settings.ts'
import type { CaptureKind, ServerMessage } from '../../../shared/selkies/g2/server-messages.ts'
import { createCapture, type Capture } from './media/capture.ts'
import { areNamesHidden, deviceId, readDevices, type DeviceKind } from './media/devices.ts'
import { NO_RULES, readMediaRules, type MediaRules } from './media/media-rules.ts'
import type { SoundOutput, Transport } from './transport/transport.ts'
import type { Say, ViewerStore } from './viewer-state.ts'
import { t, text, translated } from '../../ui/translate.ts'

export interface ViewerSoundOptions {
  readonly store: ViewerStore
  settings(): Settings
  transport(): Transport | null
  onRules(rules: MediaRules): void
  say(say: Omit<Say, 'id'>): void
}

export interface ViewerSound {
  /** How the sound is played now, for a connection that is about to be made. */
  output(): SoundOutput
  hear(message: ServerMessage): void
  /** A new connection takes what we send. */
  opened(): void
  /** A person turns the microphone or the camera on or off. */
  setCapture(what: CaptureKind, on: boolean): void
  /** The desktop asked, and the person said no. */
  declineCapture(what: CaptureKind): void
  /** Reads the list of devices. @param ask where the browser hides their names, ask the person to have it name them */
  listDevices(ask: boolean): Promise<void>
  /** The settings changed. */
  update(before: Settings): void
  dispose(): void
}

const CAPTURES = ['microphone', 'camera'] as const
const UNSAFE = text('This page was opened without encryption: browsers give it no microphone and no camera.')
const UNWANTED = text('Microphone and camera are turned off in your settings.')
/** Source: Selkies 2.1 takes 1280x720 at 30 frames where nothing else is set. */
const PICTURE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } }
const VOICE = { channelCount: { ideal: 1 }, echoCancellation: true, noiseSuppression: true, autoGainControl: true }

/** Follows devices, focus and settings until disposed. */
export function createViewerSound(options: ViewerSoundOptions): ViewerSound {
  const { store, settings } = options
  // absent on pages without encryption, whatever the types say
  const media = navigator.mediaDevices as MediaDevices | undefined
  const stop = new AbortController()
  const { signal } = stop
  let rules = NO_RULES
  let missed = ''
  const say = (icon: Say['icon'], line: string) => options.say({ icon, text: line })

  const list = async (): Promise<void> => {
    if (media === undefined) return
    const listed = await media.enumerateDevices().catch(() => [])
    if (signal.aborted) return
    store.setState({ devices: readDevices(listed), devicesHidden: areNamesHidden(listed) })
    apply()
  }
  const wanted = (kind: DeviceKind) => deviceId(store.getState().devices, kind, settings()[kind])
  const output = (): SoundOutput => {
    const { volume, muteUnfocused } = settings()
    return {
      volume: volume / 100,
      muted: muteUnfocused && !document.hasFocus(),
      deviceId: wanted('speaker') ?? '',
    }
  }
  const apply = () => {
    const name = settings().speaker
    // names are not known before the browser may tell them: nothing is missing then
    const isAway = wanted('speaker') === null && store.getState().devices.speaker.length > 0
    if (isAway && missed !== name) say('sound', t('“{name}” is not connected: the system’s device plays.', { name }))
    missed = isAway ? name : ''
    options.transport()?.setOutput(output())
  }
  const make = (what: CaptureKind): Capture =>
    createCapture({
      what,
      async open() {
        if (media === undefined) throw new Error('no devices')
        const id = wanted(what)
        const choice = id === null || id === '' ? {} : { deviceId: { exact: id } }
        const stream = await media.getUserMedia(
          what === 'microphone' ? { audio: { ...VOICE, ...choice } } : { video: { ...PICTURE, ...choice } },
        )
        void list()
        const [track] = stream.getTracks()
        if (track === undefined) throw new Error('no track')
        return track
      },
      send: async (track) => (await options.transport()?.setUplink(what, track)) ?? true,
      mayAsk: () => settings().capture === 'ask',
      onChange: (view) => store.setState(what === 'microphone' ? { microphone: view } : { camera: view }),
      say: (line) => say(what, line),
    })
  const captures: Readonly<Record<CaptureKind, Capture>> = { microphone: make('microphone'), camera: make('camera') }
  const judge = () => {
    for (const what of CAPTURES) {
      const ours = media === undefined ? UNSAFE : settings().capture === 'off' ? UNWANTED : null
      captures[what].setWhy(ours === null ? rules.capture[what] : translated(ours))
    }
  }
  const stopAll = () => CAPTURES.forEach((what) => captures[what].stop())

  media?.addEventListener('devicechange', () => void list(), { signal })
  for (const event of ['focus', 'blur'] as const) window.addEventListener(event, apply, { signal })
  window.addEventListener('pagehide', stopAll, { signal })
  const unsubscribe = store.subscribe(({ status }, before) => {
    if (status.kind === 'ended' && before.status.kind !== 'ended') stopAll()
  })
  judge()
  void list()

  return {
    output,
    hear(message) {
      switch (message.type) {
        case 'server-settings':
          rules = readMediaRules(message.settings)
          judge()
          return options.onRules(rules)
        case 'auth':
          // a page that only watches is not heard
          if (message.role !== 'viewer') return undefined
          rules = {
            ...rules,
            capture: { microphone: t('Who only watches is not heard.'), camera: t('Who only watches is not seen.') },
          }
          return judge()
        case 'capture-demand':
          return captures[message.what].demand(message.wanted)
        case 'capture-refused':
          return captures[message.what].refused()
        default:
          return undefined
      }
    },
    opened() {
      apply()
      for (const what of CAPTURES) void captures[what].connected()
    },
    setCapture: (what, on) => void captures[what].set(on),
    declineCapture: (what) => captures[what].decline(),
    async listDevices(ask) {
      await list()
      if (!ask || media === undefined || !store.getState().devicesHidden) return
      try {
        const stream = await media.getUserMedia({ audio: true })
        stream.getTracks().forEach((track) => track.stop())
      } catch {
        return say('sound', t('The browser does not name the devices without that permission.'))
      }
      await list()
    },
    update(before) {
      const now = settings()
      judge()
      if (now.speaker !== before.speaker || now.volume !== before.volume || now.muteUnfocused !== before.muteUnfocused)
        apply()
      for (const what of CAPTURES) if (now[what] !== before[what]) void captures[what].change()
    },
    dispose() {
      stop.abort()
      unsubscribe()
      stopAll()
    },
  }
}
