// Why a start may not begin now: who may, with which template, beside which other desktops, and what the API server refused. Pure.
// The first reason that holds is said. A desktop that runs is not asked again, except whether its person may still be here.
import { isEnding } from '../../shared/domain/cluster-objects.ts'
import { isGpuResource } from '../../shared/domain/gpu-map.ts'
import { mayUse } from '../../shared/domain/template-access.ts'
import type { Template, TemplateSpec } from '../../shared/domain/template.ts'
import type { Refusal } from '../plan.ts'
import { isOfPool } from '../pool.ts'
import type { Facts } from './facts.ts'
import type { ObservedSession } from './observed.ts'
import { going, say, stalled, withDetail, type Verdict } from './verdict.ts'

/** Why a start waits or may not be, and when to look again although nothing is told of a change (epoch ms). */
export interface Gate {
  readonly verdict: Verdict
  readonly nextAt?: number | undefined
}

/** Others that end are told to the queue only through their own session, ms. */
const LOOK_AGAIN_MS = 30_000
/** A pod that was told to end takes seconds, ms. */
const LETS_GO_MS = 2_000

/** Whether the person may have desktops here at all. */
export function personGate({ user, spec }: ObservedSession): Verdict | undefined {
  if (user === undefined)
    return stalled(
      'NoUserNamespace',
      'An admin has to add this person first: desktops start in the namespace of a VDIUser alone.',
    )
  if (user.spec.username !== spec.owner)
    return stalled(
      'NotAllowed',
      `This namespace is ${user.spec.username}’s, and the desktop names ${spec.owner} as its owner. Delete it and make one of your own.`,
    )
  if (user.spec.suspended) return stalled('Suspended', say('locked-out'))
  return undefined
}

/** Whether a start may begin. @returns the template that it begins with, or why it may not */
export function startGate(
  observed: ObservedSession,
  facts: Facts,
  now: number,
): Gate | { readonly template: Template } {
  const { template, spec, claim } = observed
  const person = personGate(observed)
  if (person) return { verdict: person }
  if (template === undefined)
    return {
      verdict: stalled(
        'TemplateNotFound',
        `There is no template ${spec.templateRef.name}, or it cannot be read. Choose another one, or ask your admin.`,
      ),
    }
  const refused = templateGate(observed, template.spec)
  if (refused) return { verdict: refused }
  if (facts.leaving.length > 0)
    return {
      verdict: going('Pending', 'Stopping', 'The last run of this desktop is still ending. It starts right after.'),
    }
  if (facts.foreign !== undefined) return { verdict: foreignVerdict(facts.foreign.kind, facts.foreign.metadata.name) }
  const beside = homeInUse(observed, template.spec) ?? tooMany(observed, template.spec)
  if (beside) return { verdict: beside, nextAt: now + (beside.kind === 'going' ? LETS_GO_MS : LOOK_AGAIN_MS) }
  const home = homeGate(observed, template.spec)
  if (home) return { verdict: home, nextAt: now + LOOK_AGAIN_MS }
  if (template.spec.storage.home && claim && isEnding(claim))
    return {
      verdict: going('Pending', 'VolumePending', 'The last home is still being removed. It starts when that is done.'),
      nextAt: now + LOOK_AGAIN_MS,
    }
  const ahead = aheadGate(observed, template.spec)
  if (ahead) return { verdict: ahead, nextAt: now + LOOK_AGAIN_MS }
  return { template }
}

/** A start that nobody asked for yet leaves slices for those that somebody does. */
function aheadGate({ session, spec, freeSlices }: ObservedSession, template: TemplateSpec): Verdict | undefined {
  const { gpu, startAhead, warmPool } = template
  const { keepFreeSlices } = isOfPool(session) ? warmPool : startAhead
  const isAsked = !spec.startAhead && !isOfPool(session)
  if (isAsked || freeSlices === undefined || freeSlices - gpu.slices >= keepFreeSlices) return undefined
  const when = `when more than ${keepFreeSlices} slices are free`
  return going(
    'Pending',
    'InsufficientGPU',
    isOfPool(session)
      ? `One of the warm pool is started ${when}.`
      : `It is started ahead ${when}. A click starts it now.`,
  )
}

/** A name of ours that somebody else's object has. */
export function foreignVerdict(kind: string, name: string): Verdict {
  return stalled('MultiplePods', `There is a ${kind} ${name} that is not this desktop’s. An admin has to remove it.`)
}

