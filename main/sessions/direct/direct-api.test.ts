// Direct mode through the real client and reflectors against a fake API server that grants exactly the Role of manifests/direct-role.
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { createFakeApiServer, type Attributes, type FakeApiServer } from '../../../e2e/fakes/api-server.ts'
import type { StoredObject } from '../../../e2e/fakes/api-store.ts'
import { createKubeClient } from '../../../kube/client.ts'
import { loadSource } from '../../../kube/kubeconfig/sources.ts'
import { vetContext } from '../../../kube/kubeconfig/vet.ts'
import { createReflector } from '../../../kube/reflector.ts'
import { createRetryBudget } from '../../../kube/retry-budget.ts'
import { CLAIM, POD, SECRET, SERVICE } from '../../../kube/types.ts'
import type { SessionView } from '../../../shared/domain/session.ts'
import { SILENT } from '../../logging/logger.ts'
import { createDirectProvider } from './direct-provider.ts'

const NAMESPACE = 'team'
const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

async function roleAllows(): Promise<(attributes: Attributes) => boolean> {
  const text = await readFile(join(import.meta.dirname, '../../../manifests/direct-role/role.yaml'), 'utf8')
  const { rules } = parse(text) as { rules: { resources: string[]; verbs: string[] }[] }
  return ({ verb, resource, subresource, namespace }) => {
    const wanted = subresource === undefined ? resource : `${resource}/${subresource}`
    return (
      namespace === NAMESPACE &&
      rules.some(({ resources, verbs }) => resources.includes(wanted) && verbs.includes(verb))
    )
  }
}
/** A server that answers every connection like a young desktop that is up. */
async function desktopServer(): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => new Promise((resolve) => server.close(resolve)))
  return server
}
async function setUp(api: FakeApiServer) {
  const text = api.kubeconfig({ namespace: NAMESPACE })
  const [found] = (await loadSource({ type: 'text', key: 't', name: 'test', text })).contexts
  if (!found) throw new Error('no context')
  const context = await vetContext(found, {}, Date.now())
  const client = createKubeClient({ context, env: {}, isTrusted: () => false, now: Date.now })
  const budget = createRetryBudget()
  const provider = createDirectProvider({
    clusterId: 'test',
    client,
    namespace: NAMESPACE,
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
  let sessions: readonly SessionView[] = []
  provider.watch((snapshot) => (sessions = snapshot.sessions))
  return { provider, session: (id: string) => sessions.find((view) => view.id === id) }
}
function run(api: FakeApiServer, name: string, ready: boolean): void {
  const pod = api.store.get(POD, name, NAMESPACE)
  if (!pod) throw new Error('no pod')
  const conditions = ['PodScheduled', 'Ready'].map((type) => ({
    type,
    status: ready || type !== 'Ready' ? 'True' : 'False',
  }))
  const containerStatuses = [{ name: 'desktop', ready, restartCount: 0, state: { running: {} } }]
  const spec = { ...(pod['spec'] as object), nodeName: 'gpu-a' }
  api.store.put(POD, {
    ...pod,
    spec,
    status: { phase: 'Running', hostIP: '10.0.0.7', conditions, containerStatuses },
  } as StoredObject)
}
const count = (api: FakeApiServer) => [POD, SECRET, CLAIM, SERVICE].map((kind) => api.store.list(kind).length)

test('the Role is enough for a whole life: start, open before ready, stop, resume, remove', async () => {
  const desktop = await desktopServer()
  const port = (desktop.address() as AddressInfo).port
  const api = await createFakeApiServer({ allows: await roleAllows(), forwardTo: () => ({ host: '127.0.0.1', port }) })
  ends.push(() => api.close())
  const { provider, session } = await setUp(api)
  const id = await provider.start({ templateId: 'light-desktop' })
  const name = id.split('/').at(-1) ?? ''
  expect(count(api)).toEqual([1, 1, 1, 1])
  run(api, name, false)
  await vi.waitFor(() => expect(session(id)?.openable).toBe(true), 5_000)
  const access = await provider.open(id)
  const socket = await access.dialHttp(new AbortController().signal)
  const answer = new Promise<string>((resolve) => socket.once('data', (chunk: Buffer) => resolve(chunk.toString())))
  socket.write('GET / HTTP/1.1\r\n\r\n')
  expect(await answer).toContain('200 OK')
  socket.destroy()
  run(api, name, true)
  await vi.waitFor(() => expect(session(id)?.phase).toBe('running'), 5_000)
  await provider.stop(id)
  await vi.waitFor(() => expect(session(id)?.phase).toBe('stopped'), 5_000)
  expect(count(api)).toEqual([0, 1, 1, 0])
  expect(session(id)?.note).toBeUndefined()
  await provider.resume(id)
  expect(count(api)).toEqual([1, 1, 1, 1])
  await provider.cancel(id)
  expect(count(api)).toEqual([0, 1, 1, 0])
  await provider.remove(id, { deleteHome: true })
  expect(count(api)).toEqual([0, 0, 0, 0])
  await vi.waitFor(() => expect(session(id)).toBeUndefined(), 5_000)
})

test('without the right to Services the same life has no node port and no refusal', async () => {
  const allows = await roleAllows()
  const api = await createFakeApiServer({ allows: (asked) => asked.resource !== 'services' && allows(asked) })
  ends.push(() => api.close())
  const { provider } = await setUp(api)
  const id = await provider.start({ templateId: 'light-desktop' })
  expect(count(api)).toEqual([1, 1, 1, 0])
  await provider.cancel(id)
  expect(count(api)).toEqual([0, 0, 0, 0])
})

test('a connection that is cut in the middle of a start: what was made is taken back', async () => {
  const api = await createFakeApiServer({ allows: await roleAllows() })
  ends.push(() => api.close())
  const { provider } = await setUp(api)
  // the dry run is answered, the pod's own request is cut
  api.faults.add({ type: 'slow', ms: 0 }, { kind: 'create', plural: 'pods', times: 1 })
  api.faults.add({ type: 'reset' }, { kind: 'create', plural: 'pods', times: 1 })
  await expect(provider.start({ templateId: 'light-desktop' })).rejects.toMatchObject({ code: 'cluster-unreachable' })
  expect(count(api)).toEqual([0, 0, 0, 0])
})
