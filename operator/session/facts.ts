// What an ObservedSession means: which start is under way, which pods are of it, and what stood in the status before. Pure, read once a plan.
import { epochOf, isEnding } from '../../shared/domain/cluster-objects.ts'
import { templateHash } from '../../shared/domain/hash.ts'
import type { Template, TemplateSpec } from '../../shared/domain/template.ts'
import type { VdiSessionStatus } from '../../shared/domain/vdi-session.ts'
import { ANNOTATION } from '../../shared/product.ts'
import type { KubeObject } from '../../shared/render/types.ts'
import type { ObservedSession } from './observed.ts'
import { controllerOf, type SessionPod } from './pod-read.ts'

/** A start that has begun: its access Secret is there, which is written first of all and is what a new leader goes by. */
export interface Start {
  /** RFC 3339, as written: names the start. */
  readonly at: string
  /** Epoch ms. */
  readonly ms: number
  readonly secret: KubeObject
  /** The template as it was then; undefined when its copy cannot be read. */
  readonly template: Template | undefined
  readonly hash: string | undefined
}

export interface Facts {
  readonly name: string
  readonly namespace: string
  readonly uid: string
  readonly generation: number
  readonly start: Start | undefined
  /** Pods of this start that were not told to end; more than one is a fault. */
  readonly pods: readonly SessionPod[]
  /** Pods of this session that are of an earlier start, or were told to end: nothing new begins before they are gone. */
  readonly leaving: readonly SessionPod[]
  /** A pod or Secret that has a name of ours and belongs to somebody else. */
  readonly foreign: KubeObject | undefined
  /** The status of this start; of an earlier one nothing counts. */
  readonly before: VdiSessionStatus
  /** The template that counts now: the start's copy, or as it is. */
  readonly spec: TemplateSpec | undefined
}

/** Reads the facts. */
export function readFacts(observed: ObservedSession): Facts {
  const { name, namespace = '', uid = '', generation = 0 } = observed.session.metadata
  const start = startOf(observed, uid)
  const mine = observed.pods.filter((pod) => controllerOf(pod) === uid) as readonly SessionPod[]
  const ofStart = (pod: SessionPod): boolean =>
    start !== undefined && pod.metadata.annotations?.[ANNOTATION.lastStarted] === start.at
  const others = [...observed.pods, ...(observed.secret ? [observed.secret] : [])]
  // what it had of the pool and lets go
  const letGo = observed.claimed.filter(({ session }) => isEnding(session)).flatMap(({ pods }) => pods)
  return {
    name,
    namespace,
    uid,
    generation,
    start,
    pods: mine.filter((pod) => ofStart(pod) && !isEnding(pod)),
    leaving: [...mine.filter((pod) => !ofStart(pod) || isEnding(pod)), ...(letGo as readonly SessionPod[])],
    foreign: others.find(
      (object) => controllerOf(object) !== uid && (object.kind === 'Secret' || object.metadata.name === name),
    ),
    before: start === undefined ? observed.status : statusOf(observed, start),
    spec: start?.template?.spec ?? observed.template?.spec,
  }
}

/** The status of a start: of an earlier one only what outlives it. */
export function statusOf({ status }: ObservedSession, { at }: Pick<Start, 'at'>): VdiSessionStatus {
  return status.startedAt === at ? status : carried(status)
}

/** What of the status before outlives a new start: how the conditions stood, so that their times and events are right. */
function carried({ conditions }: VdiSessionStatus): VdiSessionStatus {
  return conditions === undefined ? {} : { conditions }
}

function startOf({ secret, pinned, spec }: ObservedSession, uid: string): Start | undefined {
  if (secret === undefined || isEnding(secret) || controllerOf(secret) !== uid) return undefined
  const at = secret.metadata.annotations?.[ANNOTATION.lastStarted]
  const ms = epochOf(at)
  if (at === undefined || ms === undefined) return undefined
  return {
    at,
    ms,
    secret,
    template: pinned && { id: spec.templateRef.name, origin: 'crd', spec: pinned.spec },
    // not as it was written: another version of us may have known other defaults
    hash: pinned && hashOf(pinned.spec),
  }
}

/** The facts as they are once a start has begun that is only planned yet. */
export function withStart(facts: Facts, start: Start): Facts {
  return { ...facts, start, before: carried(facts.before), spec: start.template?.spec }
}

/** This start was ended already; its Secret is only not seen to be gone yet. */
export function isOver({ status }: ObservedSession, start: Start): boolean {
  return status.startedAt === start.at && status.stoppedAt !== undefined
}

const hashes = new WeakMap<TemplateSpec, string>()
/** A template's hash; many sessions ask for the same one in every round. How many wait in the pool changes no desktop. */
export function hashOf(spec: TemplateSpec): string {
  const known = hashes.get(spec) ?? templateHash({ ...spec, warmPool: undefined })
  hashes.set(spec, known)
  return known
}
