// What this app knows of a session beyond the cluster's objects: the click, and what it saw when.
// Lost with the process; everything else is read from the cluster again.
import type { SessionView, StageName } from '../../shared/domain/session.ts'
import { isReady, isUp, type Pod } from './kube-read.ts'
import type { SessionRecord } from './session-record.ts'
import type { LocalFacts } from './session-view.ts'

export interface SessionMemory {
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

/**
 * Takes in what the cluster shows now.
 * @param inHand this app makes a start itself: what is remembered belongs to it, whatever the record says so far
 * @param now epoch ms
 */
export function notice(
  memory: SessionMemory,
  record: Pick<SessionRecord, 'lastStarted'>,
  pod: Pod | undefined,
  inHand: boolean,
  now: number,
): void {
  if (record.lastStarted !== memory.stamp && !inHand) {
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

/** Notes the stages that are newly done. @returns whether there was one */
export function sees(memory: SessionMemory, view: SessionView, now: number): boolean {
  const fresh = view.stages.filter(({ name, state }) => state === 'done' && memory.seen[name] === undefined)
  for (const { name } of fresh) memory.seen[name] = now
  return fresh.length > 0
}
