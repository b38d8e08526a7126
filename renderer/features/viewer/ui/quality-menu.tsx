// The menu of quality: four presets, and each control by itself. What a desktop does not allow is shown shut, with its reason.
import type { LucideIcon } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import { PRESETS, presetOf, type Quality } from '../../../../shared/domain/quality.ts'
import { WHY, type Control, type Span } from '../quality/limits.ts'
import type { QualityView } from '../quality/quality-view.ts'
import { Menu } from './pill-parts.tsx'
import styles from './quality-menu.module.css'
import { Choose, Slider, Toggle } from './quality-rows.tsx'
import { choosePreset, encoderName, presetWords, rateWords, stepWords } from './quality-words.ts'
import page from './viewer-page.module.css'
import { number, t } from '../../../ui/translate.ts'

export interface QualityMenuProps {
  readonly icon: LucideIcon
  readonly quality: Quality
  /** Chosen for this desktop; else it is what the settings say for all. */
  readonly chosen: boolean
  readonly view: QualityView
  onSet(quality: Quality): void
  onBusy(busy: boolean): void
}

const FPS = [8, 10, 12, 15, 20, 24, 25, 30, 40, 50, 60, 75, 90, 100, 120]
const MBITS = [0.1, 0.25, 0.5, 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100]
const KBPS = MBITS.map((mbit) => mbit * 1000)

/** Opens below the pill. */
export function QualityMenu({ icon, onBusy, ...panel }: QualityMenuProps): ReactNode {
  return (
    <Menu icon={icon} label={t('Quality')} onBusy={onBusy}>
      <Panel {...panel} />
    </Menu>
  )
}

function Panel({ quality: kept, chosen, view, onSet }: Omit<QualityMenuProps, 'icon' | 'onBusy'>): ReactNode {
  // what was chosen is shown at once, not when it has been written down
  const [draft, setDraft] = useState<Quality | null>(null)
  const written = JSON.stringify(kept)
  useEffect(() => setDraft(null), [written])
  const quality = draft ?? kept
  const choose = (next: Quality) => {
    setDraft(next)
    onSet(next)
  }
  const present = presetOf(quality)
  const step = stepWords(quality, view)
  return (
    <>
      <fieldset className={styles['presets']} aria-label={t('Preset')}>
        {PRESETS.map((preset) => (
          <label key={preset} className={styles['preset']}>
            <input
              type="radio"
              name="quality-preset"
              checked={preset === present}
              onChange={() => choose(choosePreset(preset, quality))}
            />
            <span>{presetWords(preset).name}</span>
            <small>{presetWords(preset).about}</small>
          </label>
        ))}
      </fieldset>
      {present === null && (
        <p>{chosen || draft !== null ? t('Set by hand for this desktop.') : t('As on the settings page.')}</p>
      )}
      <label className={page['field-row']}>
        <span>{t('Step down while the connection is poor')}</span>
        <input
          type="checkbox"
          checked={quality.automatic}
          onChange={(event) => choose({ ...quality, automatic: event.target.checked })}
        />
      </label>
      {step !== '' && <p className={styles['step']}>{step}</p>}
      <More quality={quality} view={view} onSet={choose} />
    </>
  )
}

type Spans = 'crf' | 'stillCrf' | 'stillFrames' | 'jpegQuality' | 'stillJpegQuality'
type Switches = 'fullColor' | 'tenBit' | 'everyFrame' | 'sharpenStill' | 'byCpu'

function More({ quality, view, onSet }: Pick<QualityMenuProps, 'quality' | 'view' | 'onSet'>): ReactNode {
  const { limits } = view
  const [open, setOpen] = useState(false)
  // what the desktop's server does not have at all is left out
  const has = (control: Control): boolean => limits[control].why !== WHY.absent
  const span = (control: Spans, label: string, words: (value: number) => string = count) =>
    has(control) && (
      <Slider
        label={label}
        why={limits[control].why}
        stops={whole(limits[control])}
        value={quality[control] ?? limits[control].now ?? limits[control].least}
        words={words}
        onChange={(value) => onSet({ ...quality, [control]: value })}
      />
    )
  const flag = (control: Switches, label: string) =>
    has(control) && (
      <Toggle
        label={label}
        why={limits[control].why}
        checked={(limits[control].why === null ? quality[control] : null) ?? limits[control].now ?? false}
        onChange={(value) => onSet({ ...quality, [control]: value })}
      />
    )
  const steadyRate = (quality.rateControl ?? limits.rateControl.now) !== 'crf'
  return (
    <details className={styles['more']} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('Single controls')}</summary>
      {open && (
        <>
          <Slider
            label={t('Frames a second')}
            why={limits.frameRate.why}
            stops={within(FPS, limits.frameRate)}
            value={limits.frameRate.why === null ? quality.frameRate : (limits.frameRate.now ?? quality.frameRate)}
            words={count}
            onChange={(frameRate) => onSet({ ...quality, frameRate })}
          />
          <Slider
            label={t('At most')}
            why={limits.bitrateKbps.why}
            stops={within(KBPS, limits.bitrateKbps)}
            value={quality.bitrateKbps}
            words={rateWords}
            onChange={(bitrateKbps) => onSet({ ...quality, bitrateKbps })}
          />
          {flag('fullColor', t('Full colour (4:4:4)'))}
          {flag('tenBit', t('Ten bits a colour'))}
          {has('encoder') && (
            <Choose
              label={t('Encoder')}
              why={limits.encoder.why}
              options={limits.encoder.options}
              value={(limits.encoder.why === null ? quality.encoder : null) ?? limits.encoder.now ?? ''}
              words={(value) => (value === '' ? t('Not known') : encoderName(value))}
              onChange={(encoder) => onSet({ ...quality, encoder })}
            />
          )}
          {has('rateControl') && (
            <Choose
              label={t('Hold steady')}
              why={limits.rateControl.why}
              options={limits.rateControl.options}
              value={(limits.rateControl.why === null ? quality.rateControl : null) ?? limits.rateControl.now ?? ''}
              words={(value) =>
                value === 'crf' ? t('The quality') : value === 'cbr' ? t('The bitrate') : t('Not known')
              }
              onChange={(value) => onSet({ ...quality, rateControl: value === 'crf' ? 'crf' : 'cbr' })}
            />
          )}
          {!steadyRate && span('crf', t('Quality (less is better)'))}
          {flag('everyFrame', t('Send every frame'))}
          {flag('sharpenStill', t('What rests: sharpen'))}
          {span('stillCrf', t('What rests: quality'))}
          {span('stillFrames', t('What rests: frames'))}
          {span('jpegQuality', t('JPEG quality'), percent)}
          {span('stillJpegQuality', t('What rests: JPEG'), percent)}
          {flag('byCpu', t('Encode without the GPU'))}
        </>
      )}
    </details>
  )
}

const percent = (value: number): string => `${number(value)} %`
const count = (value: number): string => number(value)

/** The stops that a desktop takes, with its own bounds among them. */
function within(stops: readonly number[], { least, most }: Span): readonly number[] {
  const inside = stops.filter((stop) => stop >= least && stop <= most)
  const last = stops.at(-1) ?? most
  const ends = [least, Math.min(most, last)].filter((end) => end <= last || inside.length === 0)
  return [...new Set([...ends, ...inside])].toSorted((a, b) => a - b)
}

function whole({ least, most }: Span): readonly number[] {
  return Array.from({ length: Math.max(1, Math.floor(most - least) + 1) }, (_, index) => least + index)
}
