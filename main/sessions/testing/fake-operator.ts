// A small stand-in for the operator in tests of the app: it makes and removes what a session needs and says so in the status.
// It decides nothing: who may, what fits and what is idle is told to it by the test.
import { CLAIM, POD, SECRET, SERVICE, VDI_SESSION, VDI_TEMPLATE, type Resource } from '../../../kube/types.ts'
import { conditionsOf, type WantedCondition } from '../../../shared/domain/conditions.ts'
import { ownerHash, templateHash } from '../../../shared/domain/hash.ts'
import { accessName, homeName, mediaName } from '../../../shared/domain/names.ts'
import type { Template } from '../../../shared/domain/template.ts'
import {
  parseVdiSession,
  parseVdiTemplate,
  templateOf,
  type VdiSessionObject,
} from '../../../shared/domain/vdi-objects.ts'
import type { VdiSessionStatus } from '../../../shared/domain/vdi-session.ts'
import {
  ANNOTATION,
  API_GROUP,
  API_VERSION,
  DEFAULT_DESKTOP_IMAGE,
  FIELD_MANAGER_OPERATOR,
  FINALIZER,
} from '../../../shared/product.ts'
import { renderSession } from '../../../shared/render/render-session.ts'
import type { KubeObject } from '../../../shared/render/types.ts'
import { isReady, type Pod } from '../kube-read.ts'

/** The objects of one namespace (and the templates). */
export interface OperatorStore {
  list(resource: Resource): readonly KubeObject[]
  get(resource: Resource, name: string): KubeObject | undefined
  put(resource: Resource, object: KubeObject): void
  remove(resource: Resource, name: string): void
}

export interface FakeOperator {
  /** Looks at every session once; it writes only where something differs. */
  step(): void
  /** It does nothing until this is false again. */
  sleeps: boolean
  /** Sessions of these templates are not started: the conditions are said instead. */
  readonly refuses: Map<string, readonly WantedCondition[]>
  /** Changes a session's status, as the operator's own watches would. */
  say(name: string, change: Partial<VdiSessionStatus>): void
  /** Ends a session without anybody having asked for it: stopped, or failed where the reason is `StartTimeout`. */
  end(name: string, stopReason: string): void
  /** The relay's keys of Secrets that it makes. */
  relay:
    | {
        readonly urls: readonly string[]
        readonly username: string
        readonly credential: string
        readonly expires: string
      }
    | undefined
}

