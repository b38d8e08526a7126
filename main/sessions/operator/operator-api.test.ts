// Operator mode through the real client and reflectors against a fake API server that grants exactly the user role of the platform.
import { randomBytes } from 'node:crypto'
import { createServer, type AddressInfo } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { createFakePlatform, type FakePlatform } from '../../../e2e/fakes/fake-platform.ts'
import { createKubeClient } from '../../../kube/client.ts'
import { loadSource } from '../../../kube/kubeconfig/sources.ts'
import { vetContext } from '../../../kube/kubeconfig/vet.ts'
import { createReflector } from '../../../kube/reflector.ts'
import { createRetryBudget } from '../../../kube/retry-budget.ts'
import { CLAIM, POD, SECRET, SERVICE, VDI_SESSION } from '../../../kube/types.ts'
import { WARM_POOL_NAMESPACE } from '../../../shared/domain/names.ts'
import type { SessionView } from '../../../shared/domain/session.ts'
import { LABEL } from '../../../shared/product.ts'
import { SILENT } from '../../logging/logger.ts'
import type { ProviderSnapshot } from '../provider.ts'
import { createOperatorProvider } from './operator-provider.ts'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

async function setUp() {
  const platform = await createFakePlatform()
  ends.push(() => platform.api.close())
  platform.offer('cad', {
    displayName: 'CAD workstation',
    image: 'registry.test/cad:1',
    storage: { home: { size: '10Gi' } },
  })
  const [found] = (await loadSource({ type: 'text', key: 't', name: 'test', text: platform.api.kubeconfig() })).contexts
  if (!found) throw new Error('no context')
  const context = await vetContext(found, {}, Date.now())
  const client = createKubeClient({ context, env: {}, isTrusted: () => false, now: Date.now })
  const budget = createRetryBudget()
  const provider = createOperatorProvider({
    clusterId: 'test',
    client,
    namespace: platform.namespace,
    user: await client.whoAmI(),
    createReflector: (resource, options) => createReflector(client, resource, { ...options, budget }),
    clock: Date,
    random: randomBytes,
    log: SILENT,
  })
  ends.push(
    () => client.close(),
    () => provider.dispose(),
  )
  let snapshot!: ProviderSnapshot
  provider.watch((next) => (snapshot = next))
  const session = (id: string): SessionView | undefined => snapshot.sessions.find((view) => view.id === id)
  return { platform, provider, session, snapshot: () => snapshot }
}
const count = ({ api, namespace }: FakePlatform) =>
  [VDI_SESSION, POD, SECRET, SERVICE, CLAIM].map((kind) => api.store.list(kind, { namespace }).length)
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 8_000, interval: 10 })

test('the user role is enough for a whole life: start, open before ready, keep, stop, resume, cancel, remove', async () => {
  const desktop = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'))
  })
  await new Promise<void>((resolve) => desktop.listen(0, '127.0.0.1', resolve))
  ends.push(() => new Promise((resolve) => desktop.close(resolve)))
  const { platform, provider, session } = await setUp()
  platform.api.forwardTo = () => ({ host: '127.0.0.1', port: (desktop.address() as AddressInfo).port })

  const id = await provider.start({ templateId: 'cad' })
  const name = id.split('/').at(-1) ?? ''
  await eventually(() => expect(count(platform)).toEqual([1, 1, 1, 1, 1]))
  platform.run(name, false)
  await eventually(() => expect(session(id)?.openable).toBe(true))
  const access = await provider.open(id)
  const socket = await access.dialHttp(new AbortController().signal)
  const answer = new Promise<string>((resolve) => socket.once('data', (chunk: Buffer) => resolve(chunk.toString())))
  socket.write('GET / HTTP/1.1\r\n\r\n')
  expect(await answer).toContain('200 OK')
  socket.destroy()
  platform.run(name)
  await eventually(() => expect(session(id)?.phase).toBe('running'))

  platform.operator.say(name, { idleStopAt: new Date(Date.now() + 60_000).toISOString() })
  await eventually(() => expect(session(id)?.idleStopAt).toBeTypeOf('number'))
  await provider.keepRunning(id)
  await eventually(() => expect(session(id)?.idleStopAt).toBeUndefined())

  await provider.stop(id)
  await eventually(() => expect(session(id)?.phase).toBe('stopped'))
  expect(count(platform)).toEqual([1, 0, 1, 0, 1])
  expect(session(id)?.note).toBeUndefined()
  await provider.resume(id)
  await eventually(() => expect(count(platform)).toEqual([1, 1, 1, 1, 1]))
  await provider.cancel(id)
  await eventually(() => expect(session(id)?.phase).toBe('stopped'))
  await provider.remove(id, { deleteHome: true })
  await eventually(() => expect(count(platform)).toEqual([0, 0, 0, 0, 0]))
  await eventually(() => expect(session(id)).toBeUndefined())
  expect(platform.api.requests.filter(({ kind, plural }) => kind === 'list' && plural === 'secrets')).toEqual([])
})