function templateGate({ user, spec }: ObservedSession, template: TemplateSpec): Verdict | undefined {
  const { gpu, resources, access } = template
  const named = Object.keys({ ...resources.requests, ...resources.limits }).find(
    (name) => isGpuResource(name) || name === gpu.resourceName,
  )
  if (gpu.slices > 1 || named !== undefined)
    return stalled(
      'AdmissionDenied',
      gpu.slices > 1
        ? `The template asks for ${gpu.slices} GPU slices, and a desktop gets one. Ask whoever wrote it to mend it.`
        : `The template asks for ${named ?? ''} beside its slices. Ask whoever wrote it to use gpu.slices alone.`,
    )
  if (mayUse(access, { username: spec.owner, groups: user?.spec.groups ?? [] })) return undefined
  return stalled('NotAllowed', say('template-not-allowed', { name: template.displayName }))
}

/**
 * Another desktop holds the home: one home is written by one desktop alone.
 * @param started epoch ms, when this one has a pod of its own: it then yields only to one that began earlier
 */
export function homeInUse(
  { siblings, session }: ObservedSession,
  template: TemplateSpec,
  started?: number,
): Verdict | undefined {
  if (template.storage.home === undefined) return undefined
  const { name } = session.metadata
  const holder = siblings.find((other) => {
    if (!other.running || started === undefined) return other.running
    const theirs = other.startedAt ?? Infinity
    return theirs < started || (theirs === started && other.name < name)
  })
  if (holder === undefined) return undefined
  if (holder.ending)
    return going('Pending', 'HomeInUse', `Your home is being left by ${holder.name}. It starts right after.`)
  return stalled('HomeInUse', say('home-in-use', { session: holder.name, node: '' }))
}

function tooMany({ session, siblings }: ObservedSession, { access, displayName }: TemplateSpec): Verdict | undefined {
  // how many wait is the pool's own number
  if (isOfPool(session)) return undefined
  const most = access.maxSessionsPerUser
  const running = siblings.filter((other) => other.running)
  const [first] = running
  if (first === undefined || most === 0 || running.length < most) return undefined
  return stalled(
    'TooManySessions',
    `You have ${running.length} of at most ${most} desktops of ${displayName}. Stop ${first.name}: this one then starts by itself.`,
  )
}

/** The home lies on one node, and that is gone. */
export function homeGate({ homeNode }: ObservedSession, template: TemplateSpec): Verdict | undefined {
  if (template.storage.home === undefined || homeNode === undefined || homeNode.present) return undefined
  return stalled(
    'NodeLost',
    `Your home is on node ${homeNode.name}, which is gone. An admin has to bring the node back, or to restore the home from a backup.`,
  )
}

/** The first pause after a refusal that does not pass by itself, and the longest, ms. */
const REFUSED_MS = { first: 30_000, last: 600_000 }
/** Pause between two tries while a quota is used up, ms. */
const QUOTA_MS = 30_000

/** What the API server refused, and when it is asked again, epoch ms (undefined: not at all). */
export function refusalGate(
  { kind, message, of, at, count }: Refusal,
  template: TemplateSpec | undefined,
  namespace: string,
): { readonly verdict: Verdict; readonly retryAt: number | undefined } {
  const slower = at + Math.min(REFUSED_MS.last, REFUSED_MS.first * 2 ** Math.max(0, count - 1))
  switch (kind) {
    case 'quota':
      return { verdict: going('Pending', 'QuotaExceeded', say('start-quota', {}, message)), retryAt: at + QUOTA_MS }
    case 'runtime-class': {
      const name = template?.gpu.runtimeClassName ?? ''
      return { verdict: stalled('RuntimeClassMissing', say('start-runtime-class', { name }, message)), retryAt: slower }
    }
    case 'namespace-terminating':
      return {
        verdict: stalled(
          'NamespaceTerminating',
          `The namespace ${namespace} is being deleted. Nothing starts here any more.`,
        ),
        retryAt: undefined,
      }
    case 'admission': {
      const level = /violates PodSecurity "(\w+)/i.exec(message)?.[1]
      const words =
        level === undefined
          ? say('start-refused', {}, message)
          : say('start-pod-security', { namespace, level }, message)
      return { verdict: stalled('AdmissionDenied', words), retryAt: slower }
    }
    case 'invalid':
    case 'other':
      return {
        verdict: stalled(
          'AdmissionDenied',
          withDetail(`The cluster refuses the ${of} of this desktop. Show this to your admin.`, message),
        ),
        retryAt: slower,
      }
  }
}
