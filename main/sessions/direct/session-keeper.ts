// Keeps the sessions of one namespace: joins the cluster's objects with what this app saw, asks young desktops whether they answer,
// and carries this app's own starts to their end. Level-triggered: every change and every tick looks at the present state alone.
import { POD } from '../../../kube/types.ts'
import { AppError } from '../../../shared/errors.ts'
import { LABEL } from '../../../shared/product.ts'
import type { SessionView } from '../../../shared/domain/session.ts'
import type { KubeObject } from '../../../shared/render/types.ts'
import { isTerminating, label, secretText, type KubeEvent, type Pod } from '../kube-read.ts'
import { readRecord } from '../session-record.ts'
import { factsOf, notice, sees } from '../session-memory.ts'
import { reasonOf, sessionView, type LocalFacts, type SessionParts } from '../session-view.ts'
import type { StartReason } from '../start-reasons.ts'
import { createAnswerWatch } from '../answer-watch.ts'
import { claimNamed, podsOf } from './cluster-state.ts'
import { deleteExactly, relaunchPod, undoLaunch, untilGone, type LaunchWorld } from './launch.ts'
import { refusal } from '../refusals.ts'
import { emptyDirectMemory, type DirectMemory, type OwnStart } from './own-start.ts'
import { judgeStart } from './start-watch.ts'
import { sleep } from '../timers.ts'
import { within } from '../turns.ts'

/** Between two looks while a start is under way, ms: slow stages are named, time-outs noticed. */
const TICK_MS = 1_000
/** How long an operation waits for an earlier start to be taken back, ms. */
const TAKE_BACK_PATIENCE_MS = 30_000
/** Between two tries to take back what a failed start made, ms. */
const UNDO_PAUSE_MS = 2_000

export interface KeptSession extends SessionParts {
  readonly secret: KubeObject
}

export interface KeeperDeps {
  readonly world: LaunchWorld
  readonly clusterId: string
  readonly usual: (templateId: string) => LocalFacts['usual']
  /** Called when `views` may have changed. */
  readonly changed: () => void
}

export interface SessionKeeper {
  readonly views: readonly SessionView[]
  memory(name: string): DirectMemory
  /** Names of the sessions that this app remembers. */
  readonly memories: ReadonlyMap<string, DirectMemory>
  find(name: string): KeptSession | undefined
  /** Looks at everything again. */
  refresh(): void
  forget(name: string): void
  /**
   * Takes back a start's objects, again and again until the cluster lets it. Rejects when disposed before.
   * @param isTouched false when nothing can have been made yet
   */
  takeBack(name: string, isTouched?: boolean): Promise<void>
  /** Ends this app's care for a start and leaves its objects; resolves when nothing more is made or taken back. */
  letGo(name: string): Promise<void>
  /** Waits for a take-back that is under way. @throws AppError `cluster-slow` when the cluster does not let it for long */
  takenBack(start: OwnStart): Promise<void>
  dispose(): void
}

