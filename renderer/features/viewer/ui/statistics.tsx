// The full statistics: where the time goes, the last minute, and what carries the picture. Every figure says where it is from.
import { Copy, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { pathWords } from '../transport/paths.ts'
import { encoderWords, statsReport } from '../stats-meter.ts'
import type { ViewerState, ViewerStats } from '../viewer-state.ts'
import { ServerRows } from './server-rows.tsx'
import styles from './statistics.module.css'
import page from './viewer-page.module.css'
import { number, t } from '../../../ui/translate.ts'

interface StatisticsProps {
  readonly state: ViewerState
  onCopy(report: string): void
  onClose(): void
}

/** The overlay. Nothing is invented: a stage without a figure is left out. */
export function Statistics({ state, onCopy, onClose }: StatisticsProps): ReactNode {
  const { stats, history, picture, name } = state
  return (
    <section className={`${styles['full']} ${page['float']}`} aria-label={t('Statistics')}>
      <header className={styles['head']}>
        <h2>{t('Statistics')}</h2>
        <button
          type="button"
          className={page['button']}
          title={t('Copy report')}
          aria-label={t('Copy report')}
          disabled={stats === null}
          onClick={() => stats !== null && onCopy(statsReport(name, stats, picture, state))}
        >
          <Copy size={16} strokeWidth={1.75} aria-hidden />
        </button>
        <button
          type="button"
          className={page['button']}
          title={t('Close')}
          aria-label={t('Close statistics')}
          onClick={onClose}
        >
          <X size={16} strokeWidth={1.75} aria-hidden />
        </button>
      </header>
      {stats === null ? (
        <p>{t('No figures while there is no picture.')}</p>
      ) : (
        <>
          <Stages stats={stats} />
          <div className={styles['charts']}>
            <Chart title={t('Round trip')} unit={t('ms')} values={history.map(({ rttMs }) => rttMs)} />
            <Chart title={t('Frames')} unit={t('fps')} values={history.map(({ fps }) => fps)} />
            <Chart title={t('Received')} unit={t('Mbit/s')} values={history.map(({ mbps }) => mbps)} />
            <div className={styles['ends']}>
              <span>{t('{seconds} s ago', { seconds: history.length })}</span>
              <span>{t('now')}</span>
            </div>
          </div>
          <dl className={styles['list']}>
            <Row
              name={t('Path')}
              value={stats.path === null ? t('none') : pathWords(stats.path)}
              note={stats.via ?? ''}
            />
            <Row name={t('Loss')} value={`${number(stats.loss * 100, 2)} %`} note={t('in the last second')} />
            <Row
              name={t('Video')}
              value={<Name name={stats.codec} />}
              note={picture === null ? '' : `${picture.width} × ${picture.height}`}
            />
            <Row
              name={t('Encoder')}
              {...encoderWords(stats, state)}
              {...(stats.encoder === null ? {} : { value: <Name name={stats.encoder} /> })}
            />
            <Row name={t('Decoder')} value={<Name name={stats.decoder} />} note={t('measured')} />
            <ServerRows features={state.features} unread={stats.unread} />
          </dl>
        </>
      )}
    </section>
  )
}

function Stages({ stats }: { readonly stats: ViewerStats }): ReactNode {
  const stages = [
    { name: t('Encode'), value: stats.encodeMs, note: t('on the desktop, reported') },
    {
      name: t('Network'),
      value: stats.rttMs === null ? null : stats.rttMs / 2,
      note: t('half the round trip, measured'),
    },
    { name: t('Buffer'), value: stats.bufferMs, note: t('measured') },
    { name: t('Decode'), value: stats.decodeMs, note: t('measured') },
  ].flatMap((stage, index) => (stage.value === null ? [] : [{ ...stage, value: stage.value, index }]))
  const sum = stages.reduce((total, { value }) => total + value, 0)
  return (
    <>
      <p className={styles['big']}>
        <b>{t('{value} ms', { value: number(sum, 0) })}</b>
        <span>{t('in the stages that can be measured')}</span>
      </p>
      <div className={styles['bar']} role="img" aria-label={t('Time by stage')}>
        {stages.map(({ name, value, index }) => (
          <i key={name} className={styles[`s${index}`]} style={{ flex: Math.max(0.01, value) }} />
        ))}
      </div>
      <dl className={styles['list']}>
        {stages.map(({ name, value, note, index }) => (
          <div key={name}>
            <dt>
              <i className={`${styles['swatch']} ${styles[`s${index}`]}`} />
              {name}
            </dt>
            <dd>
              {t('{value} ms', { value: number(value, 1) })}
              <span>{note}</span>
            </dd>
          </div>
        ))}
      </dl>
    </>
  )
}

/** What a codec, an encoder or a decoder calls itself, in every language. */
function Name({ name }: { readonly name: string | null }): ReactNode {
  return name === null ? t('not known') : <bdi translate="no">{name}</bdi>
}

function Row({
  name,
  value,
  note,
}: {
  readonly name: string
  readonly value: ReactNode
  readonly note: string
}): ReactNode {
  return (
    <div>
      <dt>
        <i />
        {name}
      </dt>
      <dd>
        {value}
        <span>{note}</span>
      </dd>
    </div>
  )
}

const WIDTH = 376
const HEIGHT = 44
const SECONDS = 60

interface ChartProps {
  readonly title: string
  readonly unit: string
  readonly values: readonly (number | null)[]
}

function Chart({ title, unit, values }: ChartProps): ReactNode {
  const top = Math.max(1e-6, ...values.map((value) => value ?? 0)) * 1.15
  const path = linePath(values, top)
  const newest = values.at(-1)
  return (
    <figure className={styles['chart']}>
      <figcaption>
        <span>{title}</span>
        <b>{newest === null || newest === undefined ? '–' : `${newest.toFixed(newest < 10 ? 1 : 0)} ${unit}`}</b>
      </figcaption>
      <svg
        viewBox={`0 -2 ${WIDTH} ${HEIGHT + 4}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t('{title}, last 60 seconds', { title })}
      >
        <path d={`M0 ${HEIGHT}H${WIDTH}`} className={styles['axis']} />
        <path d={path} className={styles['line']} />
      </svg>
    </figure>
  )
}

/** The line's path. A missing value breaks it: gaps are shown as gaps. */
function linePath(values: readonly (number | null)[], top: number): string {
  return values
    .map((value, index) => {
      if (value === null) return ''
      const x = WIDTH - ((values.length - 1 - index) / (SECONDS - 1)) * WIDTH
      const command = typeof values[index - 1] === 'number' ? 'L' : 'M'
      return `${command}${x.toFixed(1)} ${(HEIGHT - (value / top) * HEIGHT).toFixed(1)}`
    })
    .join('')
}