/** @param now epoch ms */
export function createFakeOperator(store: OperatorStore, now: () => number): FakeOperator {
  const time = (): string => new Date(now()).toISOString()

  const session = (name: string): VdiSessionObject => {
    const object = store.get(VDI_SESSION, name)
    const read = object && parseVdiSession(object)
    if (!read?.ok) throw new Error(`no session ${name}`)
    return read.object
  }
  const template = (name: string): Template | undefined => {
    const object = store.get(VDI_TEMPLATE, name)
    const read = object && parseVdiTemplate(object)
    return read?.ok ? templateOf(read.object) : undefined
  }
  const write = ({ metadata }: VdiSessionObject, status: VdiSessionStatus): void => {
    const present = store.get(VDI_SESSION, metadata.name)
    if (present && JSON.stringify(present['status']) !== JSON.stringify(status))
      store.put(VDI_SESSION, { ...present, status })
  }
  const saying = (object: VdiSessionObject, status: VdiSessionStatus, wanted: readonly WantedCondition[]): void => {
    const observedGeneration = object.metadata.generation ?? 0
    const conditions = [...conditionsOf(object.status.conditions ?? [], wanted, observedGeneration, time())]
    write(object, { ...status, observedGeneration, conditions })
  }
  const suspended = (reason: string | undefined): readonly WantedCondition[] => [
    {
      type: reason === 'StartTimeout' ? 'Stalled' : 'Suspended',
      status: 'True',
      reason: (reason ?? 'StoppedByUser') as 'StoppedByUser',
      message: 'It is stopped.',
    },
  ]
  const takeDown = (name: string): void => {
    store.remove(POD, name)
    store.remove(SERVICE, mediaName(name))
  }

  const begin = (object: VdiSessionObject, from: Template): void => {
    const { name, namespace = '', uid = '' } = object.metadata
    takeDown(name)
    const { owner, withoutGpu, displayName = from.spec.displayName } = object.spec
    // named by the restart that was asked for where that is ahead of the clock: it is done once
    const startedAt = new Date(Math.max(now(), Date.parse(object.spec.restartRequestedAt ?? '') || 0)).toISOString()
    const rendered = renderSession({
      template: from,
      session: {
        name,
        namespace,
        owner,
        ownerHash: ownerHash(owner),
        displayName,
        withoutGpu,
        created: object.metadata.creationTimestamp ?? startedAt,
        lastStarted: startedAt,
      },
      platform: { nodePort: true, fieldManager: FIELD_MANAGER_OPERATOR, desktopImage: DEFAULT_DESKTOP_IMAGE },
      secrets: { password: `password of ${startedAt}`, relay: operator.relay },
      owner: {
        apiVersion: `${API_GROUP}/${API_VERSION}`,
        kind: VDI_SESSION.kind,
        name,
        uid,
        controller: true,
        blockOwnerDeletion: true,
      },
    })
    store.put(SECRET, rendered.secret)
    if (rendered.claim && !store.get(CLAIM, rendered.claim.metadata.name)) store.put(CLAIM, rendered.claim)
    if (rendered.service) store.put(SERVICE, rendered.service)
    store.put(POD, rendered.pod)
    const home = rendered.claim?.metadata.name
    saying(
      object,
      {
        phase: 'Starting',
        startedAt,
        podName: name,
        podUID: store.get(POD, name)?.metadata.uid ?? '',
        secretName: accessName(name),
        templateHash: templateHash(from.spec),
        ...(home === undefined ? {} : { claimName: home }),
      },
      [{ type: 'Reconciling', status: 'True', reason: 'Starting', message: 'It starts.' }],
    )
  }

  const reconcile = (object: VdiSessionObject): void => {
    const { spec, status, metadata } = object
    const from = template(spec.templateRef.name)
    if (metadata.deletionTimestamp !== undefined) {
      const reclaim = spec.home?.reclaim ?? from?.spec.storage.home?.reclaim
      if (reclaim === 'Delete') store.remove(CLAIM, homeName(spec.templateRef.name, ownerHash(spec.owner)))
      return store.remove(VDI_SESSION, metadata.name)
    }
    if (!metadata.finalizers?.includes(FINALIZER)) {
      const finalizers = [FINALIZER]
      const present = store.get(VDI_SESSION, metadata.name)
      return present && store.put(VDI_SESSION, { ...present, metadata: { ...metadata, finalizers } })
    }
    const refused = operator.refuses.get(spec.templateRef.name)
    if (refused) return saying(object, {}, refused)
    if (spec.desiredState === 'Stopped') {
      takeDown(metadata.name)
      const { idleStopAt: _over, ...rest } = status
      const stopped = status.stoppedAt ? {} : { stoppedAt: time(), stopReason: 'StoppedByUser' }
      return saying(object, { ...rest, phase: 'Stopped', ...stopped }, suspended(status.stopReason))
    }
    const isAsked = Date.parse(spec.restartRequestedAt ?? '') > Date.parse(status.startedAt ?? '')
    if (status.startedAt === undefined || isAsked || status.stoppedAt !== undefined) {
      if (from) return begin(object, from)
      const message = `There is no template ${spec.templateRef.name}.`
      return saying(object, {}, [{ type: 'Stalled', status: 'True', reason: 'TemplateNotFound', message }])
    }
    runs(object)
  }

  const runs = (object: VdiSessionObject): void => {
    const { status, metadata } = object
    const pod = store.get(POD, metadata.name) as Pod | undefined
    const heartbeat = metadata.annotations?.[ANNOTATION.heartbeat]
    const isKept = heartbeat !== undefined && heartbeat > (status.lastActivityTime ?? '')
    const { idleStopAt, ...rest } = status
    const kept = isKept ? { ...rest, lastActivityTime: heartbeat } : { ...rest, ...(idleStopAt ? { idleStopAt } : {}) }
    const conditions = status.conditions?.filter(({ type }) => type === 'TemplateDrifted') ?? []
    if (!pod || !isReady(pod))
      return saying(object, kept, [{ type: 'Reconciling', status: 'True', reason: 'Starting', message: 'It starts.' }])
    const host = pod.status?.hostIP ?? ''
    const endpoints = [{ name: 'media', type: 'NodePort' as const, protocol: 'UDP' as const, host, port: 30_123 }]
    const nodeName = pod.spec?.nodeName
    saying(
      object,
      {
        ...kept,
        phase: 'Ready',
        readyAt: status.readyAt ?? time(),
        endpoints,
        ...(nodeName === undefined ? {} : { nodeName }),
      },
      [
        { type: 'Ready', status: 'True', reason: 'Ready', message: 'It runs.' },
        ...conditions.map((condition) => condition as WantedCondition),
      ],
    )
  }

  const operator: FakeOperator = {
    sleeps: false,
    refuses: new Map(),
    relay: undefined,
    step() {
      if (operator.sleeps) return
      for (const object of store.list(VDI_SESSION)) {
        const read = parseVdiSession(object)
        if (read.ok) reconcile(read.object)
      }
    },
    say(name, change) {
      const object = session(name)
      write(object, { ...object.status, ...change })
    },
    end(name, stopReason) {
      takeDown(name)
      const present = store.get(VDI_SESSION, name)
      // as the real one: its own word for it is the person's wish from now on
      if (present)
        store.put(VDI_SESSION, { ...present, spec: { ...(present['spec'] as object), desiredState: 'Stopped' } })
      const object = session(name)
      const { idleStopAt: _over, ...rest } = object.status
      saying(object, { ...rest, phase: 'Stopped', stoppedAt: time(), stopReason }, suspended(stopReason))
    },
  }
  return operator
}
