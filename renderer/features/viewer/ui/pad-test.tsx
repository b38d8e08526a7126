// The test of the gamepads: each is drawn as it is held, live, and can be made to rumble. The desktop gets nothing of it meanwhile.
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { playRumble, type PadView } from '../input/gamepads.ts'
import { otherLayout, padsCount } from '../input/pad-words.ts'
import { PadPicture, PadTable, type PadReading } from './pad-picture.tsx'
import { PanelHead } from './panel-head.tsx'
import styles from './pad-test.module.css'
import page from './viewer-page.module.css'
import { t } from '../../../ui/translate.ts'

export interface PadTestProps {
  readonly pads: readonly PadView[]
  onClose(): void
}

const RUMBLE_MS = 600

export function PadTest({ pads, onClose }: PadTestProps): ReactNode {
  const close = useRef<HTMLButtonElement>(null)
  const [chosen, setChosen] = useState<number | null>(null)
  useEffect(() => {
    // behind the menu that closes: it gives the focus back to the desktop
    const frame = requestAnimationFrame(() => close.current?.focus())
    return () => cancelAnimationFrame(frame)
  }, [])
  const pad = pads.find(({ index }) => index === chosen) ?? pads[0]
  return (
    <div
      role="presentation"
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose()
      }}
    >
      <section className={`${styles['test']} ${page['float']}`} aria-label={t('Gamepad test')}>
        <PanelHead title={t('Gamepad test')} closeLabel={t('Close the test')} closeRef={close} onClose={onClose} />
        {pad === undefined ? <p>{padsCount(0)}</p> : <OnePad key={pad.index} pad={pad} />}
        {pads.length > 1 && (
          <div className={styles['pads']} role="group" aria-label={t('Gamepads')}>
            {pads.map(({ index, slot, name }) => (
              <button
                key={index}
                type="button"
                className={page['action']}
                aria-pressed={index === pad?.index}
                onClick={() => setChosen(index)}
              >
                {slot === null ? name : `${slot + 1}: ${name}`}
              </button>
            ))}
          </div>
        )}
        <p className={styles['note']}>{t('The desktop gets nothing of this until the test is closed.')}</p>
      </section>
    </div>
  )
}

function OnePad({ pad }: { readonly pad: PadView }): ReactNode {
  const reading = useReading(pad.index)
  const now = (): Gamepad | null => navigator.getGamepads().find((one) => one?.index === pad.index) ?? null
  return (
    <>
      <p className={styles['name']}>
        <b>{pad.name}</b>
        <span>{pad.standard ? t('Standard layout') : otherLayout()}</span>
      </p>
      {reading !== null && (pad.standard ? <PadPicture reading={reading} /> : <PadTable reading={reading} />)}
      <div className={styles['actions']}>
        <button
          type="button"
          className={page['action']}
          disabled={!pad.rumbles}
          onClick={() => {
            const one = now()
            if (one !== null) playRumble(one, 1, 0.5, RUMBLE_MS)
          }}
        >
          {t('Rumble')}
        </button>
        {!pad.rumbles && <span>{t('This pad has no motors that the browser can reach.')}</span>}
      </div>
    </>
  )
}

/** What a pad says, each time the screen is drawn. */
function useReading(index: number): PadReading | null {
  const [reading, setReading] = useState<PadReading | null>(null)
  useEffect(() => {
    let frame = 0
    let last = ''
    const look = () => {
      const pad = navigator.getGamepads().find((one) => one?.index === index)
      if (pad) {
        const next = { buttons: pad.buttons.map(({ value }) => value), axes: [...pad.axes] }
        const text = JSON.stringify(next)
        if (text !== last) setReading(next)
        last = text
      }
      frame = requestAnimationFrame(look)
    }
    look()
    return () => cancelAnimationFrame(frame)
  }, [index])
  return reading
}
