// Every chord of the viewer, as this keyboard is printed and as they are set; and what else the keys and the mouse do here.
import { useEffect, useRef, type ReactNode } from 'react'
import {
  CHORD_ACTIONS,
  chordKeys,
  chordText,
  type ChordAction,
  type KeyLabels,
} from '../../../../shared/domain/chords.ts'
import { Keys } from '../../../ui/kbd.tsx'
import { t, text, translated } from '../../../ui/translate.ts'
import { PanelHead } from './panel-head.tsx'
import styles from './shortcuts-help.module.css'
import page from './viewer-page.module.css'

const WORDS: Readonly<Record<ChordAction, string>> = {
  help: text('These shortcuts'),
  pill: text('The bar at the top'),
  'full-screen': text('Full screen'),
  grab: text('All keys to the desktop, or back'),
  mouse: text('The mouse to the desktop alone, or back'),
  sound: text('Sound on or off'),
  screenshot: text('Copy a picture of the desktop'),
  'picture-in-picture': text('Small picture above all windows'),
  statistics: text('Statistics'),
}

export interface ShortcutsHelpProps {
  /** The chord that is set for letting go of the keyboard. */
  readonly release: string
  readonly labels: KeyLabels
  onClose(): void
}

/** The overlay. It takes the focus, so that Esc closes it and the desktop hears nothing. */
export function ShortcutsHelp({ release, labels, onClose }: ShortcutsHelpProps): ReactNode {
  const close = useRef<HTMLButtonElement>(null)
  useEffect(() => close.current?.focus(), [])
  return (
    <section className={`${styles['help']} ${page['float']}`} role="dialog" aria-label={t('Shortcuts')}>
      <PanelHead title={t('Shortcuts')} closeLabel={t('Close shortcuts')} closeRef={close} onClose={onClose} />
      <dl>
        {CHORD_ACTIONS.map((action) => (
          <div key={action}>
            <dt>{translated(WORDS[action])}</dt>
            <dd>
              <Keys keys={chordKeys(chordText(action, release), labels)} />
            </dd>
          </div>
        ))}
        <div>
          <dt>{t('Paste what is copied here')}</dt>
          <dd>
            <Keys keys={['Ctrl', 'V']} />
          </dd>
        </div>
        <div>
          <dt>{t('Leave full screen, when held for two seconds')}</dt>
          <dd>
            <Keys keys={['Esc']} />
          </dd>
        </div>
      </dl>
      <p>{t('All other keys are the desktop’s. Another chord for all keys can be set in the settings.')}</p>
    </section>
  )
}
