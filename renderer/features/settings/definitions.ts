// What can be set, as data: the page draws and searches it, and knows nothing of the single settings.
import type { Settings } from '../../../shared/domain/settings.ts'
import { LANGUAGES } from '../../ui/languages.ts'

interface Words {
  readonly name: string
  readonly about: string
}
type KeysOf<T> = { [K in keyof Settings]: Settings[K] extends T ? K : never }[keyof Settings]
type ChoiceOf<K extends keyof Settings> = K extends
  'theme' | 'language' | 'clipboard' | 'peer' | 'transport' | 'allKeys' | 'commandKey' | 'mouseMotion' | 'capture'
  ? Words & {
      readonly kind: 'choice'
      readonly key: K
      readonly options: readonly { readonly value: Settings[K]; readonly label: string }[]
    }
  : never

export type SettingDefinition =
  | (Words & { readonly kind: 'switch'; readonly key: KeysOf<boolean> })
  | (Words & {
      readonly kind: 'number'
      readonly key: KeysOf<number>
      readonly unit: string
      /** In the unit that is shown. */
      readonly min: number
      readonly max: number
      readonly step: number
      /** Stored value for one of the unit. */
      readonly factor: number
    })
  | (Words & { readonly kind: 'chord'; readonly key: 'releaseChord' })
  | ChoiceOf<keyof Settings>

export interface SettingSection {
  readonly title: string
  readonly settings: readonly SettingDefinition[]
}

export const SECTIONS: readonly SettingSection[] = [
  {
    title: 'Appearance',
    settings: [
      {
        kind: 'choice',
        key: 'theme',
        name: 'Theme',
        about: 'Light, dark, or as the system is.',
        options: [
          { value: 'system', label: 'As the system' },
          { value: 'light', label: 'Light' },
          { value: 'dark', label: 'Dark' },
        ],
      },
      ...languageSetting(),
      {
        kind: 'switch',
        key: 'reducedMotion',
        name: 'Less motion',
        about: 'Nothing slides or turns. The system’s own wish for less motion counts too.',
      },
    ],
  },
  {
    title: 'Desktops',
    settings: [
      {
        kind: 'switch',
        key: 'openWhenReady',
        name: 'Open when ready',
        about: 'A desktop that you start opens by itself as soon as it answers.',
      },
    ],
  },
  {
    title: 'Viewer',
    settings: [
      { kind: 'switch', key: 'sound', name: 'Sound', about: 'Play the desktop’s sound on this computer.' },
      {
        kind: 'number',
        key: 'volume',
        name: 'Volume',
        about: 'Of the desktop’s sound. The device is chosen in the desktop’s window.',
        unit: '%',
        min: 0,
        max: 100,
        step: 5,
        factor: 1,
      },
      {
        kind: 'switch',
        key: 'muteUnfocused',
        name: 'Mute in the background',
        about: 'A desktop is heard only while you are in its window.',
      },
      {
        kind: 'choice',
        key: 'capture',
        name: 'Microphone and camera',
        about: 'Only you turn them on, in the desktop’s window. A desktop that is used for a call may ask for them.',
        options: [
          { value: 'ask', label: 'Desktops may ask' },
          { value: 'click', label: 'Only when I turn them on' },
          { value: 'off', label: 'Never' },
        ],
      },
      {
        kind: 'choice',
        key: 'clipboard',
        name: 'Clipboard',
        about: 'Which way copied text travels.',
        options: [
          { value: 'both', label: 'Both ways' },
          { value: 'to-desktop', label: 'To the desktop' },
          { value: 'from-desktop', label: 'From the desktop' },
          { value: 'off', label: 'Off' },
        ],
      },
      {
        kind: 'number',
        key: 'fileMbps',
        name: 'Speed of files',
        about: 'Files to and from a desktop go no faster than this. 0: as fast as the picture lets them.',
        unit: 'Mbit/s',
        min: 0,
        max: 10_000,
        step: 1,
        factor: 1,
      },
      { kind: 'switch', key: 'gamepads', name: 'Gamepads', about: 'Pass game controllers on to the desktop.' },
      {
        kind: 'choice',
        key: 'allKeys',
        name: 'All keys to the desktop',
        about:
          'Also those that browser and system would take. In a browser only full screen has them; the app has its own at any time.',
        options: [
          { value: 'off', label: 'When I grab them' },
          { value: 'full-screen', label: 'In full screen' },
          { value: 'always', label: 'Always' },
        ],
      },
      {
        kind: 'chord',
        key: 'releaseChord',
        name: 'Release the keyboard',
        about: 'These keys give the keyboard back to this computer, and take it again.',
      },
      {
        kind: 'choice',
        key: 'commandKey',
        name: 'Command key of a Mac',
        about: 'What it is on the desktop. As Control it copies and pastes as you are used to.',
        options: [
          { value: 'control', label: 'Control' },
          { value: 'super', label: 'Super' },
          { value: 'swap', label: 'Changed with Control' },
        ],
      },
      {
        kind: 'choice',
        key: 'mouseMotion',
        name: 'Mouse of games',
        about: 'How far it goes while it is the desktop’s alone. Raw is what the device counts, without acceleration.',
        options: [
          { value: 'accelerated', label: 'As on this computer' },
          { value: 'raw', label: 'Raw' },
        ],
      },
      {
        kind: 'switch',
        key: 'resizeToWindow',
        name: 'Fit the window',
        about: 'The desktop takes the size of its window. Off: its own size, scaled.',
      },
      {
        kind: 'switch',
        key: 'sharpPixels',
        name: 'Sharp pixels',
        about: 'Use every pixel of a high-density screen: sharper text, more to send.',
      },
      {
        kind: 'switch',
        key: 'statsLine',
        name: 'Statistics line',
        about: 'Frames, bitrate, delay and path in one line over the desktop.',
      },
      {
        kind: 'number',
        key: 'frameRate',
        name: 'Frame rate',
        about:
          'The most pictures a second. Only changes are sent, so a high rate makes answers quick and costs little.',
        unit: 'fps',
        min: 10,
        max: 240,
        step: 5,
        factor: 1,
      },
      {
        kind: 'number',
        key: 'bitrateKbps',
        name: 'Bitrate',
        about: 'The most that the picture may take of the network.',
        unit: 'Mbit/s',
        min: 0.5,
        max: 100,
        step: 0.5,
        factor: 1_000,
      },
      {
        kind: 'choice',
        key: 'transport',
        name: 'Transport',
        about: 'WebRTC is the fastest; WebSocket passes where only the web does.',
        options: [
          { value: 'auto', label: 'Automatic' },
          { value: 'websocket', label: 'WebSocket only' },
        ],
      },
      {
        kind: 'choice',
        key: 'peer',
        name: 'WebRTC implementation',
        about: 'For troubleshooting. Counts from the next connection.',
        options: [
          { value: 'simple-peer', label: 'simple-peer' },
          { value: 'native', label: 'The browser’s own' },
        ],
      },
    ],
  },
]

/** Offered only where there is a choice. Each language is named in its own. */
function languageSetting(): readonly SettingDefinition[] {
  if (LANGUAGES.length === 1) return []
  const options = LANGUAGES.map((tag) => ({
    value: tag,
    label: new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag,
  }))
  return [
    {
      kind: 'choice',
      key: 'language',
      name: 'Language',
      about: 'Of the windows of desktops that open from now on.',
      options: [{ value: 'system', label: 'As the system' }, ...options],
    },
  ]
}