test('a connection that is cut in the middle of a start: what may have been made is taken back', async () => {
  const { platform, provider } = await setUp()
  platform.operator.sleeps = true
  platform.api.faults.add({ type: 'reset' }, { kind: 'create', plural: 'vdisessions', times: 1 })
  await expect(provider.start({ templateId: 'cad' })).rejects.toMatchObject({ code: 'cluster-unreachable' })
  await eventually(() => expect(platform.api.requests.some(({ kind }) => kind === 'delete')).toBe(true))
  expect(count(platform)).toEqual([0, 0, 0, 0, 0])
})

test('a desktop that runs is watched without a request of its own', async () => {
  const { platform, provider, session } = await setUp()
  const id = await provider.start({ templateId: 'cad' })
  const name = id.split('/').at(-1) ?? ''
  await eventually(() => expect(count(platform)[1]).toBe(1))
  platform.run(name)
  await eventually(() => expect(session(id)?.phase).toBe('running'))
  platform.api.requests.length = 0
  platform.operator.say(name, { connectedClients: 1 })
  platform.operator.say(name, { idleStopAt: new Date(Date.now() + 60_000).toISOString() })
  await eventually(() => expect(session(id)?.idleStopAt).toBeTypeOf('number'))
  expect(platform.api.requests.filter(({ kind }) => kind !== 'watch')).toEqual([])
})

test('a desktop that was claimed from the warm pool is opened where it is, with the rights of the claim alone', async () => {
  const desktop = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'))
  })
  await new Promise<void>((resolve) => desktop.listen(0, '127.0.0.1', resolve))
  ends.push(() => new Promise((resolve) => desktop.close(resolve)))
  const { platform, provider, session } = await setUp()
  const { api } = platform
  platform.operator.sleeps = true
  platform.offer('kiosk', { displayName: 'Kiosk', image: 'registry.test/kiosk:1' })
  const pod = 'warm-kiosk-aaaaaa'
  const dialled: string[] = []
  api.forwardTo = (namespace, name) => {
    dialled.push(`${namespace}/${name}`)
    return { host: '127.0.0.1', port: (desktop.address() as AddressInfo).port }
  }
  // an API server that hears of the claim a moment later
  let unheard = 2
  const before = api.allows
  api.allows = (asked) => {
    if (asked.namespace !== WARM_POOL_NAMESPACE) return before(asked)
    const isSecret = asked.resource === 'secrets' && asked.verb === 'get' && asked.name === `${pod}-access`
    const isTunnel = asked.subresource === 'portforward' && asked.name === pod
    return isSecret ? (unheard -= 1) < 0 : isTunnel
  }
  const metadata = { namespace: WARM_POOL_NAMESPACE, labels: { [LABEL.session]: pod, [LABEL.template]: 'kiosk' } }
  api.store.put(SECRET, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { ...metadata, name: `${pod}-access` },
    data: { password: btoa('of the pool') },
  })
  api.store.put(POD, { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name: pod } })

  const id = await provider.start({ templateId: 'kiosk' })
  const name = id.split('/').at(-1) ?? ''
  const at = new Date().toISOString()
  const holds = (type: string): object => ({
    type,
    status: 'True',
    reason: 'Ready',
    message: '',
    lastTransitionTime: at,
  })
  const stored = api.store.get(VDI_SESSION, name, platform.namespace)
  if (!stored) throw new Error('no session was made')
  api.store.put(VDI_SESSION, {
    ...stored,
    status: {
      observedGeneration: stored.metadata.generation,
      phase: 'Ready',
      desktopNamespace: WARM_POOL_NAMESPACE,
      podName: pod,
      podUID: 'of-the-pool',
      secretName: `${pod}-access`,
      nodeName: 'gpu-a',
      startedAt: at,
      readyAt: at,
      conditions: [holds('Ready'), holds('PodReady')],
    },
  })
  await eventually(() => expect(session(id)).toMatchObject({ phase: 'running', openable: true, node: 'gpu-a' }))
  const stages = Object.fromEntries((session(id)?.stages ?? []).map((stage) => [stage.name, stage.state]))
  expect(stages).toMatchObject({ asked: 'done', placed: 'skipped', home: 'skipped', image: 'skipped', started: 'done' })

  const access = await provider.open(id)
  // its own name goes on naming it
  expect(access.sessionId).toBe(id)
  expect(atob((access.authorization ?? '').replace('Basic ', ''))).toBe('desktop:of the pool')
  const socket = await access.dialHttp(new AbortController().signal)
  const answer = new Promise<string>((resolve) => socket.once('data', (chunk: Buffer) => resolve(chunk.toString())))
  socket.write('GET / HTTP/1.1\r\n\r\n')
  expect(await answer).toContain('200 OK')
  socket.destroy()
  expect(dialled).toEqual([`${WARM_POOL_NAMESPACE}/${pod}`])
})
