// What a pod's state says of its session: how far it is, what holds it up and in which words. Pure; the rows of the failure table.
import { conditionOf, hasEnded, type NodeObject } from '../../shared/domain/cluster-objects.ts'
import type { Reason } from '../../shared/domain/conditions.ts'
import { readScheduler, waitReason } from '../../shared/domain/placement.ts'
import type { TemplateSpec } from '../../shared/domain/template.ts'
import type { KubeObject } from '../../shared/render/types.ts'
import type { ObservedSession } from './observed.ts'
import { containersOf, isReady, lastWords, type ContainerState, type SessionPod } from './pod-read.ts'
import { going, say, sentence, stalled, type Verdict } from './verdict.ts'

/** The annotation in which the scheduler (and later the volume's node) is written on a claim. */
const SELECTED_NODE = 'volume.kubernetes.io/selected-node'
/** By hand: the node is down for good, its volumes may be used elsewhere. Source: Kubernetes, non-graceful node shutdown. */
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service'

/** The verdict on the pod of a start that has not ended by itself. @param spec the template that it was made from */
export function podVerdict(observed: ObservedSession, pod: SessionPod, spec: TemplateSpec): Verdict {
  return (
    lostNode(observed, pod) ??
    ready(pod) ??
    placement(observed, pod, spec) ??
    container(pod) ??
    volume(observed, pod) ??
    onItsWay(pod)
  )
}

function ready(pod: SessionPod): Verdict | undefined {
  if (!isReady(pod)) return undefined
  return { kind: 'ready', phase: 'Ready', reason: 'Ready', message: 'The desktop is ready.' }
}

/** The node controller turns a pod's Ready off when its node is silent, while the containers still count as ready. */
function lostNode({ node }: ObservedSession, pod: SessionPod): Verdict | undefined {
  const name = pod.spec?.nodeName
  if (name === undefined) return undefined
  const silent = conditionOf(pod, 'Ready')?.status === 'False' && conditionOf(pod, 'ContainersReady')?.status === 'True'
  const condition = node && conditionOf(node as NodeObject, 'Ready')
  if (node !== undefined && condition?.status === 'True' && !silent) return undefined
  const detail = node === undefined ? `the node ${name} is gone` : `${name}: ${condition?.message ?? 'not ready'}`
  return going('Starting', 'NodeLost', say('start-node-lost', {}, detail))
}

function placement(observed: ObservedSession, pod: SessionPod, spec: TemplateSpec): Verdict | undefined {
  if (pod.spec?.nodeName !== undefined) return undefined
  const scheduled = conditionOf(pod, 'PodScheduled')
  if (scheduled?.status !== 'False' || scheduled.reason !== 'Unschedulable') return undefined
  const message = scheduled.message ?? ''
  const resource = spec.gpu.slices > 0 && !observed.spec.withoutGpu ? spec.gpu.resourceName : ''
  const words = readScheduler(message, resource)
  const home = observed.homeNode?.name ?? observed.claim?.metadata.annotations?.[SELECTED_NODE]
  if (words.tiedToHome && home !== undefined) {
    if (observed.homeNode?.present && !observed.homeNode.ready)
      return going(
        'Scheduling',
        'NodeLost',
        `Your home is on node ${home}, which does not answer. It starts when the node is back.`,
      )
    const full = words.noSlice || (resource !== '' && observed.homeNode?.freeSlices === 0)
    const lack = full ? 'free slice' : 'room'
    return going('Scheduling', 'HomeNodeFull', say('start-home-node', { node: `node ${home}`, lack }, message))
  }
  if (words.noSlice) return going('Scheduling', 'InsufficientGPU', say('start-no-slice', {}, message))
  if (words.homePending)
    return going('Scheduling', 'VolumePending', say('start-home-pending', {}, observed.claimWarning ?? message))
  const plain = waitReason(message, { resource, slices: spec.gpu.slices, largestNode: spec.gpu.slices })
  return going('Scheduling', 'Unschedulable', `${plain} (${message})`)
}

