// A start that this app carries out itself, and what it remembers of a session beside it. Lost with the process.
import type { RenderInput } from '../../../shared/render/render-session.ts'
import type { KubeObject } from '../../../shared/render/types.ts'
import { emptyMemory, type SessionMemory } from '../session-memory.ts'

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

export interface DirectMemory extends SessionMemory {
  start: OwnStart | undefined
}

/** A memory of nothing. */
export function emptyDirectMemory(): DirectMemory {
  return { ...emptyMemory(), start: undefined }
}
