// All sessions, dense: sorted by any column, searched by the bar's field. Up and down move between the rows; Enter opens details.
import { ArrowDown, ArrowUp, Square } from 'lucide-react'
import { useRef, useState, type ReactNode } from 'react'
import type { AdminSession, InventorySnapshot } from '../../../shared/domain/gpu.ts'
import { useNow } from '../../stores/now.ts'
import { clockTime } from '../../stores/words.ts'
import { IconButton } from '../../ui/button.tsx'
import { cx } from '../../ui/cx.ts'
import { allPlaces, isPod, resolveChoice, type Choice, type Place } from './choice.ts'
import { SessionState } from './session-state.tsx'
import { nextSort, podKey, sortSessions, type Sort, type SortColumn } from './sort.ts'
import { stopTargetOf, type StopTarget } from './stop-question.tsx'
import { Who } from './who.tsx'
import { possessive, shortName } from './words.ts'
import styles from './table.module.css'

export interface SessionsTableProps {
  readonly snapshot: InventorySnapshot
  /** Those that the search finds. */
  readonly sessions: readonly AdminSession[]
  readonly choice: Choice | undefined
  readonly onChoose: (choice: Choice, from: HTMLElement) => void
  readonly onStop: (target: StopTarget) => void
}

interface Column {
  readonly key: SortColumn
  readonly name: string
  /** Left out first when the window is narrow: 1 before 2. */
  readonly spare?: 1 | 2 | 3
  readonly right?: boolean
}
const COLUMNS: readonly Column[] = [
  { key: 'state', name: 'State' },
  { key: 'person', name: 'Person' },
  { key: 'title', name: 'Desktop' },
  { key: 'pod', name: 'Pod', spare: 1 },
  { key: 'node', name: 'Node', spare: 3 },
  { key: 'slices', name: 'GPU / slice', spare: 2 },
  { key: 'since', name: 'Since', spare: 2, right: true },
]

export function SessionsTable({ snapshot, sessions, choice, onChoose, onStop }: SessionsTableProps): ReactNode {
  const [sort, setSort] = useState<Sort>({ column: 'state', down: false })
  const body = useRef<HTMLTableSectionElement>(null)
  const places = allPlaces(snapshot)

  function onKeyDown(event: React.KeyboardEvent): void {
    const names = [...(body.current?.querySelectorAll<HTMLElement>('[data-name]') ?? [])]
    const at = names.findIndex((name) => name === event.target)
    const to = at < 0 ? undefined : rowAfter(event.key, at, names.length)
    if (to === undefined) return
    event.preventDefault()
    names[to]?.focus()
  }
  return (
    <table className={styles['table']} aria-label="Sessions">
      <thead>
        <tr>
          {COLUMNS.map((column) => (
            <Head key={column.key} column={column} sort={sort} onSort={() => setSort(nextSort(sort, column.key))} />
          ))}
          <th className={styles['act']}>
            <span className="sr-only">Actions</span>
          </th>
        </tr>
      </thead>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys come up from the buttons in it */}
      <tbody ref={body} onKeyDown={onKeyDown}>
        {sortSessions(sessions, sort).map((session) => (
          <Row
            key={podKey(session)}
            session={session}
            places={places.filter(({ slice }) => isPod(slice.holder, session))}
            chosen={isChosen(choice, session, snapshot)}
            target={stopTargetOf(resolveChoice(snapshot, { kind: 'pod', ...session }) ?? NOTHING)}
            {...{ onChoose, onStop }}
          />
        ))}
      </tbody>
    </table>
  )
}

const NOTHING = {
  place: undefined,
  holder: undefined,
  session: undefined,
  waiting: undefined,
  places: [],
  unplacedOn: undefined,
}

function isChosen(choice: Choice | undefined, session: AdminSession, snapshot: InventorySnapshot): boolean {
  if (choice?.kind === 'pod') return isPod(session, choice)
  const holder = resolveChoice(snapshot, choice)?.holder
  return holder !== undefined && isPod(session, holder)
}

/** Where a key leads in a list of rows. */
function rowAfter(key: string, at: number, count: number): number | undefined {
  if (key === 'ArrowDown') return Math.min(count - 1, at + 1)
  if (key === 'ArrowUp') return Math.max(0, at - 1)
  if (key === 'Home') return 0
  return key === 'End' ? count - 1 : undefined
}

function Head(props: { readonly column: Column; readonly sort: Sort; readonly onSort: () => void }): ReactNode {
  const { column, sort, onSort } = props
  const sorted = sort.column === column.key
  const Arrow = sort.down ? ArrowDown : ArrowUp
  return (
    <th
      scope="col"
      className={cx(column.spare && styles[`spare${column.spare}`], column.right && styles['right'])}
      aria-sort={sorted ? (sort.down ? 'descending' : 'ascending') : 'none'}
    >
      <button type="button" onClick={onSort}>
        {column.name}
        {sorted ? <Arrow size={12} aria-hidden="true" /> : null}
      </button>
    </th>
  )
}

interface RowProps extends Pick<SessionsTableProps, 'onChoose' | 'onStop'> {
  readonly session: AdminSession
  readonly places: readonly Place[]
  readonly chosen: boolean
  readonly target: StopTarget | undefined
}

function Row({ session, places, chosen, target, onChoose, onStop }: RowProps): ReactNode {
  const { namespace, pod, person, title, node, since, slices } = session
  const now = useNow()
  return (
    <tr className={chosen ? styles['chosen'] : undefined}>
      <td>
        <SessionState state={session.state} />
      </td>
      <th scope="row">
        <button
          type="button"
          data-name=""
          className={styles['name']}
          aria-expanded={chosen}
          aria-label={`${person}: ${title}`}
          onClick={(event) => onChoose({ kind: 'pod', namespace, pod }, event.currentTarget)}
        >
          <Who person={person} />
          <span className="cut">{shortName(person)}</span>
        </button>
      </th>
      <td className={styles['wide']}>{title}</td>
      <td className={cx(styles['spare1'], styles['two'])}>
        <span className="mono">{pod}</span>
      </td>
      <td className={styles['spare3']}>{node === undefined ? <i>–</i> : <span className="mono">{node}</span>}</td>
      <td className={styles['spare2']}>
        {slices === 0 ? (
          <i>none</i>
        ) : places.length > 0 ? (
          places.map(({ gpuName, index }) => `${gpuName.replace('GPU ', '')} / ${index + 1}`).join(', ')
        ) : (
          <i>{node === undefined ? 'waits' : 'not told'}</i>
        )}
      </td>
      <td className={cx(styles['spare2'], styles['right'])}>
        {since === undefined ? <i>–</i> : <time>{clockTime(since, now)}</time>}
      </td>
      <td className={styles['act']}>
        {target ? (
          <IconButton
            className={styles['stop']}
            label={target.ours ? `Stop ${possessive(person)} ${title}` : `Delete the pod ${pod}`}
            hint="Stop…"
            icon={<Square size={16} aria-hidden="true" />}
            onClick={() => onStop(target)}
          />
        ) : null}
      </td>
    </tr>
  )
}
