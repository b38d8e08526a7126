// Why a session does not go on, where only the operator knows: its conditions in the catalogue's words. Pure.
// What a pod shows itself is read from the pod, as in direct mode: that says more than a reason's name.
import { AppError, type AppErrorView, type Words } from '../../../shared/errors.ts'
import type { ErrorCode } from '../../../shared/error-catalog.ts'
import type { Condition, Reason } from '../../../shared/domain/conditions.ts'
import type { StageName } from '../../../shared/domain/session.ts'
import type { TemplateSpec } from '../../../shared/domain/template.ts'
import { timeInWords } from '../../../shared/domain/time-words.ts'
import type { StartReason } from '../start-reasons.ts'

/** What the words of a reason need beside its condition. */
export interface ReasonContext {
  readonly spec: TemplateSpec
  readonly namespace: string
  readonly username: string
  /** The desktop that has the home, when this app knows it. */
  readonly holder: { readonly displayName: string; readonly node: string | undefined } | undefined
  /** What holds the pod up, read from itself. */
  readonly pod: StartReason | undefined
}

interface Said {
  readonly stage: StageName
  readonly code: ErrorCode
  readonly words?: (context: ReasonContext) => Words
}

/** Reasons of a start. Others (Ready, Connected, Starting, ...) hold nothing up. */
const SAID: Readonly<Partial<Record<Reason, Said>>> = {
  TemplateNotFound: { stage: 'asked', code: 'template-unknown' },
  NotAllowed: { stage: 'asked', code: 'template-not-allowed', words: ({ spec }) => ({ name: spec.displayName }) },
  TooManySessions: { stage: 'asked', code: 'session-limit' },
  NoUserNamespace: { stage: 'asked', code: 'not-admitted', words: ({ username }) => ({ username }) },
  Suspended: { stage: 'asked', code: 'locked-out' },
  NamespaceTerminating: { stage: 'asked', code: 'no-namespace', words: ({ namespace }) => ({ namespace }) },
  QuotaExceeded: { stage: 'asked', code: 'start-quota' },
  MultiplePods: { stage: 'asked', code: 'start-refused' },
  HomeInUse: {
    stage: 'asked',
    code: 'home-in-use',
    words: ({ holder }) => ({
      session: holder ? `“${holder.displayName}”` : 'another desktop',
      node: holder?.node === undefined ? '' : ` on ${holder.node}`,
    }),
  },
  AdmissionDenied: { stage: 'asked', code: 'start-refused' },
  RuntimeClassMissing: {
    stage: 'asked',
    code: 'start-runtime-class',
    words: ({ spec }) => ({ name: spec.gpu.runtimeClassName ?? '' }),
  },
  InsufficientGPU: { stage: 'placed', code: 'start-no-slice' },
  Unschedulable: { stage: 'placed', code: 'start-unschedulable' },
  NodeLost: { stage: 'placed', code: 'start-node-lost' },
  UnexpectedAdmissionError: { stage: 'placed', code: 'start-admission' },
  Evicted: { stage: 'placed', code: 'start-evicted' },
  VolumePending: { stage: 'home', code: 'start-home-pending' },
  ImagePullBackOff: { stage: 'image', code: 'start-image', words: ({ spec }) => ({ image: spec.image }) },
  InvalidImage: { stage: 'image', code: 'start-image-name', words: ({ spec }) => ({ image: spec.image }) },
  ContainerConfig: { stage: 'started', code: 'start-config' },
  PodFailed: { stage: 'started', code: 'start-crash' },
  CrashLoop: { stage: 'started', code: 'start-crash' },
}

/** Why it waits, where it waits for something that is worth a word. @param condition `Reconciling`, while it holds */
export function waitsFor(condition: Condition | undefined, context: ReasonContext): StartReason | undefined {
  if (condition?.status !== 'True') return undefined
  return inWords(condition, 'wait', context)
}

/** How it ended for now. @param condition `Stalled`, while it holds */
export function stalledBy(condition: Condition, context: ReasonContext): StartReason {
  const { pod } = context
  if (condition.reason === 'StartTimeout') return timedOut(condition, context)
  if (pod) return { ...pod, kind: 'final' }
  return inWords(condition, 'final', context) ?? because('asked', 'final', 'start-refused', {}, condition.message)
}

function inWords(
  { reason, message }: Condition,
  kind: StartReason['kind'],
  context: ReasonContext,
): StartReason | undefined {
  const { namespace, spec } = context
  const level = /violates PodSecurity "(\w+)/i.exec(message)?.[1]
  if (level !== undefined) return because('asked', kind, 'start-pod-security', { namespace, level }, message)
  // the operator has written which node it is into its sentence, in our own words
  const node = /[Hh]ome is on (?:node )?"?([a-z0-9][-a-z0-9.]*[a-z0-9])/.exec(message)?.[1]
  if (reason === 'HomeNodeFull' && node !== undefined)
    return because(
      'placed',
      kind,
      'start-home-node',
      { node, lack: spec.gpu.slices > 0 ? 'free slice' : 'room' },
      message,
    )
  // one reason for two things: the account, or the template
  if (reason === 'NotAllowed' && /suspended/i.test(message)) return because('asked', kind, 'locked-out', {}, message)
  const said = SAID[reason as Reason] ?? (reason === 'HomeNodeFull' ? SAID.Unschedulable : undefined)
  return said && because(said.stage, kind, said.code, said.words?.(context) ?? {}, message)
}

function timedOut({ message }: Condition, { spec, pod }: ReasonContext): StartReason {
  const words = { time: timeInWords(spec.lifecycle.startTimeoutSeconds), reason: pod?.error.sentence ?? '' }
  const { error, ...rest } = because(
    pod?.stage ?? 'started',
    'final',
    'start-timeout',
    words,
    pod?.error.detail ?? message,
  )
  return { ...rest, error: { ...error, sentence: error.sentence.trim() } }
}

function because(
  stage: StageName,
  kind: StartReason['kind'],
  code: ErrorCode,
  words: Words,
  detail: string | undefined,
): StartReason {
  const error: AppErrorView = new AppError(code, words, { detail: detail || undefined }).toView()
  return { stage, kind, error }
}

/** The operator has not looked at a change for so long that it is worth a word. */
export function operatorIsSilent(): StartReason {
  return because('asked', 'wait', 'operator-silent', {}, undefined)
}

/** Why it is stopped, where it was not the person at this app. @param here the stop was asked for in this app */
export function stopNote(reason: string | undefined, here: boolean): string | undefined {
  switch (reason as Reason | undefined) {
    case 'IdleTimeout':
      return 'Stopped because nobody used it.'
    case 'Expired':
      return 'Stopped because its time was over.'
    case 'MaxLifetime':
      return 'Stopped because it had run for as long as it may.'
    case 'NotOpened':
      return 'Stopped because nobody opened it.'
    case 'Suspended':
      return 'Stopped because your admin has locked you out.'
    case 'NotAllowed':
    case 'NoUserNamespace':
      return 'Stopped because you may not run it any more.'
    case 'StoppedByUser':
      return here ? undefined : 'Stopped from elsewhere.'
    default:
      return undefined
  }
}
