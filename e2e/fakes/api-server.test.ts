// The fake itself: what others lean on must be true of it.
import { connect } from 'node:net'
import { createServer, type AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { createFakeApiServer, type FakeApiServer } from './api-server.ts'
import { matches } from './api-selectors.ts'
import { ApiStore } from './api-store.ts'

const PODS = { group: '', version: 'v1', plural: 'pods' }
const pod = (name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'team', ...more },
})

let api: FakeApiServer
beforeEach(async () => {
  api = await createFakeApiServer()
  api.store.put(PODS, pod('a'))
})
afterEach(() => api.close())

function forward(): WebSocket {
  const url = `${api.url.replace('https', 'wss')}/api/v1/namespaces/team/pods/a/portforward?ports=8080`
  const headers = { authorization: 'Bearer user-token' }
  return new WebSocket(url, 'v4.channel.k8s.io', { ca: api.ca.certPem, headers })
}
async function frames(ws: WebSocket, count: number): Promise<Buffer[]> {
  const seen: Buffer[] = []
  ws.on('message', (data: Buffer) => seen.push(data))
  await vi.waitFor(() => expect(seen.length).toBeGreaterThanOrEqual(count))
  return seen
}

it('forwards to a TCP listener, and says the port on both channels first', async () => {
  const target = createServer((socket) => socket.write('welcome')).listen(0, '127.0.0.1')
  await new Promise((resolve) => target.once('listening', resolve))
  api.forwardTo = () => ({ host: '127.0.0.1', port: (target.address() as AddressInfo).port })
  const ws = forward()
  const [data, error, first] = await frames(ws, 3)
  expect([...(data ?? [])]).toEqual([0, 0x90, 0x1f])
  expect([...(error ?? [])]).toEqual([1, 0x90, 0x1f])
  expect(first?.toString('utf8', 1)).toBe('welcome')
  ws.terminate()
  await new Promise((resolve) => target.close(resolve))
})

it('says why a port refuses, and cuts what is open', async () => {
  api.forwardTo = () => 'refuse'
  const refused = forward()
  expect((await frames(refused, 3))[2]?.toString()).toContain('connection refused')
  api.forwardTo = () => 'echo'
  const echo = forward()
  await frames(echo, 2)
  const closed = new Promise((resolve) => echo.on('close', resolve))
  echo.on('error', () => undefined)
  api.forwards.cut()
  expect(await closed).toBe(1006)
  refused.terminate()
})

it('stalls a forward and lets it go on', async () => {
  const ws = forward()
  await frames(ws, 2)
  api.forwards.stall(true)
  const seen: string[] = []
  ws.on('message', (data: Buffer) => seen.push(data.toString('utf8', 1)))
  ws.send(Buffer.from('\u0000hello'))
  // another connection is served meanwhile, so the echo had its time
  await new Promise((resolve) => connect(Number(new URL(api.url).port), '127.0.0.1', () => resolve(0)).unref())
  expect(seen).toEqual([])
  api.forwards.stall(false)
  await vi.waitFor(() => expect(seen).toEqual(['hello']))
  ws.terminate()
})

it('goes dark and comes back on the same port', async () => {
  const { url } = api
  await api.goDark()
  const failed = await new Promise<boolean>((resolve) => {
    connect(Number(new URL(url).port), '127.0.0.1', () => resolve(false)).on('error', () => resolve(true))
  })
  expect(failed).toBe(true)
  await api.comeBack()
  expect(api.url).toBe(url)
})

it('deletes what an object owns, and tells watchers in order', () => {
  const store = new ApiStore()
  const owner = store.put(PODS, pod('owner'))
  store.put(PODS, pod('owned', { ownerReferences: [{ uid: owner.metadata.uid }] }))
  const from = store.version
  store.remove(PODS, 'owner', 'team')
  expect(store.list(PODS)).toEqual([])
  expect(store.since(from)?.map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual([
    'DELETED owner',
    'DELETED owned',
  ])
  store.compact()
  expect(store.since(from)).toBeUndefined()
})

it.each([
  ['a=1', true],
  ['a==1,b', true],
  ['a!=1', false],
  ['!c', true],
  ['a in (1, 2)', true],
  ['a notin (1)', false],
  ['c', false],
])('selects by label %s', (labelSelector, expected) => {
  expect(matches(pod('a', { labels: { a: '1', b: '' } }), { labelSelector })).toBe(expected)
})
