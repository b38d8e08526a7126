// A pod's own client against a fake API server: the mounted service account, its renewed token, and what is missing outside a pod.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFakeApiServer, type FakeApiServer } from '../e2e/fakes/api-server.ts'
import { createInClusterClient, type InClusterClient } from './in-cluster.ts'
import { CONFIG_MAP } from './types.ts'

const ACCOUNT = 'system:serviceaccount:kasm-operator-system:operator'
let api: FakeApiServer
let folder: string
let opened: InClusterClient[]

beforeEach(async () => {
  api = await createFakeApiServer({ http2: true })
  api.tokens.set('first-token', ACCOUNT)
  folder = await mkdtemp(join(tmpdir(), 'service-account-'))
  await writeFile(join(folder, 'ca.crt'), api.ca.certPem)
  await writeFile(join(folder, 'token'), 'first-token')
  await writeFile(join(folder, 'namespace'), 'kasm-operator-system')
  opened = []
})
afterEach(async () => {
  await Promise.all(opened.map(({ client }) => client.close()))
  await api.close()
  await rm(folder, { recursive: true })
})

async function open(env: Readonly<Record<string, string>> = {}): Promise<InClusterClient> {
  const { hostname, port } = new URL(api.url)
  const kubelet = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port }
  const made = await createInClusterClient({ env: { ...kubelet, ...env }, now: () => Date.now(), folder })
  opened.push(made)
  return made
}

it('is the mounted service account, in its namespace', async () => {
  const { client, namespace } = await open()
  expect(await client.whoAmI()).toMatchObject({ username: ACCOUNT })
  expect(namespace).toBe('kasm-operator-system')
})

it('goes on with a renewed token', async () => {
  const { client } = await open()
  await client.whoAmI()
  api.tokens.delete('first-token')
  api.tokens.set('second-token', ACCOUNT)
  await writeFile(join(folder, 'token'), 'second-token\n')
  expect(await client.whoAmI()).toMatchObject({ username: ACCOUNT })
})

it('asks no proxy', async () => {
  const { client } = await open({ HTTPS_PROXY: 'http://127.0.0.1:1', https_proxy: 'http://127.0.0.1:1' })
  expect(await client.whoAmI()).toMatchObject({ username: ACCOUNT })
})

it('has many requests under way at once', async () => {
  const { client } = await open()
  const object = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'team' } })
  await Promise.all(Array.from({ length: 300 }, (_, index) => client.create(CONFIG_MAP, object(`c${index}`))))
  expect(api.store.list(CONFIG_MAP)).toHaveLength(300)
  expect(api.connections).toBeLessThan(10)
})

describe.each([
  ['IPv4', '10.96.0.1', '443', 'https://10.96.0.1'],
  ['IPv6', 'fd00:10:96::1', '6443', 'https://[fd00:10:96::1]:6443'],
  ['a name', 'kubernetes.default.svc', '6443', 'https://kubernetes.default.svc:6443'],
])('an address by %s', (_, host, port, server) => {
  it('is dialled as such', async () => {
    const { client } = await open({ KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT_HTTPS: port })
    expect(client.server).toBe(server)
  })
})

describe('outside a pod', () => {
  it('says that there is no address', async () => {
    await expect(open({ KUBERNETES_SERVICE_HOST: '' })).rejects.toThrow('KUBERNETES_SERVICE_HOST is not set')
  })

  it('says that the address is none', async () => {
    await expect(open({ KUBERNETES_SERVICE_PORT: 'tcp://10.0.0.1:443' })).rejects.toThrow('make no address')
  })

  it.each(['ca.crt', 'token', 'namespace'])('says that %s is missing, or empty', async (name) => {
    await writeFile(join(folder, name), '\n')
    await expect(open()).rejects.toThrow(`${join(folder, name)} is empty`)
    await rm(join(folder, name))
    await expect(open()).rejects.toThrow(join(folder, name))
  })
})
