// The full statistics: where the time goes, the last minutes, and what carries the picture. Every figure says where it is from.
import { Copy } from 'lucide-react'
import { useEffect, type ReactNode } from 'react'
import { useStore } from 'zustand'
import type { Quality } from '../../../../shared/domain/quality.ts'
import { offsetWords } from '../media/sound-figures.ts'
import { pathWords } from '../transport/paths.ts'
import { decoderWords, encoderWords } from '../stats-meter.ts'
import { statsReport } from '../stats-report.ts'
import type { CalmState, ViewerStats, ViewerStore } from '../viewer-state.ts'
import { PanelHead } from './panel-head.tsx'
import { ServerRows } from './server-rows.tsx'
import { Row } from './statistics-row.tsx'
import { HistoryChart } from './history-chart.tsx'
import { qualityLine, rateWords } from './quality-words.ts'
import styles from './statistics.module.css'
import page from './viewer-page.module.css'
import { number, t } from '../../../ui/translate.ts'

interface StatisticsProps {
  readonly store: ViewerStore
  readonly quality: Quality
  /** It is shown, or goes. */
  onWatch(on: boolean): void
  onCopy(report: string): void
  onClose(): void
}

/** The overlay. Nothing is invented: a stage without a figure is left out. */
export function Statistics({ store, quality, onWatch, onCopy, onClose }: StatisticsProps): ReactNode {
  const state = useStore(store)
  const { stats, history, name } = state
  useEffect(() => {
    onWatch(true)
    return () => onWatch(false)
  }, [onWatch])
  const copy = (figures: ViewerStats) =>
    onCopy(
      statsReport(name, figures, {
        ...state,
        quality: qualityLine(quality, state.quality),
        browser: navigator.userAgent,
      }),
    )
  return (
    <section className={`${styles['full']} ${page['float']}`} aria-label={t('Statistics')}>
      <PanelHead title={t('Statistics')} closeLabel={t('Close statistics')} onClose={onClose}>
        <button
          type="button"
          className={page['button']}
          title={t('Copy report')}
          aria-label={t('Copy report')}
          disabled={stats === null}
          onClick={() => stats !== null && copy(stats)}
        >
          <Copy size={16} strokeWidth={1.75} aria-hidden />
        </button>
      </PanelHead>
      {stats === null ? (
        <p>{t('No figures while there is no picture.')}</p>
      ) : (
        <>
          <Stages stats={stats} />
          <div className={styles['charts']}>
            <HistoryChart title={t('Frames')} unit={t('fps')} values={history.map(({ fps }) => fps)} atLeast={30} />
            <HistoryChart
              title={t('Received')}
              unit={t('Mbit/s')}
              values={history.map(({ mbps }) => mbps)}
              atLeast={1}
            />
            <HistoryChart
              title={t('Round trip')}
              unit={t('ms')}
              values={history.map(({ rttMs }) => rttMs)}
              atLeast={20}
            />
            <HistoryChart title={t('Lost')} unit="%" values={history.map(({ loss }) => loss * 100)} atLeast={5} />
            <div className={styles['ends']}>
              <span>{t('{seconds} s ago', { seconds: history.length })}</span>
              <span>{t('now')}</span>
            </div>
          </div>
          <Facts state={state} stats={stats} quality={quality} />
        </>
      )}
    </section>
  )
}

function Facts({
  state,
  stats,
  quality,
}: Pick<StatisticsProps, 'quality'> & { readonly state: CalmState; readonly stats: ViewerStats }): ReactNode {
  const { picture, mode } = state
  const { targetKbps } = stats
  const asked = state.quality.frameRate || quality.frameRate
  return (
    <dl className={styles['list']}>
      <Row
        name={t('Path')}
        value={stats.path === null ? t('none') : pathWords(stats.path, state.relay)}
        note={stats.via ?? ''}
      />
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
      <Row name={t('Sound to picture')} {...offsetWords(stats.sound)} />
      <Row name={t('Decoder')} {...decoderWords(stats)} value={<Name name={stats.decoder} />} />
      <Row
        name={t('Asked for')}
        value={t('{value} fps', { value: number(asked) })}
        note={t('at most {value} Mbit/s', { value: number(quality.bitrateKbps / 1000) })}
      />
      {targetKbps !== null && (
        <Row name={t('Held at')} value={rateWords(Math.round(targetKbps))} note={t('by the desktop, reported')} />
      )}
      {mode === 'websocket' ? null : (
        <Row name={t('Lost')} value={`${number(stats.loss * 100, 2)} %`} note={t('of the last second’s packets')} />
      )}
      <Row
        name={t('Left out here')}
        value={`${number(stats.dropped * 100, 1)} %`}
        note={t('frames that came too late')}
      />
      <ServerRows features={state.features} unread={stats.unread} />
    </dl>
  )
}

function Stages({ stats }: { readonly stats: ViewerStats }): ReactNode {
  const { sendMs, encodeMs, rttMs } = stats
  const desktop = sendMs ?? encodeMs
  const stages = [
    {
      name: t('Desktop'),
      value: desktop,
      note: sendMs === null ? t('encoding, reported') : t('from capture to wire, reported'),
    },
    { name: t('Network'), value: rttMs === null ? null : rttMs / 2, note: t('half the round trip, measured') },
    { name: t('Buffer'), value: stats.bufferMs, note: t('measured') },
    { name: t('Decode'), value: stats.decodeMs, note: t('measured') },
    { name: t('Render'), value: stats.renderMs, note: t('to the screen, by the browser') },
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
          <Row
            key={name}
            name={name}
            value={t('{value} ms', { value: number(value, 1) })}
            note={note}
            swatch={`s${index}`}
          />
        ))}
        {stats.captureToScreenMs !== null && (
          <Row
            name={t('All of it')}
            value={t('{value} ms', { value: number(stats.captureToScreenMs, 1) })}
            note={t('from capture to screen, measured')}
          />
        )}
        {rttMs !== null && desktop !== null && (
          <Row
            name={t('Input to pixel')}
            value={t('{value} ms', { value: number((stats.captureToScreenMs ?? sum) + rttMs / 2, 0) })}
            note={t('at least: without the program’s own time')}
          />
        )}
      </dl>
    </>
  )
}

/** What a codec, an encoder or a decoder calls itself, in every language. */
function Name({ name }: { readonly name: string | null }): ReactNode {
  return name === null ? t('not known') : <bdi translate="no">{name}</bdi>
}
