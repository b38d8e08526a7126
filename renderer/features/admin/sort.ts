// The order of the sessions table. Pure; equal ones keep to person and pod, so that rows do not jump while news comes in.
import type { AdminSession } from '../../../shared/domain/gpu.ts'

export type SortColumn = 'state' | 'person' | 'title' | 'pod' | 'node' | 'slices' | 'since'
export interface Sort {
  readonly column: SortColumn
  readonly down: boolean
}

/** What needs a look comes first. */
const STATE_ORDER: Readonly<Record<AdminSession['state'], number>> = {
  failed: 0,
  waiting: 1,
  starting: 2,
  ending: 3,
  running: 4,
}
const names = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

/** The next order when a column's head is pressed: a new column goes up, the same one turns. */
export function nextSort(sort: Sort, column: SortColumn): Sort {
  return sort.column === column ? { column, down: !sort.down } : { column, down: false }
}

/** A new list in this order; what has no value stands last both ways. */
export function sortSessions(sessions: readonly AdminSession[], { column, down }: Sort): readonly AdminSession[] {
  return sessions.toSorted((a, b) => {
    const left = valueOf(a, column)
    const right = valueOf(b, column)
    if (left === undefined || right === undefined) {
      if (left !== right) return left === undefined ? 1 : -1
    } else {
      const order =
        typeof left === 'number' && typeof right === 'number' ? left - right : names.compare(`${left}`, `${right}`)
      if (order !== 0) return down ? -order : order
    }
    return names.compare(a.person, b.person) || names.compare(podKey(a), podKey(b))
  })
}

function valueOf(session: AdminSession, column: SortColumn): string | number | undefined {
  return column === 'state' ? STATE_ORDER[session.state] : session[column]
}

/** A pod's name with its namespace: unique in the cluster. */
export function podKey({ namespace, pod }: { readonly namespace: string; readonly pod: string }): string {
  return `${namespace}/${pod}`
}
