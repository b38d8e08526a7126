// Why a start is stuck, in plain words: read from the pod, its claim and their events. Pure.
// `final` reasons never heal by themselves; `retry` ones need a new pod; the others wait.
import { AppError, type AppErrorView, type Words } from '../../shared/errors.ts'
import type { ErrorCode } from '../../shared/error-catalog.ts'
import { readScheduler } from '../../shared/domain/placement.ts'
import type { StageName } from '../../shared/domain/session.ts'
import type { TemplateSpec } from '../../shared/domain/template.ts'
import {
  annotation,
  condition,
  isReady,
  type Claim,
  type ContainerStatus,
  type KubeEvent,
  type Pod,
} from './kube-read.ts'

export interface StartReason {
  readonly stage: StageName
  readonly kind: 'wait' | 'retry' | 'final'
  readonly error: AppErrorView
}

export interface ReasonInput {
  readonly spec: TemplateSpec
  readonly pod: Pod
  readonly claim: Claim | undefined
  /** Events about the pod and its claim alone. */
  readonly events: readonly KubeEvent[]
  /** ms since every container runs; absent while one does not. */
  readonly upForMs: number | undefined
}

/** The annotation in which the scheduler (and later the volume's node) is written on a claim. */
const SELECTED_NODE = 'volume.kubernetes.io/selected-node'
/** A server that has not answered for this long is worth a word, ms: the slowest honest start seen took about half of it. */
const SLOW_ANSWER_MS = 20_000