/** Makes the keeper; it does nothing until `refresh` is called. */
export function createKeeper({ world, clusterId, usual, changed }: KeeperDeps): SessionKeeper {
  const { state, client, timers, now } = world
  const memories = new Map<string, DirectMemory>()
  const life = new AbortController()
  const answers = createAnswerWatch(client, timers, ({ name }, uid) => {
    const own = memories.get(name)
    if (own?.podUid !== uid) return
    own.answers = true
    refresh()
  })
  let views: readonly SessionView[] = []
  let callOffTick: (() => void) | undefined

  const memory = (name: string): DirectMemory => {
    const known = memories.get(name) ?? emptyDirectMemory()
    memories.set(name, known)
    return known
  }

  const kept = (secret: KubeObject, pods: readonly Pod[]): KeptSession | undefined => {
    const record = readRecord(secret)
    if (!record) return undefined
    const pod = pods.find((candidate) => label(candidate, LABEL.session) === record.name)
    return {
      clusterId,
      record,
      secret,
      recordTerminating: isTerminating(secret),
      pod,
      claim: claimNamed(state, record.home),
    }
  }
  const find = (name: string): KeptSession | undefined => {
    const secret = state.secrets.items.find((object) => label(object, LABEL.session) === name)
    return secret && kept(secret, podsOf(state))
  }

  const look = (session: KeptSession, events: readonly KubeEvent[]): SessionView => {
    const { record, pod } = session
    const own = memory(record.name)
    const at = now()
    notice(own, record, pod, own.start !== undefined, at)
    if (own.failed) return own.failed
    answers.look(record, pod, own.answers)
    if (own.answers && own.seen.started === undefined) own.seen.started = at
    const view = sessionView(session, events, factsOf(own, usual(record.templateId)), at)
    if (own.askedAt !== undefined && sees(own, view, at))
      return sessionView(session, events, factsOf(own, usual(record.templateId)), at)
    return view
  }

  const refresh = (): void => {
    if (life.signal.aborted) return
    const events = state.events
    const pods = podsOf(state)
    const present = new Set<string>()
    const next: SessionView[] = []
    for (const secret of state.secrets.items) {
      const session = kept(secret, pods)
      if (!session) continue
      const { name } = session.record
      present.add(name)
      let view = look(session, events)
      if (decide(session, view, events)) view = look(session, events)
      next.push(view)
    }
    for (const [name, { failed, start }] of memories) {
      if (present.has(name)) continue
      if (failed) next.push(failed)
      else if (!start) memories.delete(name)
      else if (start.launched && !start.ending && state.health().state === 'live') {
        // its record was deleted by somebody else, and everything that belongs to it goes with that
        start.ending = true
        start.abort.abort()
        memories.delete(name)
      }
    }
    answers.keepOnly(present)
    views = next
    changed()
    if (next.some(({ phase }) => phase === 'starting' || phase === 'stopping')) tick()
  }

  const tick = (): void => {
    callOffTick ??= timers.after(TICK_MS, () => {
      callOffTick = undefined
      // a failed check is made again at the next tick
      void state.verify(client, now()).then(refresh, refresh)
    })
  }

  /** @returns whether something was decided that shows */
  const decide = (session: KeptSession, view: SessionView, events: readonly KubeEvent[]): boolean => {
    const own = memory(session.record.name)
    const start = own.start
    if (!start || !start.launched || start.ending || start.remaking) return false
    // what is shown may be old: nothing is given up for it
    if (state.health().state !== 'live') return false
    const reason = reasonOf(session, events, factsOf(own, undefined), now())
    const verdict = judgeStart(start, own, session.pod, reason, view, now())
    switch (verdict.kind) {
      case 'waits':
        return false
      case 'arrived':
      case 'gone':
        own.start = undefined
        own.action = undefined
        return true
      case 'retry':
        void retry(session, verdict.afterMs)
        return false
      case 'failed':
        void fail(session, events, verdict.reason)
        return true
    }
  }

  const fail = async (session: KeptSession, events: readonly KubeEvent[], reason: StartReason): Promise<void> => {
    const own = memory(session.record.name)
    if (!own.start) return
    own.start.ending = true
    own.failed = sessionView(session, events, { ...factsOf(own, undefined), failure: reason }, now())
    world.log.warn('a start failed for good', { session: session.record.name, code: reason.error.code })
    try {
      await takeBack(session.record.name)
    } catch {
      // disposed meanwhile: what is left bears its mark, and can be cancelled by the next run
    }
  }

  const takeBack = (name: string, isTouched = true): Promise<void> => {
    const { start } = memory(name)
    return start ? (start.takingBack ??= undo(name, start, isTouched)) : Promise.resolve()
  }

  const undo = async (name: string, start: OwnStart, isTouched: boolean): Promise<void> => {
    const own = memory(name)
    start.ending = true
    start.abort.abort()
    // what is being made now is made to its end: behind the undo's back it would stay
    await start.remaking
    const { template, session } = start.input
    const mark = {
      name,
      templateId: template.id,
      ownerHash: session.ownerHash,
      stamp: session.lastStarted,
      before: start.before,
    }
    for (let tries = 1; isTouched; tries++) {
      try {
        await undoLaunch(world, mark)
        break
      } catch (thrown) {
        world.log.warn('a start could not be taken back yet', { session: name, tries, reason: String(thrown) })
        await sleep(timers, Math.min(UNDO_PAUSE_MS * tries, 30_000), life.signal)
      }
    }
    if (own.start !== start) return
    own.stamp = start.before ? readRecord(start.before)?.lastStarted : undefined
    own.start = undefined
    own.action = undefined
    own.askedAt = undefined
    own.seen = {}
    refresh()
  }

  /** A machine refused the pod: a new one, after a pause. */
  const retry = async (session: KeptSession, afterMs: number): Promise<void> => {
    const { start } = memory(session.record.name)
    if (!start) return
    const made = remake(session, start, afterMs)
    start.remaking = made.catch(() => undefined)
    try {
      await made
      start.retries.push(now())
      start.remaking = undefined
      refresh()
    } catch (thrown) {
      // cancelled: whoever cancelled takes it back
      if (start.ending) return
      const { namespace } = world
      const error = refusal(thrown, { namespace, host: client.server, spec: session.record.spec }).toView()
      await fail(session, state.events, { stage: 'placed', kind: 'final', error })
    }
  }

  const remake = async ({ pod, secret }: KeptSession, start: OwnStart, afterMs: number): Promise<void> => {
    await sleep(timers, afterMs, start.abort.signal)
    if (pod) {
      await deleteExactly(world, POD, pod, 0)
      await untilGone(world, [[POD, pod]], start.abort.signal)
    }
    start.abort.signal.throwIfAborted()
    const password = secretText(secret, 'password') ?? start.input.secrets.password
    await relaunchPod(world, { ...start.input, secrets: { password }, recordUid: secret.metadata.uid })
  }

  const takenBack = async (start: OwnStart): Promise<void> => {
    const work = start.takingBack?.catch(() => undefined) // disposed meanwhile
    const late = (): AppError => new AppError('cluster-slow', { host: client.server })
    if (work) await within(work, TAKE_BACK_PATIENCE_MS, timers, late)
  }

  const letGo = async (name: string): Promise<void> => {
    const own = memory(name)
    const { start } = own
    if (!start) return
    start.ending = true
    start.abort.abort()
    await start.remaking
    await takenBack(start)
    if (own.start === start) own.start = undefined
  }

  return {
    get views() {
      return views
    },
    memory,
    memories,
    find,
    refresh,
    forget(name) {
      memories.delete(name)
      refresh()
    },
    takeBack,
    letGo,
    takenBack,
    dispose() {
      life.abort()
      answers.dispose()
      callOffTick?.()
    },
  }
}
