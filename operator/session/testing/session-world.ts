// One session and its cluster in memory: plans are carried out as the executor and the API server would, and tests move the pod along.
import { isDeepStrictEqual } from 'node:util'
import {
  CLAIM,
  INGRESS,
  INGRESS_ROUTE,
  MIDDLEWARE,
  POD,
  SECRET,
  SERVICE,
  VDI_SESSION,
  type Resource,
} from '../../../kube/types.ts'
import type { Condition } from '../../../shared/domain/conditions.ts'
import { ownerHash, templateHash } from '../../../shared/domain/hash.ts'
import { homeName, mediaName, userNamespace } from '../../../shared/domain/names.ts'
import {
  templateSpecSchema,
  type Template,
  type TemplateSpec,
  type TemplateSpecInput,
} from '../../../shared/domain/template.ts'
import {
  vdiSessionSpecSchema,
  vdiSessionStatusSchema,
  type VdiSessionStatus,
} from '../../../shared/domain/vdi-session.ts'
import { vdiUserSpecSchema } from '../../../shared/domain/vdi-user.ts'
import { ANNOTATION, API_GROUP, API_VERSION, FINALIZER } from '../../../shared/product.ts'
import type { KubeObject } from '../../../shared/render/types.ts'
import { operatorConfigSchema } from '../../config.ts'
import { makesDesktop } from '../../execute.ts'
import type { Plan, PlannedDelete, PlannedWrite } from '../../plan.ts'
import type { Fresh, ObservedSession } from '../observed.ts'
import { planSession } from '../plan.ts'

export const OWNER = 'alice'
export const NAMESPACE = userNamespace(OWNER)
export const NAME = 'studio-abc123'
export const TEMPLATE = 'studio'
export const HOME = homeName(TEMPLATE, ownerHash(OWNER))
/** When every world begins, epoch ms. */
export const BEGIN = Date.parse('2026-11-24T08:00:00.000Z')
export const RELAY = { urls: ['turn:relay.example:3478'], secret: 'master-of-relay', ttlSeconds: 3600 }

/** A template; a GPU slice and a home unless the test says otherwise. */
export function templateSpec(more: Partial<TemplateSpecInput> = {}): TemplateSpec {
  return templateSpecSchema.parse({
    displayName: 'Studio',
    image: 'registry.example/studio:1',
    gpu: { slices: 1, runtimeClassName: 'nvidia' },
    storage: { home: { size: '10Gi' } },
    ...more,
  })
}

