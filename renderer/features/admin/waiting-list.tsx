// Who waits and why, in plain words; the scheduler's own words are one click away.
import { ChevronDown, CircleCheck } from 'lucide-react'
import { useId, useState, type ReactNode } from 'react'
import type { Waiting } from '../../../shared/domain/gpu.ts'
import { useNow } from '../../stores/now.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Card } from '../../ui/card.tsx'
import { hrefOfTab } from '../../app/route.ts'
import { podKey } from './sort.ts'
import { Who } from './who.tsx'
import { shortName, waitedFor, waitWords } from './words.ts'
import styles from './waiting.module.css'

export interface WaitingListProps {
  readonly people: number
  /** Those that the search finds. */
  readonly waiting: readonly Waiting[]
  readonly onShow: (waiting: Waiting, from: HTMLElement) => void
}

export function WaitingList({ people, waiting, onShow }: WaitingListProps): ReactNode {
  if (people === 0)
    return (
      <EmptyState
        icon={<CircleCheck size={20} />}
        title="Nobody waits"
        text="A desktop that cannot start yet stands here, with the reason and what would help."
      />
    )
  return (
    <div className={styles['list']}>
      <h2 className={styles['lead']}>{waitWords(people)}</h2>
      {waiting.map((one) => (
        <WaitingCard key={podKey(one)} one={one} onShow={onShow} />
      ))}
    </div>
  )
}

function WaitingCard({ one, onShow }: { readonly one: Waiting } & Pick<WaitingListProps, 'onShow'>): ReactNode {
  const { person, title, since, reason, raw } = one
  const [open, setOpen] = useState(false)
  const id = useId()
  return (
    <Card aria-labelledby={`${id}-who`} className={styles['card']}>
      <header>
        <Who person={person} />
        <h3 id={`${id}-who`}>{person}</h3>
        <span className={styles['title']}>{title}</span>
        <span className={styles['since']}>
          waits <Since since={since} />
        </span>
      </header>
      <div className={styles['body']}>
        <p>{reason}</p>
        <div className={styles['row']}>
          <Button aria-label={`Details of ${person}: ${title}`} onClick={(event) => onShow(one, event.currentTarget)}>
            Details
          </Button>
          {raw === undefined ? null : (
            <Button
              kind="bare"
              className={styles['says']}
              aria-expanded={open}
              aria-controls={id}
              onClick={() => setOpen(!open)}
            >
              <ChevronDown size={14} className={styles['chevron']} aria-hidden="true" />
              Kubernetes says
            </Button>
          )}
        </div>
        <div id={id}>{open ? <pre className="mono">{raw}</pre> : null}</div>
      </div>
    </Card>
  )
}

function Since({ since }: { readonly since: number }): ReactNode {
  const now = useNow()
  return <b>{waitedFor(now - since)}</b>
}

/** The same, short, below the map: a line each. */
export function WaitingShort({ waiting }: { readonly waiting: readonly Waiting[] }): ReactNode {
  if (waiting.length === 0) return null
  return (
    <section className={styles['short']} aria-labelledby="who-waits">
      <header>
        <h3 id="who-waits">Waiting</h3>
        <a href={hrefOfTab('waiting')}>All reasons</a>
      </header>
      <ul>
        {waiting.slice(0, 5).map((one) => (
          <li key={podKey(one)}>
            <Who person={one.person} />
            <b className="cut">{shortName(one.person)}</b>
            <span className={styles['title']}>{one.title}</span>
            <span className={styles['reason']}>{one.reason}</span>
            <span className={styles['since']}>
              <Since since={one.since} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
