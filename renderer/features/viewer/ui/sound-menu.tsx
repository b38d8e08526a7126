// The menu of sound: what is heard of the desktop here, and what it may hear and see of this side.
import { Mic, MicOff, Video, VideoOff, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Settings } from '../../../../shared/domain/settings.ts'
import type { CaptureKind } from '../../../../shared/selkies/g2/server-messages.ts'
import type { CaptureView } from '../media/capture.ts'
import type { Device } from '../media/devices.ts'
import { canChooseSpeaker } from '../media/speaker.ts'
import type { ViewerSound } from '../viewer-sound.ts'
import type { CalmState } from '../viewer-state.ts'
import { Check, Menu, Range } from './pill-parts.tsx'
import styles from './viewer-page.module.css'
import { rich } from '../../../ui/rich-text.tsx'
import { t, text, translated } from '../../../ui/translate.ts'

export interface SoundMenuProps {
  readonly icon: LucideIcon
  readonly state: CalmState
  readonly settings: Settings
  /** The chord that mutes, as it is read. */
  readonly muteKeys: string
  readonly sound: Pick<ViewerSound, 'setCapture' | 'listDevices'> | undefined
  onSet(patch: Partial<Settings>): void
  onBusy(busy: boolean): void
}

export function SoundMenu({ icon, state, settings, muteKeys, sound, onSet, onBusy }: SoundMenuProps): ReactNode {
  const { devices, devicesHidden } = state
  return (
    <Menu
      icon={icon}
      label={t('Sound')}
      onBusy={(busy) => {
        // what is plugged in may have changed where browsers say nothing of it
        if (busy) void sound?.listDevices(false)
        onBusy(busy)
      }}
    >
      {!state.hasSound && <p>{t('This desktop sends no sound: its rule.')}</p>}
      <Check label={t('Play the desktop’s sound')} checked={settings.sound} onChange={(on) => onSet({ sound: on })} />
      <p>{rich('Mute and play with {keys}', { keys: <kbd>{muteKeys}</kbd> })}</p>
      <Range
        label={t('Volume')}
        value={settings.volume}
        range={[0, 100, 5]}
        words={(value) => t('{value} %', { value })}
        onChange={(volume) => onSet({ volume })}
      />
      {canChooseSpeaker() && (
        <DeviceChoice
          label={t('Speaker')}
          devices={devices.speaker}
          chosen={settings.speaker}
          onChoose={(speaker) => onSet({ speaker })}
        />
      )}
      <Check
        label={t('Mute in the background')}
        checked={settings.muteUnfocused}
        onChange={(muteUnfocused) => onSet({ muteUnfocused })}
      />
      <CaptureRows
        what="microphone"
        view={state.microphone}
        devices={devices.microphone}
        chosen={settings.microphone}
        onChoose={(microphone) => onSet({ microphone })}
        onTurn={(on) => sound?.setCapture('microphone', on)}
      />
      <CaptureRows
        what="camera"
        view={state.camera}
        devices={devices.camera}
        chosen={settings.camera}
        onChoose={(camera) => onSet({ camera })}
        onTurn={(on) => sound?.setCapture('camera', on)}
      />
      {devicesHidden && settings.capture !== 'off' && (
        <>
          <p className={styles['apart']}>
            {t(
              'The browser names no devices before this page may use the microphone. To see them, it opens for a moment.',
            )}
          </p>
          <button type="button" className={styles['action']} onClick={() => void sound?.listDevices(true)}>
            {t('Show the devices')}
          </button>
        </>
      )}
    </Menu>
  )
}

interface DeviceChoiceProps {
  readonly label: string
  readonly devices: readonly Device[]
  readonly chosen: string
  onChoose(name: string): void
}

/** A chosen device that is away stays in the list: it is used again when it is back. */
function DeviceChoice({ label, devices, chosen, onChoose }: DeviceChoiceProps): ReactNode {
  const isAway = chosen !== '' && !devices.some(({ name }) => name === chosen)
  return (
    <label className={styles['field-row']}>
      <span>{label}</span>
      <select value={chosen} onChange={(event) => onChoose(event.target.value)}>
        <option value="">{t('As on this computer')}</option>
        {devices.map(({ id, name }) => (
          <option key={id} value={name}>
            {name}
          </option>
        ))}
        {isAway && <option value={chosen}>{t('{name} (not connected)', { name: chosen })}</option>}
      </select>
    </label>
  )
}

const WORDS = {
  microphone: {
    title: text('Microphone'),
    icon: Mic,
    offIcon: MicOff,
    on: text('Turn the microphone on'),
    off: text('Turn it off'),
  },
  camera: {
    title: text('Camera'),
    icon: Video,
    offIcon: VideoOff,
    on: text('Turn the camera on'),
    off: text('Turn it off'),
  },
} as const

interface CaptureRowsProps {
  readonly what: CaptureKind
  readonly view: CaptureView
  readonly devices: readonly Device[]
  readonly chosen: string
  onChoose(name: string): void
  onTurn(on: boolean): void
}

function CaptureRows({ what, view, devices, chosen, onChoose, onTurn }: CaptureRowsProps): ReactNode {
  const words = WORDS[what]
  const Icon = view.state === 'off' ? words.icon : words.offIcon
  return (
    <section aria-labelledby={`sound-${what}`}>
      <h3 id={`sound-${what}`}>{translated(words.title)}</h3>
      {view.why !== null ? (
        <p>{view.why}</p>
      ) : (
        <>
          <DeviceChoice label={t('Device')} devices={devices} chosen={chosen} onChoose={onChoose} />
          <button
            type="button"
            className={`${styles['action']} ${styles['with-icon']}`}
            onClick={() => onTurn(view.state === 'off')}
          >
            <Icon size={16} strokeWidth={1.75} aria-hidden />
            {view.state === 'off'
              ? translated(words.on)
              : view.state === 'asking'
                ? t('Cancel')
                : translated(words.off)}
          </button>
        </>
      )}
    </section>
  )
}