export interface WorldOptions {
  readonly template?: Partial<TemplateSpecInput> | null
  readonly spec?: Readonly<Record<string, unknown>>
  readonly config?: Readonly<Record<string, unknown>>
  readonly relay?: Fresh['relay']
  /** Left out: the finalizer is on already. */
  readonly finalizers?: readonly string[]
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
type Status = Readonly<Record<string, unknown>>

/** A world. Its fields may be set by a test between two rounds. */
export function sessionWorld(options: WorldOptions = {}) {
  const config = operatorConfigSchema.parse(options.config ?? {})
  const template: Template | undefined =
    options.template === null ? undefined : { id: TEMPLATE, origin: 'crd', spec: templateSpec(options.template ?? {}) }
  let uids = 0
  const uid = (): string => `uid-${(uids += 1)}`
  let passwords = 0
  const spec = vdiSessionSpecSchema.parse({ templateRef: { name: TEMPLATE }, owner: OWNER, ...options.spec })
  const session: KubeObject = {
    apiVersion: `${API_GROUP}/${API_VERSION}`,
    kind: 'VDISession',
    metadata: {
      name: NAME,
      namespace: NAMESPACE,
      uid: 'session-uid',
      generation: 1,
      creationTimestamp: '2026-11-24T08:00:00Z',
      finalizers: options.finalizers ?? [FINALIZER],
    },
  }
  const observed: Mutable<ObservedSession> = {
    session,
    spec,
    status: {},
    template,
    pinned: undefined,
    user: { name: OWNER, spec: vdiUserSpecSchema.parse({ username: OWNER }) },
    secret: undefined,
    claim: undefined,
    volume: undefined,
    service: undefined,
    routes: [],
    pods: [],
    node: undefined,
    homeNode: undefined,
    claimed: [],
    warm: [],
    share: undefined,
    siblings: [],
    runningOfOwner: 0,
    freeSlices: undefined,
    activity: undefined,
    claimWarning: undefined,
    refusal: undefined,
  }

  const world = {
    observed,
    config,
    now: BEGIN,
    relay: options.relay as Fresh['relay'],
    /** Every plan that was carried out. */
    history: [] as Plan[],

    /** What would be done now. */
    plan(): Plan {
      passwords += 1
      return planSession(observed, config, { password: `password-${passwords}`, relay: world.relay }, world.now)
    },
    /** One round. @returns the plan that was carried out */
    step(): Plan {
      const plan = world.plan()
      world.history.push(plan)
      carryOut(plan)
      return plan
    },
    /** Rounds until nothing is left to do. @throws when that does not come: plans must have a fixed point */
    settle(): Plan {
      for (let round = 0; round < 10; round += 1) {
        const plan = world.step()
        if (isQuiet(plan)) return plan
      }
      throw new Error('the plans do not come to rest')
    },
    /** Nothing is written, deleted or said anew. */
    isQuiet,
    pass(ms: number): void {
      world.now += ms
    },

    get pod(): KubeObject {
      const pod = observed.pods.find(({ metadata }) => metadata.deletionTimestamp === undefined) ?? observed.pods[0]
      if (pod === undefined) throw new Error('there is no pod')
      return pod
    },
    get status(): VdiSessionStatus {
      return observed.status
    },
    condition(type: string): Condition | undefined {
      return observed.status.conditions?.find((one) => one.type === type)
    },
    get ready(): Partial<Condition> {
      const ready = world.condition('Ready')
      return ready ? { status: ready.status, reason: ready.reason, message: ready.message } : {}
    },

    /** Changes the wish, as a person's patch would. */
    wish(change: Readonly<Record<string, unknown>>): void {
      observed.spec = vdiSessionSpecSchema.parse({ ...observed.spec, ...change })
      bump()
    },
    annotate(name: string, value: string): void {
      observed.session = {
        ...observed.session,
        metadata: { ...observed.session.metadata, annotations: { [name]: value } },
      }
    },
    retemplate(more: Partial<TemplateSpecInput> | undefined): void {
      observed.template = more && { id: TEMPLATE, origin: 'crd', spec: templateSpec(more) }
    },
    /** Changes the pod's spec and status. */
    podIs(status: Status, podSpec: Status = {}): void {
      const { pod } = world
      const changed = {
        ...pod,
        spec: { ...(pod['spec'] as object), ...podSpec },
        status: { ...(pod['status'] as object | undefined), ...status },
      }
      observed.pods = observed.pods.map((one) => (one === pod ? changed : one))
    },
    placed(node = 'gpu-a', now?: number): void {
      const at = now ?? world.now
      observed.node ??= nodeObject(node)
      if (observed.claim) observed.claim = { ...observed.claim, status: { phase: 'Bound' } }
      world.podIs(
        {
          phase: 'Pending',
          hostIP: '192.0.2.7',
          conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime: seconds(at) }],
        },
        { nodeName: node },
      )
    },
    unschedulable(message: string): void {
      world.podIs({
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
      })
    },
    container(state: Status, more: Status = {}): void {
      world.podIs({ containerStatuses: [{ name: 'desktop', state, ready: false, restartCount: 0, ...more }] })
    },
    /** Placed, running and ready. */
    becomesReady(node = 'gpu-a', now?: number): void {
      const at = now ?? world.now
      world.placed(node, at)
      world.podIs({
        phase: 'Running',
        podIP: '10.42.0.9',
        conditions: [
          { type: 'PodScheduled', status: 'True', lastTransitionTime: seconds(at) },
          { type: 'ContainersReady', status: 'True', lastTransitionTime: seconds(at) },
          { type: 'Ready', status: 'True', lastTransitionTime: seconds(at) },
        ],
        containerStatuses: [{ name: 'desktop', ready: true, restartCount: 0, state: { running: {} } }],
      })
    },
    /** From nothing to a desktop that is used. */
    runs(): void {
      world.settle()
      world.becomesReady()
      world.settle()
    },
    clients(clients: number): void {
      observed.activity = { clients, at: world.now }
    },
    fails(reason: string, message = ''): void {
      world.podIs({
        phase: 'Failed',
        reason,
        message,
        conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: seconds(world.now) }],
      })
    },
    /** The kubelet has ended what was told to end. */
    podsEnd(): void {
      observed.pods = observed.pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    },
    /** Somebody else deletes the pod. */
    podDeleted(): void {
      observed.pods = []
    },
    deleted(): void {
      observed.session = {
        ...observed.session,
        metadata: { ...observed.session.metadata, deletionTimestamp: seconds(world.now) },
      }
    },
  }

  function bump(): void {
    const { metadata } = observed.session
    observed.session = { ...observed.session, metadata: { ...metadata, generation: (metadata.generation ?? 0) + 1 } }
  }

  function isQuiet(plan: Plan): boolean {
    return (
      plan.writes.length === 0 &&
      plan.deletes.length === 0 &&
      plan.events.length === 0 &&
      plan.finalizers === undefined &&
      (plan.status === undefined || isDeepStrictEqual(plan.status, observed.status))
    )
  }

  function carryOut(plan: Plan): void {
    plan.writes.forEach(write)
    plan.deletes.forEach(remove)
    if (plan.finalizers) {
      const { metadata } = observed.session
      observed.session = { ...observed.session, metadata: { ...metadata, finalizers: plan.finalizers } }
    }
    // the executor leaves it to the next round
    if (makesDesktop(plan, { resource: VDI_SESSION })) return
    // the server's schema: what it does not take would be refused
    if (plan.status !== undefined)
      observed.status = vdiSessionStatusSchema.parse(JSON.parse(JSON.stringify(plan.status)))
  }

  function stored(object: KubeObject, before?: KubeObject): KubeObject {
    const { uid: known = uid(), creationTimestamp = seconds(world.now) } = before?.metadata ?? {}
    return { ...object, metadata: { ...object.metadata, uid: known, creationTimestamp } }
  }

  function write({ verb, resource, object }: PlannedWrite): void {
    const { name } = object.metadata
    switch (resource) {
      case SECRET: {
        if (verb === 'create' && observed.secret) return
        observed.secret = stored(object, observed.secret)
        const text = object.metadata.annotations?.[ANNOTATION.template] ?? ''
        const pinned = templateSpecSchema.parse(JSON.parse(text))
        observed.pinned = { spec: pinned, hash: templateHash(pinned) }
        return
      }
      case CLAIM:
        observed.claim ??= { ...stored(object), status: { phase: 'Pending' } }
        return
      case POD:
        if (!observed.pods.some(({ metadata }) => metadata.name === name))
          observed.pods = [...observed.pods, stored(object)]
        return
      case VDI_SESSION:
        world.wish(object['spec'] as Status)
        return
      case SERVICE:
        if (name === mediaName(NAME)) observed.service = withNodePort(stored(object, observed.service))
        else observed.routes = [...observed.routes.filter((one) => one.kind !== 'Service'), stored(object)]
        return
      case INGRESS:
      case INGRESS_ROUTE:
      case MIDDLEWARE:
        observed.routes = [
          ...observed.routes.filter((one) => one.kind !== object.kind || one.metadata.name !== name),
          stored(object),
        ]
        return
      default:
        throw new Error(`a session's plan writes no ${resource.kind}`)
    }
  }

  function remove({ resource, name, uid: wanted, gracePeriodSeconds }: PlannedDelete): void {
    const meant = (object: KubeObject | undefined): boolean =>
      object?.metadata.name === name && (wanted === undefined || object.metadata.uid === wanted)
    const rest: Readonly<Partial<Record<string, () => void>>> = {
      Secret: () => {
        if (!meant(observed.secret)) return
        observed.secret = undefined
        observed.pinned = undefined
      },
      PersistentVolumeClaim: () => (observed.claim = meant(observed.claim) ? undefined : observed.claim),
      VDISession: () => world.deleted(),
      Service: () => {
        if (meant(observed.service)) observed.service = undefined
        else dropRoute(resource, name)
      },
      Pod: () => {
        observed.pods = observed.pods.flatMap((pod) => {
          if (!meant(pod)) return [pod]
          const { metadata } = pod
          return gracePeriodSeconds === 0
            ? []
            : [{ ...pod, metadata: { ...metadata, deletionTimestamp: seconds(world.now + 5000) } }]
        })
      },
    }
    const special = rest[resource.kind]
    if (special) special()
    else dropRoute(resource, name)
  }

  function dropRoute({ kind }: Resource, name: string): void {
    observed.routes = observed.routes.filter((one) => one.kind !== kind || one.metadata.name !== name)
  }

  return world
}

