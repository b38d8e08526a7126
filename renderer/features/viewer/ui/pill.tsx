// The pill at the top edge: everything the viewer can do, hidden while the desktop is used.
import { Popover } from '@base-ui/react/popover'
import { Tooltip } from '@base-ui/react/tooltip'
import {
  Activity,
  Clipboard,
  Command,
  Expand,
  Files,
  Gamepad2,
  Gauge,
  Keyboard,
  Mouse,
  Volume2,
  VolumeX,
  type LucideIcon,
} from 'lucide-react'
import { useEffect, useRef, type ReactNode } from 'react'
import { chordKeys, chordText, type ChordAction, type KeyLabels } from '../../../../shared/domain/chords.ts'
import type { Quality } from '../../../../shared/domain/quality.ts'
import type { Settings } from '../../../../shared/domain/settings.ts'
import type { DisplayControls } from '../displays/use-displays.ts'
import type { ViewerSession } from '../viewer-session-shape.ts'
import type { CalmState, ViewerStore } from '../viewer-state.ts'
import { ClipboardMenu } from './clipboard-menu.tsx'
import { DisplayMenu } from './display-menu.tsx'
import { KeysMenu } from './keys-menu.tsx'
import { MoreMenu } from './more-menu.tsx'
import { MouseMenu } from './mouse-menu.tsx'
import { PadsMenu } from './pads-menu.tsx'
import { PathMenu, type PathMenuProps } from './path-menu.tsx'
import { QualityMenu } from './quality-menu.tsx'
import { SoundMenu } from './sound-menu.tsx'
import styles from './viewer-page.module.css'
import { t } from '../../../ui/translate.ts'

export interface PillProps {
  readonly state: CalmState
  readonly store: ViewerStore
  readonly settings: Settings
  readonly visible: boolean
  /** How often the keyboard asked for it: each time it takes the focus. */
  readonly calls: number
  readonly statistics: boolean
  readonly labels: KeyLabels
  readonly displays: DisplayControls
  onAction(action: ChordAction): void
  readonly quality: Quality
  /** Chosen for this desktop. */
  readonly qualityChosen: boolean
  onQuality(quality: Quality): void
  onSet(patch: Partial<Settings>): void
  onSendKeys(keysyms: readonly number[]): void
  onTypeClipboard(): void
  onSavePicture(): void
  readonly sound: ViewerSession['sound'] | undefined
  onTestPads(): void
  onAllowClipboard(): void
  readonly files: boolean
  onFiles(): void
  readonly ways: PathMenuProps['ways']
  readonly onChoosePath: PathMenuProps['onChoose']
  readonly onCheck: PathMenuProps['onCheck']
  onStop(): void
  onClose(): void
  /** A menu is open: the pill must stay. */
  onBusy(busy: boolean): void
}