/** What holds the start up, or undefined when it just takes its time. */
export function findReason(input: ReasonInput): StartReason | undefined {
  const { pod } = input
  if (pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded') return ended(pod)
  return (
    nodeReason(input) ??
    placement(input) ??
    homeReason(input) ??
    sandbox(input) ??
    container(input) ??
    slowServer(input)
  )
}

/** The node that a claim is tied to, when the cluster told. */
export function nodeOfClaim(claim: Claim | undefined): string | undefined {
  return annotation(claim, SELECTED_NODE)
}

function ended(pod: Pod): StartReason {
  const { reason = '', message = '' } = pod.status ?? {}
  const detail = [reason, message].filter(Boolean).join(': ')
  if (reason === 'Evicted') return because('placed', 'retry', 'start-evicted', {}, detail)
  if (reason === 'NodeLost') return because('placed', 'retry', 'start-node-lost', {}, detail)
  if (pod.spec?.nodeName !== undefined && reason === '' && (pod.status?.containerStatuses?.length ?? 0) > 0)
    return because('started', 'retry', 'start-crash', {}, lastWords(pod.status?.containerStatuses ?? []))
  // UnexpectedAdmissionError, OutOf..., NodeAffinity, Preempting, Shutdown, Terminated: the node changed its mind
  return because('placed', 'retry', 'start-admission', {}, detail)
}

/** The node controller turns a pod's Ready off when its node is silent, while the containers still count as ready. */
function nodeReason({ pod, events }: ReasonInput): StartReason | undefined {
  const silent = condition(pod, 'Ready')?.status === 'False' && condition(pod, 'ContainersReady')?.status === 'True'
  if (!silent && pod.status?.reason !== 'NodeLost') return undefined
  const told = events.findLast(({ reason }) => reason === 'NodeNotReady')
  return because('started', 'wait', 'start-node-lost', {}, told?.message ?? pod.status?.message)
}

function placement({ spec, pod, claim }: ReasonInput): StartReason | undefined {
  const scheduled = condition(pod, 'PodScheduled')
  if (scheduled?.status !== 'False' || scheduled.reason !== 'Unschedulable') return undefined
  const message = scheduled.message ?? ''
  const { noSlice, tiedToHome, homePending } = readScheduler(message, spec.gpu.resourceName)
  const node = nodeOfClaim(claim)
  if (tiedToHome && node !== undefined)
    return because('placed', 'wait', 'start-home-node', { node, lack: noSlice ? 'free slice' : 'room' }, message)
  if (noSlice) return because('placed', 'wait', 'start-no-slice', {}, message)
  if (homePending) return because('home', 'wait', 'start-home-pending', {}, message)
  return because('placed', 'wait', 'start-unschedulable', {}, message)
}

function homeReason({ claim, events, pod }: ReasonInput): StartReason | undefined {
  if (claim?.status?.phase === 'Lost')
    return because('home', 'wait', 'start-home-pending', {}, 'The claim has lost its volume.')
  const mount = events.findLast(({ reason }) => reason === 'FailedMount' || reason === 'FailedAttachVolume')
  const bound = claim === undefined || claim.status?.phase === 'Bound'
  if (!bound) {
    const failed = events.findLast(({ reason }) => reason === 'ProvisioningFailed' || reason === 'FailedBinding')
    return failed && because('home', 'wait', 'start-home-pending', {}, failed.message)
  }
  if (!mount || isOvercome(mount, { events, pod })) return undefined
  if (/secret "[^"]*" not found/i.test(mount.message ?? ''))
    return because('started', 'wait', 'start-config', {}, mount.message)
  return because('home', 'wait', 'start-home-pending', {}, mount.message)
}

function sandbox({ spec, events, pod }: ReasonInput): StartReason | undefined {
  if ((pod.status?.containerStatuses ?? []).some(({ state }) => state?.running)) return undefined
  const failed = events.findLast(({ reason }) => reason === 'FailedCreatePodSandBox')
  if (!failed || isOvercome(failed, { events, pod })) return undefined
  const message = failed.message ?? ''
  return /no runtime for|RuntimeHandler/i.test(message)
    ? because('started', 'wait', 'start-runtime-class', { name: spec.gpu.runtimeClassName ?? '' }, message)
    : because('started', 'wait', 'start-refused', {}, message)
}

function container({ pod }: ReasonInput): StartReason | undefined {
  const statuses = pod.status?.containerStatuses ?? []
  for (const status of statuses) {
    const { reason = '', message = '' } = status.state?.waiting ?? {}
    const detail = [reason, message].filter(Boolean).join(': ')
    const image = imageOf(pod, status)
    switch (reason) {
      case 'ErrImagePull':
      case 'ImagePullBackOff':
      case 'ErrImageNeverPull':
      case 'ImageInspectError':
      case 'RegistryUnavailable':
        return because('image', 'wait', 'start-image', { image }, detail)
      case 'InvalidImageName':
        return because('image', 'final', 'start-image-name', { image }, detail)
      case 'CreateContainerConfigError':
        return because('started', 'final', 'start-config', {}, detail)
      case 'CreateContainerError':
      case 'RunContainerError':
      case 'CrashLoopBackOff':
        return because('started', 'wait', 'start-crash', {}, lastWords([status]) || detail)
      default:
    }
  }
  const fell = statuses.filter(({ restartCount = 0, ready }) => restartCount > 0 && ready !== true)
  return fell.length > 0 ? because('started', 'wait', 'start-crash', {}, lastWords(fell)) : undefined
}

function slowServer({ pod, events, upForMs }: ReasonInput): StartReason | undefined {
  if (upForMs === undefined || upForMs < SLOW_ANSWER_MS || isReady(pod)) return undefined
  const probe = events.findLast(({ reason }) => reason === 'Unhealthy')
  return because('started', 'wait', 'start-not-ready', {}, probe?.message)
}

/** What the containers said last: exit code and, where given, the message. */
function lastWords(statuses: readonly ContainerStatus[]): string {
  return statuses
    .map(({ name, state, lastState }) => {
      const terminated = state?.terminated ?? lastState?.terminated
      if (!terminated) return ''
      const said = [terminated.reason, terminated.message].filter(Boolean).join(': ')
      return `${name} ended with exit code ${terminated.exitCode ?? '?'}${said ? ` (${said})` : ''}`
    })
    .filter(Boolean)
    .join('; ')
}

function imageOf(pod: Pod, status: ContainerStatus): string {
  return pod.spec?.containers?.find(({ name }) => name === status.name)?.image ?? status.image ?? ''
}

/** What the kubelet says of images and containers, which it turns to once the volumes and the network stand. */
const OF_CONTAINERS: ReadonlySet<string | undefined> = new Set([
  'Pulling',
  'Pulled',
  'Failed',
  'InspectFailed',
  'BackOff',
  'Created',
  'Started',
])
/** What a container waits for until then, and while its image is fetched. */
const BEING_MADE: ReadonlySet<string> = new Set(['ContainerCreating', 'PodInitializing'])

/** Whether the kubelet has got beyond a failure: a busy node mounts at its second try, and nothing takes the first one's event back. */
function isOvercome(failure: KubeEvent, { events, pod }: Pick<ReasonInput, 'events' | 'pod'>): boolean {
  const waits = (pod.status?.containerStatuses ?? []).map(({ state }) => state?.waiting?.reason)
  return (
    waits.some((reason) => reason !== undefined && !BEING_MADE.has(reason)) ||
    events.findLastIndex(({ reason }) => OF_CONTAINERS.has(reason)) > events.indexOf(failure)
  )
}

function because(
  stage: StageName,
  kind: StartReason['kind'],
  code: ErrorCode,
  words: Words,
  detail: string | undefined,
): StartReason {
  return { stage, kind, error: new AppError(code, words, { detail: detail || undefined }).toView() }
}
