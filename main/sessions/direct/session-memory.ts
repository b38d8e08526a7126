// What this app knows of a session beyond the cluster's objects: the click, what it saw when, and the start it has in hand.
// Lost with the process; everything else is read from the cluster again.
import type { SessionView, StageName } from '../../../shared/domain/session.ts'
import type { RenderInput } from '../../../shared/render/render-session.ts'
import type { KubeObject } from '../../../shared/render/types.ts'
import { isReady, isUp, type Pod } from '../kube-read.ts'
import type { SessionRecord } from '../session-record.ts'
import type { LocalFacts } from '../session-view.ts'

/** A start that this app has asked for and watches until the desktop is ready. */
export interface OwnStart {
  readonly input: RenderInput
  /** The record before a resume; absent at a first start. */
  readonly before: KubeObject | undefined
  readonly abort: AbortController
  /** Epoch ms of the click. */
  readonly askedAt: number
  /** Resolves when the objects are made, or when a failed start is undone. */
  settled: Promise<void>
  /** Every object is made. */
  launched: boolean
  /** It failed or was cancelled: its objects are being taken back. */
  ending: boolean
  /** Epoch ms of each new pod after a machine refused one. */
  readonly retries: number[]
  /** Settles when a new pod, in place of one that a machine refused, is made or given up. */
  remaking: Promise<void> | undefined
  /** Resolves when its objects have been taken back; whoever wants them gone waits for the same work. */
  takingBack: Promise<void> | undefined
}

export interface SessionMemory {
  start: OwnStart | undefined
  action: LocalFacts['action']
  /** Which start `seen` belongs to. */
  stamp: string | undefined
  seen: Partial<Record<StageName, number>>
  askedAt: number | undefined
  podUid: string | undefined
  upSince: number | undefined
  answers: boolean
  wasReady: boolean
  goneAt: number | undefined
  /** How the last start ended, when it failed for good. */
  failed: SessionView | undefined
}

/** A memory of nothing. */
export function emptyMemory(): SessionMemory {
  return {
    start: undefined,
    action: undefined,
    stamp: undefined,
    seen: {},
    askedAt: undefined,
    podUid: undefined,
    upSince: undefined,
    answers: false,
    wasReady: false,
    goneAt: undefined,
    failed: undefined,
  }
}

/** Takes in what the cluster shows now. @param now epoch ms */
export function notice(memory: SessionMemory, record: SessionRecord, pod: Pod | undefined, now: number): void {
  if (record.lastStarted !== memory.stamp && memory.start === undefined) {
    // another start than the one remembered, made elsewhere
    memory.stamp = record.lastStarted
    memory.seen = {}
    memory.askedAt = undefined
    memory.failed = undefined
  }
  if (pod?.metadata.uid !== memory.podUid) {
    if (pod === undefined && memory.podUid !== undefined) memory.goneAt = now
    memory.podUid = pod?.metadata.uid
    memory.upSince = undefined
    memory.answers = false
    memory.wasReady = false
    // the pod that was being stopped is gone, though nobody saw the moment without one
    if (memory.action === 'stopping') memory.action = undefined
  }
  if (!pod) {
    if (memory.action === 'stopping') memory.action = undefined
    return
  }
  memory.goneAt = undefined
  if (!isUp(pod)) {
    memory.upSince = undefined
    memory.answers = false
  } else memory.upSince ??= now
  if (isReady(pod)) memory.wasReady = true
}

/** The memory as the view takes it. */
export function factsOf(memory: SessionMemory, usual: LocalFacts['usual']): LocalFacts {
  const { seen, askedAt, upSince, answers, wasReady, action, goneAt } = memory
  return { seen, askedAt, upSince, answers, wasReady, action, goneAt, usual }
}
