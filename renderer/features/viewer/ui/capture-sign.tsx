// The sign that stands as long as a desktop hears or sees this side, with the button that ends it; and the question of a desktop that
// wants to. Policy: the sign is never hidden, whatever else is; the question turns nothing on by itself and steals no keys.
import { Mic, Video } from 'lucide-react'
import type { ReactNode } from 'react'
import type { CaptureKind } from '../../../../shared/selkies/g2/server-messages.ts'
import type { CaptureView } from '../media/capture.ts'
import type { ViewerSound } from '../viewer-sound.ts'
import type { ViewerState } from '../viewer-state.ts'
import styles from './capture-sign.module.css'
import page from './viewer-page.module.css'
import { t, text, translated } from '../../../ui/translate.ts'

export interface CaptureSignProps {
  readonly state: Pick<ViewerState, 'microphone' | 'camera' | 'name'>
  readonly sound: Pick<ViewerSound, 'setCapture' | 'declineCapture'> | undefined
  /** A button was pressed: the keyboard is the desktop's again. */
  onDone(): void
}

const WORDS = {
  microphone: {
    icon: Mic,
    on: text('Microphone is on'),
    off: text('Turn the microphone off'),
    title: text('Question about your microphone'),
  },
  camera: {
    icon: Video,
    on: text('Camera is on'),
    off: text('Turn the camera off'),
    title: text('Question about your camera'),
  },
} as const
const BOTH = ['microphone', 'camera'] as const

export function CaptureSign({ state, sound, onDone }: CaptureSignProps): ReactNode {
  const views: Readonly<Record<CaptureKind, CaptureView>> = state
  const on = BOTH.filter((what) => views[what].state === 'on')
  const asked = BOTH.filter((what) => views[what].asked)
  return (
    <>
      <div role="status" className="sr-only">
        {on.map((what) => translated(WORDS[what].on)).join('. ')}
      </div>
      {on.length > 0 && (
        <div className={styles['sign']} role="group" aria-label={t('On now')} data-capture={on.join(' ')}>
          {on.map((what) => (
            <Sign
              key={what}
              what={what}
              device={views[what].device}
              onOff={() => {
                sound?.setCapture(what, false)
                onDone()
              }}
            />
          ))}
        </div>
      )}
      {asked.length > 0 && (
        <div className={styles['questions']}>
          {asked.map((what) => (
            <Question
              key={what}
              what={what}
              name={state.name}
              onAnswer={(yes) => {
                if (yes) sound?.setCapture(what, true)
                else sound?.declineCapture(what)
                onDone()
              }}
            />
          ))}
        </div>
      )}
    </>
  )
}

interface SignProps {
  readonly what: CaptureKind
  readonly device: string | null
  onOff(): void
}

function Sign({ what, device, onOff }: SignProps): ReactNode {
  const { icon: Icon, ...words } = WORDS[what]
  const [on, off] = [translated(words.on), translated(words.off)]
  return (
    <button type="button" className={styles['on']} title={device === null ? off : `${off}: ${device}`} onClick={onOff}>
      <i className={styles['light']} aria-hidden />
      <Icon size={16} strokeWidth={1.75} aria-hidden />
      <span>{on}</span>
      <span className="sr-only">{off}</span>
    </button>
  )
}

interface QuestionProps {
  readonly what: CaptureKind
  readonly name: string
  onAnswer(yes: boolean): void
}

function Question({ what, name, onAnswer }: QuestionProps): ReactNode {
  const { icon: Icon, title } = WORDS[what]
  const ask =
    what === 'microphone'
      ? t('A program on {name} wants to use your microphone.', { name })
      : t('A program on {name} wants to use your camera.', { name })
  return (
    <div className={`${styles['question']} ${page['float']}`} role="group" aria-label={translated(title)}>
      <Icon size={16} strokeWidth={1.75} aria-hidden />
      <span role="status">{ask}</span>
      <button type="button" className={`${page['action']} ${page['primary']}`} onClick={() => onAnswer(true)}>
        {t('Turn it on')}
      </button>
      <button type="button" className={page['action']} onClick={() => onAnswer(false)}>
        {t('Not now')}
      </button>
    </div>
  )
}
