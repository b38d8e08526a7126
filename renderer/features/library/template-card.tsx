// A template to start: what it is, what it takes, how long it usually needs; why not now, on its face.
import { Info, ShieldAlert, TriangleAlert } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { TemplateView } from '../../../shared/domain/template-view.ts'
import { useActions } from '../../app/actions.ts'
import { sliceWord, span } from '../../stores/words.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { TemplateIcon } from '../../ui/template-icon.tsx'
import styles from './template-card.module.css'

export interface TemplateCardProps {
  readonly template: TemplateView
  /** No start can be asked for now: the cluster does not answer. */
  readonly disabled: boolean
}

export function TemplateCard({ template, disabled }: TemplateCardProps): ReactNode {
  const { id, name, description, icon, blocked } = template
  const actions = useActions()
  const [busy, setBusy] = useState(false)
  const waits = blocked?.canWait === true
  const start = async (): Promise<void> => {
    setBusy(true)
    await actions.start(template)
    setBusy(false)
  }
  return (
    <Card className={styles['card']} aria-labelledby={`template-${id}`} data-template={id}>
      <span className={styles['tile']}>
        <TemplateIcon name={icon} />
      </span>
      <div>
        <h3 className={styles['name']} id={`template-${id}`}>
          {name}
        </h3>
        <p className={styles['about']} title={description}>
          {description}
        </p>
      </div>
      <Button
        className={styles['start']}
        data-start=""
        busy={busy}
        disabled={disabled || (blocked !== undefined && !waits)}
        aria-label={waits ? `Wait in line for ${name}` : `Start ${name}`}
        onClick={() => void start()}
      >
        {waits ? 'Wait in line' : 'Start'}
      </Button>
      <Facts template={template} />
    </Card>
  )
}

function Facts({ template }: { readonly template: TemplateView }): ReactNode {
  const { slices, size, usualReadyMs, blocked, note, securityNote, hasHome } = template
  return (
    <>
      {securityNote === undefined ? null : (
        <p className={styles['line']}>
          <ShieldAlert size={16} aria-hidden="true" />
          <span>{securityNote}</span>
        </p>
      )}
      {note === undefined ? null : (
        <p className={styles['line']}>
          <Info size={16} aria-hidden="true" />
          <span>{note}</span>
        </p>
      )}
      {blocked ? (
        <p className={`${styles['line']} ${styles['why']}`}>
          <TriangleAlert size={16} aria-hidden="true" />
          <span>{blocked.sentence}</span>
        </p>
      ) : (
        <div className={styles['facts']}>
          <Badge>{sliceWord(slices)}</Badge>
          {size === '' ? null : <Badge>{size}</Badge>}
          {hasHome ? null : <Badge>Keeps nothing</Badge>}
          {usualReadyMs === undefined ? null : (
            <span className={styles['usual']}>Usually ready in {span(usualReadyMs)}</span>
          )}
        </div>
      )}
    </>
  )
}

/** Shown while the templates are on their way: their shape is known. */
export function TemplateSkeleton(): ReactNode {
  return (
    <div className={styles['skeleton']} aria-hidden="true">
      <span className={`${styles['bone']} ${styles['boneTile']}`} />
      <div>
        <span className={`${styles['bone']} ${styles['boneShort']}`} />
        <span className={styles['bone']} />
      </div>
      <span className={`${styles['bone']} ${styles['boneButton']}`} />
    </div>
  )
}
