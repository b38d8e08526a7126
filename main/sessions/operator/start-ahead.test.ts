// Desktops that are started before anybody clicks: made when the app opens, taken over by the click, and out of the way of others.
import { afterEach, expect, test } from 'vitest'
import { builtinTemplates } from '../../../shared/domain/builtin-templates.ts'
import type { VdiSessionSpec } from '../../../shared/domain/vdi-session.ts'
import { API_GROUP, DEFAULT_DESKTOP_IMAGE } from '../../../shared/product.ts'
import type { KubeObject } from '../../../shared/render/types.ts'
import { run } from '../testing/direct-world.ts'
import type { FakeCluster } from '../testing/fake-cluster.ts'
import { clusterWithTemplates, disposeOperatorWorlds, offer, setUpOperator } from '../testing/operator-world.ts'
import { startsAhead } from './start-ahead.ts'

afterEach(disposeOperatorWorlds)
const startAhead = { enabled: true, keepFreeSlices: 1, unopenedSeconds: 300 }
const ahead = (...ids: string[]): FakeCluster => {
  const cluster = clusterWithTemplates()
  for (const id of ids) offer(cluster, id, { startAhead })
  return cluster
}
const made = (cluster: FakeCluster): readonly KubeObject[] => cluster.all().filter(({ kind }) => kind === 'VDISession')
const specOf = (object: KubeObject | undefined) => object?.['spec'] as VdiSessionSpec
const quota = (used: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'kasm-operator' },
  status: { hard: { 'requests.nvidia.com/gpu.shared': '1' }, used: { 'requests.nvidia.com/gpu.shared': used } },
})

test('it is made when the app opens, is not shown, and the click takes it over warm', async () => {
  const world = setUpOperator(ahead('light-desktop'))
  const { cluster, clock, provider } = world
  await clock.until(() => cluster.all().some(({ kind }) => kind === 'Pod'))
  const [session] = made(cluster)
  expect(specOf(session)).toMatchObject({ templateRef: { name: 'light-desktop' }, owner: 'alice', startAhead: true })
  const name = session?.metadata.name ?? ''
  run(world, `test/alice/${name}`, true)
  await clock.turn(60_000)
  expect(world.snapshot().sessions).toEqual([])
  expect(world.snapshot().blocked.size).toBe(0)
  const id = await provider.start({ templateId: 'light-desktop', displayName: 'Mine' })
  expect(id).toBe(`test/alice/${name}`)
  await clock.until(() => world.session(id)?.openable === true)
  expect(made(cluster)).toHaveLength(1)
  expect(specOf(made(cluster)[0])).toMatchObject({ startAhead: false, displayName: 'Mine', desiredState: 'Running' })
  expect(specOf(made(cluster)[0]).restartRequestedAt).toBeUndefined()
  expect(world.session(id)?.startedAt).toBe(clock.now())
})

test('nobody opened it: the next click starts it again', async () => {
  const world = setUpOperator(ahead('light-desktop'))
  const { cluster, clock, provider, operator } = world
  await clock.until(() => cluster.all().some(({ kind }) => kind === 'Pod'))
  const name = made(cluster)[0]?.metadata.name ?? ''
  await clock.turn(300_000)
  operator.end(name, 'NotOpened')
  await clock.turn(1_000)
  expect(world.snapshot().sessions).toEqual([])
  const id = await provider.start({ templateId: 'light-desktop' })
  expect(id).toBe(`test/alice/${name}`)
  await clock.until(() => cluster.find('pods', name) !== undefined && world.session(id)?.phase === 'starting')
})

test('called off before it was ready, it vanishes, as any first start does', async () => {
  for (const givenUp of [false, true]) {
    const world = setUpOperator(ahead('light-desktop'))
    const { cluster, clock, provider, operator } = world
    await clock.until(() => cluster.all().some(({ kind }) => kind === 'Pod'))
    const name = made(cluster)[0]?.metadata.name ?? ''
    if (givenUp) {
      operator.end(name, 'NotOpened')
      await clock.turn(1_000)
    }
    const id = await provider.start({ templateId: 'light-desktop' })
    await clock.until(() => world.session(id)?.phase === 'starting')
    await provider.cancel(id)
    await clock.until(() => world.session(id) === undefined && made(cluster).length === 0)
    await provider.dispose()
  }
})