export type SessionWorld = ReturnType<typeof sessionWorld>

/** A node that is Ready unless said otherwise. */
export function nodeObject(name: string, ready: 'True' | 'False' | 'Unknown' = 'True', more: Status = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'nvidia.com/gpu.product': 'NVIDIA-L4-SHARED' } },
    status: {
      conditions: [{ type: 'Ready', status: ready, message: `the node is ${ready === 'True' ? '' : 'not '}ready` }],
    },
    ...more,
  }
}

/** Kinds and names of what a plan writes. */
export function writesOf(plan: Plan): readonly string[] {
  return plan.writes.map(({ verb, resource, object }) => `${verb} ${resource.kind} ${object.metadata.name}`)
}
/** Kinds and names of what a plan deletes. */
export function deletesOf(plan: Plan): readonly string[] {
  return plan.deletes.map(({ resource, name }) => `${resource.kind} ${name}`)
}

function withNodePort(service: KubeObject): KubeObject {
  const spec = service['spec'] as { readonly ports: readonly object[] }
  return { ...service, spec: { ...spec, ports: spec.ports.map((port) => ({ ...port, nodePort: 31_007 })) } }
}

/** As the API server writes times: whole seconds. */
function seconds(ms: number): string {
  return new Date(Math.floor(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z')
}
