// Keeps the sessions of one person in operator mode: joins the cluster's objects with what this app saw, and asks young desktops
// whether they answer. Level-triggered: every change and every tick looks at the present state alone.
import type { KubeClient } from '../../../kube/types.ts'
import type { SessionView } from '../../../shared/domain/session.ts'
import type { TemplateSpec } from '../../../shared/domain/template.ts'
import type { VdiSessionObject } from '../../../shared/domain/vdi-objects.ts'
import type { KubeObject } from '../../../shared/render/types.ts'
import { createAnswerWatch } from '../answer-watch.ts'
import { oldestFirst, type Claim, type KubeEvent, type Pod } from '../kube-read.ts'
import { readOnce } from '../read-once.ts'
import { emptyMemory, notice, sees } from '../session-memory.ts'
import type { LocalFacts } from '../session-view.ts'
import type { Timers } from '../timers.ts'
import type { OperatorState } from './operator-state.ts'
import { operatorView, type OperatorMemory } from './operator-view.ts'
import { claimedPod, isObserved, isWanted, recordOf, sessionsOf } from './session-object.ts'

/** Between two looks while something is under way, ms: slow stages are named, a silent operator noticed. */
const TICK_MS = 1_000

export interface OperatorSessionsDeps {
  readonly clusterId: string
  readonly client: KubeClient
  readonly namespace: string
  readonly owner: string
  readonly state: OperatorState
  readonly timers: Timers
  readonly now: () => number
  readonly templateOf: (id: string) => TemplateSpec | undefined
  readonly usual: (templateId: string) => LocalFacts['usual']
  /** Called when `views` may have changed. */
  readonly changed: () => void
}

export interface OperatorSessions {
  /** All but those that were started ahead and that nobody has asked for. */
  readonly views: readonly SessionView[]
  readonly all: readonly VdiSessionObject[]
  find(name: string): VdiSessionObject | undefined
  memory(name: string): OperatorMemory
  /** A start was asked for here just now. @param before the cluster's `startedAt` at the click: another one is this start's */
  asked(name: string, before: string | undefined): void
  /** Looks at everything again. */
  refresh(): void
  dispose(): void
}

/** Makes the keeper; it does nothing until `refresh` is called. */
export function createOperatorSessions(deps: OperatorSessionsDeps): OperatorSessions {
  const { state, client, timers, now, namespace, clusterId } = deps
  const memories = new Map<string, OperatorMemory>()
  const read = readOnce((objects: readonly KubeObject[]) => sessionsOf(objects, deps.owner))
  let views: readonly SessionView[] = []
  let callOffTick: (() => void) | undefined
  let disposed = false
  const answers = createAnswerWatch(client, timers, ({ name }, uid) => {
    const own = memories.get(name)
    if (own?.podUid !== uid) return
    own.answers = true
    refresh()
  })

  const all = (): readonly VdiSessionObject[] => read(state.sessions.items)
  const find = (name: string): VdiSessionObject | undefined => all().find(({ metadata }) => metadata.name === name)
  const memory = (name: string): OperatorMemory => {
    const fresh = { ...emptyMemory(), isAwaited: false, isFirst: false, stoppedHere: false, unobservedSince: undefined }
    const known = memories.get(name) ?? fresh
    memories.set(name, known)
    return known
  }
  const podOf = (session: VdiSessionObject): Pod | undefined =>
    claimedPod(session) ?? (state.pods.get(session.metadata.name, namespace) as Pod | undefined)

  const look = (session: VdiSessionObject, events: readonly KubeEvent[]): SessionView => {
    const { name } = session.metadata
    const templateId = session.spec.templateRef.name
    const own = memory(name)
    const at = now()
    const template = deps.templateOf(templateId)
    const record = recordOf(session, template)
    const pod = podOf(session)
    if (own.isAwaited && record.lastStarted !== own.stamp) {
      // the start that was asked for here has begun: what is remembered of the click belongs to it
      own.stamp = record.lastStarted
      own.isAwaited = false
    }
    notice(own, record, pod, false, at)
    if (session.status.readyAt !== undefined) own.isFirst = false
    own.unobservedSince = isObserved(session) ? undefined : (own.unobservedSince ?? at)
    answers.look(record, pod, own.answers)
    if (own.answers) own.seen.started ??= at
    const claim =
      record.home === undefined ? undefined : (state.claims.get(record.home, namespace) as Claim | undefined)
    const other = all().find(
      (candidate) => candidate !== session && candidate.spec.templateRef.name === templateId && isWanted(candidate),
    )
    const holder = other && {
      displayName: recordOf(other, template).displayName,
      node: podOf(other)?.spec?.nodeName,
    }
    const parts = { clusterId, session, template, pod, claim, holder }
    const view = operatorView(parts, events, own, deps.usual(templateId), at)
    if (own.askedAt !== undefined && sees(own, view, at))
      return operatorView(parts, events, own, deps.usual(templateId), at)
    return view
  }

  const refresh = (): void => {
    if (disposed) return
    const sessions = all()
    const present = new Set(sessions.map(({ metadata }) => metadata.name))
    const events = oldestFirst(state.events.items as readonly KubeEvent[])
    for (const name of memories.keys()) if (!present.has(name)) memories.delete(name)
    answers.keepOnly(present)
    const looked = sessions.map((session) => ({ session, view: look(session, events) }))
    // nobody has asked for these yet: the click on their template finds them
    views = looked.filter(({ session }) => !session.spec.startAhead).map(({ view }) => view)
    deps.changed()
    if (looked.some(({ view }) => view.phase === 'starting' || view.phase === 'stopping')) tick()
  }

  const tick = (): void => {
    callOffTick ??= timers.after(TICK_MS, () => {
      callOffTick = undefined
      refresh()
    })
  }

  return {
    get views() {
      return views
    },
    get all() {
      return all()
    },
    find,
    memory,
    asked(name, before) {
      const own = memory(name)
      const isAwaited = find(name)?.status.startedAt === before
      Object.assign(own, { askedAt: now(), seen: {}, isAwaited, stoppedHere: false, goneAt: undefined })
    },
    refresh,
    dispose() {
      disposed = true
      answers.dispose()
      callOffTick?.()
    },
  }
}
