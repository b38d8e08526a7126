// One direct provider over a cluster in memory, with a clock turned by hand and a test that plays scheduler and kubelet.
import type { SessionView } from '../../../shared/domain/session.ts'
import type { KubeObject } from '../../../shared/render/types.ts'
import { SILENT } from '../../logging/logger.ts'
import { createDirectProvider } from '../direct/direct-provider.ts'
import type { ProviderSnapshot } from '../provider.ts'
import { createFakeCluster, type FakeCluster } from './fake-cluster.ts'
import { createHandClock } from './hand-clock.ts'

const disposals: (() => Promise<void>)[] = []
/** Ends every provider of the test. */
export async function disposeAll(): Promise<void> {
  for (const dispose of disposals.splice(0)) await dispose()
}

/** A provider that watches a cluster; `session` and `snapshot` show what it last said. */
export function setUp(cluster: FakeCluster = createFakeCluster(), username = 'alice') {
  const clock = createHandClock()
  let byte = 0
  const provider = createDirectProvider({
    clusterId: 'test',
    client: cluster.client,
    namespace: 'alice',
    user: { username, groups: [] },
    createReflector: (resource, options) => cluster.createReflector(resource, options),
    clock,
    timers: clock,
    random: (count) => Uint8Array.from({ length: count }, () => (byte += 37)),
    log: SILENT,
  })
  let snapshot!: ProviderSnapshot
  provider.watch((value) => (snapshot = value))
  disposals.push(() => provider.dispose())
  const session = (id?: string): SessionView | undefined =>
    snapshot.sessions.find((view) => id === undefined || view.id === id)
  return { cluster, clock, provider, snapshot: () => snapshot, session }
}
export type World = ReturnType<typeof setUp>

/** The session's own name. */
export const podName = (id: string): string => id.split('/').at(-1) ?? ''
/** The session's pod. @throws when there is none */
export const pod = ({ cluster }: Pick<World, 'cluster'>, id: string): KubeObject => {
  const found = cluster.find('pods', podName(id))
  if (!found) throw new Error('no pod')
  return found
}
/** Plays scheduler and kubelet. */
export function run(world: Pick<World, 'cluster'>, id: string, ready: boolean): void {
  const object = pod(world, id)
  const status = (type: string, value: boolean) => ({ type, status: value ? 'True' : 'False' })
  world.cluster.put('pods', {
    ...object,
    spec: { ...(object['spec'] as object), nodeName: 'gpu-a' },
    status: {
      phase: 'Running',
      hostIP: '10.0.0.7',
      conditions: [status('PodScheduled', true), status('ContainersReady', ready), status('Ready', ready)],
      containerStatuses: [{ name: 'desktop', ready, restartCount: 0, state: { running: {} } }],
    },
  })
}
/** Changes a pod's status. */
export function setStatus(world: Pick<World, 'cluster'>, id: string, status: unknown): void {
  world.cluster.put('pods', { ...pod(world, id), status })
}
/** Every object by kind, name and uid, with the record's content: what "exactly as before" means. */
export const inventory = (cluster: FakeCluster): unknown =>
  cluster
    .all()
    .map(({ kind, metadata, data }) => ({
      kind,
      name: metadata.name,
      uid: metadata.uid,
      notes: metadata.annotations,
      data,
    }))
    .toSorted((a, b) => `${a.kind}${a.name}`.localeCompare(`${b.kind}${b.name}`))
/** The kinds of all objects. */
export const kinds = (cluster: FakeCluster): string[] =>
  cluster
    .all()
    .map(({ kind }) => kind)
    .toSorted()

/** A desktop that runs. @returns its id */
export async function running(world: World, templateId = 'light-desktop'): Promise<string> {
  const id = await world.provider.start({ templateId })
  run(world, id, true)
  await world.clock.until(() => world.session(id)?.phase === 'running')
  return id
}
/** A desktop that ran and was stopped. @returns its id */
export async function stopped(world: World, templateId = 'light-desktop'): Promise<string> {
  const id = await running(world, templateId)
  await world.provider.stop(id)
  await world.clock.until(() => world.session(id)?.phase === 'stopped')
  return id
}