/** The toolbar. */
export function Pill(props: PillProps): ReactNode {
  const { state, settings, visible, statistics, labels, displays, onAction, onSet, onBusy } = props
  const bar = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (props.calls > 0) bar.current?.querySelector('button')?.focus()
  }, [props.calls])
  const shared = {
    onAction,
    keysOf: (action: ChordAction) => chordKeys(chordText(action, settings.releaseChord), labels).join(' '),
  }
  return (
    <Tooltip.Provider delay={300}>
      <div
        ref={bar}
        className={`${styles['pill']} ${styles['float']} ${visible ? '' : styles['hidden']}`}
        role="toolbar"
        aria-label={t('Desktop')}
        inert={!visible}
      >
        <span className={styles['name']} translate="no">
          {state.name}
          {state.node !== null && <small>{state.node}</small>}
        </span>
        <i className={styles['separator']} />
        <Button icon={Expand} label={t('Full screen')} chord="full-screen" on={state.fullScreen} {...shared} />
        <Button icon={Keyboard} label={t('Keyboard grab')} chord="grab" on={state.grabbed} {...shared} />
        <KeysMenu
          icon={Command}
          settings={settings}
          releaseKeys={shared.keysOf('grab')}
          onSet={onSet}
          onSendKeys={props.onSendKeys}
          onTypeClipboard={props.onTypeClipboard}
          onBusy={onBusy}
        />
        <MouseMenu
          icon={Mouse}
          settings={settings}
          releaseKeys={shared.keysOf('mouse')}
          onSet={onSet}
          onLock={() => onAction('mouse')}
          onBusy={onBusy}
        />
        <i className={styles['separator']} />
        <ClipboardMenu
          icon={Clipboard}
          state={state}
          settings={settings}
          onSet={onSet}
          onAllow={props.onAllowClipboard}
          onBusy={onBusy}
        />
        <button
          type="button"
          className={styles['button']}
          aria-label={t('Files')}
          title={t('Files')}
          aria-pressed={props.files}
          onClick={props.onFiles}
        >
          <Files size={16} strokeWidth={1.75} aria-hidden />
        </button>
        {displays.display === 'primary' && (
          <>
            <SoundMenu
              icon={settings.sound ? Volume2 : VolumeX}
              state={state}
              settings={settings}
              muteKeys={shared.keysOf('sound')}
              sound={props.sound}
              onSet={onSet}
              onBusy={onBusy}
            />
            <PadsMenu
              icon={Gamepad2}
              pads={state.pads}
              settings={settings}
              allowed={state.takesPads}
              onSet={onSet}
              onTest={props.onTestPads}
              onBusy={onBusy}
            />
          </>
        )}
        <DisplayMenu settings={settings} displays={displays} onSet={onSet} onBusy={onBusy} />
        <QualityMenu
          icon={Gauge}
          quality={props.quality}
          chosen={props.qualityChosen}
          view={state.quality}
          onSet={props.onQuality}
          onBusy={onBusy}
        />
        <PathMenu
          state={state}
          store={props.store}
          ways={props.ways}
          onChoose={props.onChoosePath}
          onCheck={props.onCheck}
          onBusy={onBusy}
        />
        <Button icon={Activity} label={t('Statistics')} chord="statistics" on={statistics} {...shared} />
        <MoreMenu
          pinned={settings.pillPinned}
          small={state.small}
          keysOf={shared.keysOf}
          onPin={(pillPinned) => onSet({ pillPinned })}
          onAction={onAction}
          onSavePicture={props.onSavePicture}
          onBusy={onBusy}
        />
        <i className={styles['separator']} />
        <End {...props} />
      </div>
    </Tooltip.Provider>
  )
}

interface ButtonProps {
  readonly icon: LucideIcon
  readonly label: string
  readonly chord: ChordAction
  readonly on: boolean
  keysOf(action: ChordAction): string
  onAction(action: ChordAction): void
}

function Button({ icon: Icon, label, chord, on, keysOf, onAction }: ButtonProps): ReactNode {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger
        className={styles['button']}
        aria-label={label}
        aria-pressed={on}
        onClick={() => onAction(chord)}
      >
        <Icon size={16} strokeWidth={1.75} aria-hidden />
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Positioner sideOffset={10}>
          <Tooltip.Popup className={`${styles['tip']} ${styles['float']}`}>
            {label} <kbd>{keysOf(chord)}</kbd>
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  )
}

function End({ state, displays, onStop, onClose, onBusy }: PillProps): ReactNode {
  if (displays.display !== 'primary')
    return (
      <button type="button" className={`${styles['button']} ${styles['end']}`} onClick={onClose}>
        {t('Close display')}
      </button>
    )
  return (
    <Popover.Root onOpenChange={onBusy}>
      <Popover.Trigger className={`${styles['button']} ${styles['end']}`}>{t('End')}</Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={10} align="end">
          <Popover.Popup className={`${styles['panel']} ${styles['float']}`}>
            <Popover.Title>{t('End')}</Popover.Title>
            <p>
              {t('Closing leaves {name} running. Stopping ends what is open in it; its home stays.', {
                name: state.name,
              })}
            </p>
            <div className={styles['actions']}>
              <button type="button" className={styles['action']} onClick={onClose}>
                {t('Close window')}
              </button>
              <button type="button" className={`${styles['action']} ${styles['danger']}`} onClick={onStop}>
                {t('Stop desktop')}
              </button>
            </div>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}