function container(pod: SessionPod): Verdict | undefined {
  for (const state of containersOf(pod)) {
    const { reason = '', message = '' } = state.state?.waiting ?? {}
    const detail = [reason, message].filter(Boolean).join(': ')
    const image = pod.spec?.containers?.find(({ name }) => name === state.name)
    const named = (image as { readonly image?: string } | undefined)?.image ?? state.image ?? ''
    switch (reason) {
      case 'ErrImagePull':
      case 'ImagePullBackOff':
      case 'ErrImageNeverPull':
      case 'ImageInspectError':
      case 'RegistryUnavailable':
        return going('Starting', 'ImagePullBackOff', say('start-image', { image: named }, detail))
      case 'InvalidImageName':
        return stalled('InvalidImage', say('start-image-name', { image: named }, detail))
      case 'CreateContainerConfigError':
        return stalled('ContainerConfig', say('start-config', {}, detail))
      case 'CrashLoopBackOff':
      case 'CreateContainerError':
      case 'RunContainerError':
        return crashed([state], detail)
      default:
    }
  }
  const fell = containersOf(pod).filter(({ restartCount = 0, ready: up }) => restartCount > 0 && up !== true)
  return fell.length > 0 ? crashed(fell, '') : undefined
}

function crashed(states: readonly ContainerState[], detail: string): Verdict {
  return going('Starting', 'CrashLoop', say('start-crash', {}, lastWords(states) || detail))
}

/** A class that waits for the first consumer leaves a claim Pending by design until the pod has its place. */
function volume({ claim, claimWarning }: ObservedSession, pod: SessionPod): Verdict | undefined {
  if (claim === undefined || pod.spec?.nodeName === undefined) return undefined
  const phase = (claim['status'] as { readonly phase?: string } | undefined)?.phase
  if (phase === 'Lost')
    return going('Starting', 'VolumePending', say('start-home-pending', {}, 'the claim has lost its volume'))
  if (phase === 'Bound' || claimWarning === undefined) return undefined
  return going('Starting', 'VolumePending', say('start-home-pending', {}, claimWarning))
}

function onItsWay(pod: SessionPod): Verdict {
  if (pod.spec?.nodeName === undefined) return going('Scheduling', 'PodPending', 'The desktop waits for its place.')
  const states = containersOf(pod)
  if (states.length > 0 && states.every(({ state }) => state?.running))
    return going('Starting', 'ServerStarting', 'The desktop runs; its server is starting.')
  return going('Starting', 'Starting', `The desktop is being started on ${pod.spec.nodeName}.`)
}

/** Why a pod ended by itself, or undefined while it has not. The message has no next step: that depends on how often it happened. */
export function endOfPod(
  pod: SessionPod,
): { readonly reason: Reason; readonly message: string; readonly detail: string } | undefined {
  if (!hasEnded(pod)) return undefined
  const { reason = '', message = '' } = pod.status ?? {}
  const detail = [reason, message].filter(Boolean).join(': ')
  if (reason === 'Evicted') return { reason: 'Evicted', message: sentence('start-evicted'), detail }
  if (reason === 'NodeLost') return { reason: 'NodeLost', message: sentence('start-node-lost'), detail }
  if (reason === 'UnexpectedAdmissionError' || reason.startsWith('OutOf'))
    return { reason: 'UnexpectedAdmissionError', message: sentence('start-admission'), detail }
  // Preempting, Shutdown, Terminated, NodeAffinity: the node changed its mind; without a reason the containers ended
  if (reason !== '') return { reason: 'PodFailed', message: sentence('start-admission'), detail }
  return { reason: 'PodFailed', message: sentence('start-crash'), detail: lastWords(containersOf(pod)) }
}

/** The node that a pod is on is gone, or an admin has said that it is down for good: nothing on it writes any more. */
export function nodeIsDead(node: KubeObject | undefined, pod: SessionPod): boolean {
  if (pod.spec?.nodeName === undefined) return false
  if (node === undefined) return true
  if (node.metadata.name !== pod.spec.nodeName) return false
  return ((node as NodeObject).spec?.taints ?? []).some(({ key }) => key === OUT_OF_SERVICE)
}