test('called off when it had been ready, it is stopped: somebody may have used it', async () => {
  const world = setUpOperator(ahead('light-desktop'))
  const { cluster, clock, provider } = world
  await clock.until(() => cluster.all().some(({ kind }) => kind === 'Pod'))
  const name = made(cluster)[0]?.metadata.name ?? ''
  run(world, `test/alice/${name}`, true)
  await clock.turn(60_000)
  const id = await provider.start({ templateId: 'light-desktop' })
  await provider.cancel(id)
  await clock.until(() => world.session(id)?.phase === 'stopped')
  expect(made(cluster)).toHaveLength(1)
})

test('one of an earlier day that nobody opened is started again when the app opens', async () => {
  const first = setUpOperator(ahead('light-desktop'))
  const { cluster } = first
  await first.clock.until(() => made(cluster).length === 1 && cluster.all().some(({ kind }) => kind === 'Pod'))
  const name = made(cluster)[0]?.metadata.name ?? ''
  first.operator.end(name, 'NotOpened')
  await first.provider.dispose()
  const second = setUpOperator(cluster)
  await second.clock.until(() => cluster.find('pods', name) !== undefined)
  expect(made(cluster)).toHaveLength(1)
})

test('one of an earlier day holds its own place, and gives it up for what somebody asks for', async () => {
  const counted = (used: string): KubeObject => {
    const name = `count/vdisessions.${API_GROUP}`
    return { ...quota('0'), status: { hard: { [name]: '1' }, used: { [name]: used } } }
  }
  const first = setUpOperator(ahead('light-desktop'))
  const { cluster } = first
  await first.clock.until(() => made(cluster).length === 1 && cluster.all().some(({ kind }) => kind === 'Pod'))
  const name = made(cluster)[0]?.metadata.name ?? ''
  first.operator.end(name, 'NotOpened')
  await first.provider.dispose()
  cluster.put('resourcequotas', counted('1'))
  const second = setUpOperator(cluster)
  await second.clock.until(() => cluster.find('pods', name) !== undefined)
  second.operator.end(name, 'NotOpened')
  await second.clock.turn(120_000)
  expect(second.snapshot().blocked.get('full-desktop')).toBeUndefined()
  await second.provider.start({ templateId: 'full-desktop' })
  await second.clock.until(() => cluster.find('vdisessions', name) === undefined)
  await second.clock.until(() => made(cluster).length === 1)
})

test('what a quota has no room for is not started ahead', async () => {
  const cluster = ahead('full-desktop')
  cluster.put('resourcequotas', quota('1'))
  const world = setUpOperator(cluster)
  await world.clock.until(() => cluster.calls.some(({ plural }) => plural === 'resourcequotas'))
  await world.clock.turn(5_000)
  expect(made(cluster)).toEqual([])
})

test('it gives way to what somebody asks for', async () => {
  const cluster = ahead('full-desktop')
  offer(cluster, 'other', { ...builtinTemplates(DEFAULT_DESKTOP_IMAGE).find(({ id }) => id === 'full-desktop')?.spec })
  cluster.put('resourcequotas', quota('0'))
  const world = setUpOperator(cluster)
  await world.clock.until(() => made(cluster).length === 1)
  const name = made(cluster)[0]?.metadata.name ?? ''
  cluster.put('resourcequotas', quota('1'))
  await world.clock.turn(120_000)
  expect(world.snapshot().blocked.get('other')).toBeUndefined()
  const id = await world.provider.start({ templateId: 'other' })
  await world.clock.until(() => cluster.find('vdisessions', name) === undefined)
  await world.clock.until(() => world.session(id)?.phase === 'starting')
  expect(cluster.all().filter(({ kind }) => kind === 'PersistentVolumeClaim')).toHaveLength(2)
})

test('at most one takes a slice, none without a home, none beside an own desktop', () => {
  const builtin = builtinTemplates(DEFAULT_DESKTOP_IMAGE)
  const full = builtin.find(({ id }) => id === 'full-desktop')
  const kiosk = builtin.find(({ id }) => id === 'browser-kiosk')
  const light = builtin.find(({ id }) => id === 'light-desktop')
  if (!full || !kiosk || !light) throw new Error('no template')
  const wish = (template: typeof full, id = template.id) => ({
    ...template,
    id,
    spec: { ...template.spec, startAhead },
  })
  const starts = startsAhead([wish(full), wish(full, 'second'), wish(kiosk), wish(light), full], [], () => false)
  expect(starts.map(({ template }) => template.id)).toEqual(['full-desktop', 'light-desktop'])
  const own = {
    apiVersion: '',
    kind: '',
    metadata: { name: 'a' },
    spec: { templateRef: { name: 'light-desktop' }, startAhead: false },
    status: {},
  } as unknown as Parameters<typeof startsAhead>[1][number]
  expect(startsAhead([wish(light)], [own], () => false)).toEqual([])
})
