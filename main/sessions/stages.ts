// The stages of a start, read from the cluster's objects: which are done, which this start did not need, and when each ended.
// Pure. Times that this app saw itself win over the cluster's, whose clock is another and counts in seconds.
import { STAGES, type Stage, type StageName } from '../../shared/domain/session.ts'
import { isFinished, isReady, condition, eventTime, timeOf, type Claim, type KubeEvent, type Pod } from './kube-read.ts'
import { ANNOTATION } from '../../shared/product.ts'
import { annotation } from './kube-read.ts'
import type { SessionRecord } from './session-record.ts'
import { nodeOfClaim, type StartReason } from './start-reasons.ts'

export interface StageInput {
  readonly record: SessionRecord
  readonly pod: Pod | undefined
  readonly claim: Claim | undefined
  readonly events: readonly KubeEvent[]
  /** Epoch ms of the click, when it was made in this app. */
  readonly askedAt: number | undefined
  /** Epoch ms at which this app saw a stage done. */
  readonly seen: Readonly<Partial<Record<StageName, number>>>
  /** Usual times of the stages, ms, from earlier starts. */
  readonly usual: Readonly<Partial<Record<StageName, number>>>
  readonly reason: StartReason | undefined
  readonly failed: boolean
}

interface Verdict {
  readonly state: 'pending' | 'done' | 'skipped'
  /** Epoch ms by the cluster's word. */
  readonly at?: number | undefined
  readonly note?: string | undefined
}

/** Longer than this in a stage is worth a word when no usual time is known, ms. */
const SLOW_MS: Readonly<Record<StageName, number>> = {
  asked: 5_000,
  placed: 10_000,
  home: 15_000,
  image: 30_000,
  started: 15_000,
  connected: 10_000,
}

/** The stages of the present start. */
export function stagesOf(input: StageInput, now: number): Stage[] {
  // by another clock it may lie ahead of this one: people are never shown a time that is not there yet
  const clip = (time: number): number => Math.min(time, now)
  const begin = clip(input.askedAt ?? input.record.startedAt ?? now)
  let latest = begin
  let activeGiven = false
  return STAGES.map((name): Stage => {
    const verdict = verdicts[name](input)
    const { reason } = input
    // before the verdict: a home that is bound can still fail to be mounted
    if (reason?.stage === name) {
      activeGiven = true
      const state = input.failed || reason.kind === 'final' ? 'failed' : 'waiting'
      return {
        name,
        state,
        startedAt: latest,
        ...(state === 'failed' ? { endedAt: now } : {}),
        // its sentence says why: a note beside it would say it again
        error: reason.error,
      }
    }
    if (verdict.state === 'skipped') return { name, state: 'skipped' }
    if (verdict.state === 'done') {
      const told = clip(input.seen[name] ?? verdict.at ?? latest)
      const endedAt = Math.max(told, name === 'home' ? begin : latest)
      const startedAt = Math.min(latest, endedAt)
      latest = Math.max(latest, endedAt)
      return { name, state: 'done', startedAt, endedAt, ...(verdict.note ? { note: verdict.note } : {}) }
    }
    if (activeGiven || input.failed) return { name, state: 'todo' }
    activeGiven = true
    const note = slowNote(input, name, now - latest) ?? verdict.note
    return { name, state: 'active', startedAt: latest, ...(note ? { note } : {}) }
  })
}

/** This start made the home, instead of finding it. */
export function homeIsNew(record: SessionRecord, claim: Claim | undefined): boolean {
  return (
    record.home !== undefined && (claim === undefined || annotation(claim, ANNOTATION.created) === record.lastStarted)
  )
}

const verdicts: Readonly<Record<StageName, (input: StageInput) => Verdict>> = {
  asked: ({ pod }) => (pod ? { state: 'done', at: timeOf(pod.metadata.creationTimestamp) } : { state: 'pending' }),
  placed: ({ record, pod, claim }) => {
    if (!pod || isFinished(pod)) return { state: 'pending' }
    // of the warm pool: it had its place before anybody asked
    const { namespace } = pod.metadata
    if (namespace !== undefined && namespace !== record.namespace) return { state: 'skipped' }
    const scheduled = condition(pod, 'PodScheduled')
    // a new home that waits for its first user is made on the node that was chosen, before the pod is told: placed all the same
    const chosen = homeIsNew(record, claim) && claim?.status?.phase !== 'Bound' ? nodeOfClaim(claim) : undefined
    const node = pod.spec?.nodeName ?? chosen
    if (node === undefined) return { state: 'pending' }
    return { state: 'done', at: timeOf(scheduled?.lastTransitionTime), note: `On ${node}.` }
  },
  home: ({ record, claim, events }) => {
    if (!homeIsNew(record, claim)) return { state: 'skipped' }
    if (claim?.status?.phase !== 'Bound') return { state: 'pending', note: 'Your home is being made.' }
    const made = events.findLast(({ reason }) => reason === 'ProvisioningSucceeded')
    return { state: 'done', at: made && eventTime(made) }
  },
  image: imageVerdict,
  started: ({ pod, seen }) => {
    if (pod && isReady(pod)) return { state: 'done', at: timeOf(condition(pod, 'Ready')?.lastTransitionTime) }
    return seen.started !== undefined && pod ? { state: 'done' } : { state: 'pending' }
  },
  connected: ({ seen }) => ({ state: seen.connected === undefined ? 'pending' : 'done' }),
}

function imageVerdict({ pod, events, usual }: StageInput): Verdict {
  const about = events.filter(({ involvedObject }) => involvedObject?.uid === pod?.metadata.uid)
  const pulling = about.filter(({ reason }) => reason === 'Pulling')
  const pulled = about.filter(({ reason, message }) => reason === 'Pulled' && message?.startsWith('Successfully'))
  const statuses = pod?.status?.containerStatuses ?? []
  const begun =
    statuses.length > 0 &&
    statuses.every(({ state, restartCount = 0 }) => state?.running || state?.terminated || restartCount > 0)
  const last = pulled.at(-1)
  if (pulling.length > 0) {
    if (begun || pulled.length >= pulling.length) return { state: 'done', at: last && eventTime(last) }
    const node = pod?.spec?.nodeName
    const known = usual.image === undefined ? '' : `, usually ${seconds(usual.image)}`
    return {
      state: 'pending',
      note: `The image is being fetched${node ? ` for the first time on ${node}` : ''}${known}.`,
    }
  }
  const present = about.some(({ reason }) => reason === 'Pulled')
  return { state: begun || present ? 'skipped' : 'pending' }
}

function slowNote({ usual }: StageInput, name: StageName, elapsed: number): string | undefined {
  const known = usual[name]
  // while an image is fetched its own note says more
  if (name === 'image' || name === 'connected') return undefined
  const limit = known === undefined ? SLOW_MS[name] : Math.max(known * 2, known + 3_000)
  if (elapsed <= limit) return undefined
  return known === undefined ? 'This takes longer than it should.' : `Slower than usual (${seconds(known)}).`
}

function seconds(ms: number): string {
  return `${Math.max(1, Math.round(ms / 1000))} s`
}
