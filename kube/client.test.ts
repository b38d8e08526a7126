// The client against a fake API server: one pooled connection, the right words on the wire, and every failure with its name.
import { writeFile, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { connect as connectTcp, createServer as createTcp, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createFakeApiServer, type FakeApiOptions, type FakeApiServer } from '../e2e/fakes/api-server.ts'
import { createAuthority } from '../e2e/fakes/certificates.ts'
import type { KubeconfigOptions } from '../e2e/fakes/fake-kubeconfig.ts'
import { createTcpPath } from '../e2e/fakes/tcp-path.ts'
import { createKubeClient, type KubeClientOptions, type PooledClient } from './client.ts'
import { loadSource } from './kubeconfig/sources.ts'
import { vetContext } from './kubeconfig/vet.ts'
import { ApiError, CONFIG_MAP, POD, type KubeClient } from './types.ts'

let api: FakeApiServer
const clients: KubeClient[] = []
beforeEach(async () => {
  api = await createFakeApiServer()
})
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()))
  await api.close()
})

async function clientFor(
  wanted: KubeconfigOptions = {},
  options: Partial<KubeClientOptions> = {},
  folder?: string,
): Promise<PooledClient> {
  const text = api.kubeconfig(wanted)
  const path = folder && join(folder, 'config')
  if (path) await writeFile(path, text)
  const { contexts } = await loadSource(
    path
      ? { type: 'files', key: 'k', paths: [path], optional: false }
      : { type: 'text', key: 'k', name: 'pasted', text },
  )
  const found = contexts[0]
  if (!found) throw new Error('no context')
  const context = await vetContext(found, { PATH: '/usr/bin:/bin' }, Date.now())
  const env = { PATH: '/usr/bin:/bin' }
  const client = createKubeClient({ context, env, isTrusted: () => true, now: () => Date.now(), ...options })
  clients.push(client)
  return client
}
const pod = (name: string, fields: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'team' },
  ...fields,
})

describe.each([
  ['HTTP/1.1', {}],
  ['HTTP/2', { http2: true }],
] as [string, FakeApiOptions][])('calls over %s', (_, options) => {
  beforeEach(async () => {
    await api.close()
    api = await createFakeApiServer(options)
  })

  it('uses its connections again and again, and has none after close', async () => {
    const client = await clientFor()
    for (let index = 0; index < 20; index += 1) await client.list(POD, { namespace: 'team' })
    // over HTTP/1.1 the next request may leave before the last one is quite over
    expect(api.connections).toBeLessThanOrEqual(2)
    await client.close()
    await vi.waitFor(() => expect(api.connections).toBe(0))
    await expect(client.list(POD)).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('applies, reads, patches, lists and deletes', async () => {
    const client = await clientFor()
    await client.apply(POD, pod('a', { spec: { x: 1 } }), { fieldManager: 'me', force: true })
    const wire = api.requests.at(-1)
    expect(wire).toMatchObject({ kind: 'apply', contentType: 'application/apply-patch+yaml', user: 'jane' })
    expect(new URLSearchParams(wire?.query)).toEqual(
      new URLSearchParams('fieldManager=me&force=true&fieldValidation=Strict'),
    )
    await client.patch(POD, 'a', 'team', { metadata: { labels: { a: 'b' } } })
    expect(await client.get(POD, 'a', 'team')).toMatchObject({ spec: { x: 1 }, metadata: { labels: { a: 'b' } } })
    expect((await client.list(POD, { namespace: 'team', labelSelector: 'a=b' })).items).toHaveLength(1)
    expect((await client.list(POD, { namespace: 'team', labelSelector: 'a!=b' })).items).toHaveLength(0)
    await client.delete(POD, 'a', 'team')
    await client.delete(POD, 'a', 'team')
    await expect(client.get(POD, 'a', 'team')).rejects.toMatchObject({ status: 404, reason: 'NotFound' })
  })

  it('replaces what it has read, unless that has moved on', async () => {
    const client = await clientFor()
    const first = await client.create(CONFIG_MAP, { ...pod('c'), kind: 'ConfigMap', data: { a: '1' } })
    const second = await client.replace(CONFIG_MAP, { ...first, data: { a: '2' } })
    expect(api.requests.at(-1)).toMatchObject({ kind: 'replace', method: 'PUT', query: '?fieldValidation=Strict' })
    expect(second).toMatchObject({ data: { a: '2' }, metadata: { uid: first.metadata.uid } })
    const late = client.replace(CONFIG_MAP, { ...first, data: { a: '3' } })
    await expect(late).rejects.toMatchObject({ status: 409, reason: 'Conflict' })
  })

  it('applies a status by its own path', async () => {
    const client = await clientFor()
    await client.create(POD, pod('a', { spec: { x: 1 } }))
    const wanted = pod('a', { status: { phase: 'Running' } })
    const after = await client.apply(POD, wanted, { fieldManager: 'me', subresource: 'status' })
    expect(api.requests.at(-1)).toMatchObject({ path: '/api/v1/namespaces/team/pods/a/status', kind: 'apply' })
    expect(after).toMatchObject({ spec: { x: 1 }, status: { phase: 'Running' } })
  })

  it('reads a list page by page, and gives its items their kind', async () => {
    for (let index = 0; index < 1203; index += 1) {
      api.store.put(CONFIG_MAP, { apiVersion: '', kind: '', metadata: { name: `m${index}`, namespace: 'team' } })
    }
    const client = await clientFor()
    const { items, resourceVersion } = await client.list(CONFIG_MAP, { namespace: 'team' })
    expect(items).toHaveLength(1203)
    expect(items[0]).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' })
    expect(resourceVersion).toBe(String(api.store.version))
    expect(api.requests.filter(({ kind }) => kind === 'list')).toHaveLength(3)
  })

  it('signs in by client certificate', async () => {
    const { certPem, keyPem } = api.ca.issue({ commonName: 'eve' })
    const base64 = (pem: string) => Buffer.from(pem).toString('base64')
    const user = { 'client-certificate-data': base64(certPem), 'client-key-data': base64(keyPem) }
    expect(await (await clientFor({ user })).whoAmI()).toMatchObject({ username: 'eve' })
  })

  it('dials a pod', async () => {
    api.store.put(POD, pod('a'))
    const stream = await (await clientFor()).dialPod('team', 'a', 8080)
    const answer = new Promise((resolve) => stream.once('data', (chunk: Buffer) => resolve(chunk.toString())))
    stream.write('hello')
    expect(await answer).toBe('hello')
    stream.destroy()
    await vi.waitFor(() => expect(api.forwards.count).toBe(0))
  })

  it('asks for rights and logs', async () => {
    api.allows = ({ verb }) => verb !== 'delete'
    api.store.put(POD, pod('a'))
    api.logs.set('team/a', 'line one\n')
    const client = await clientFor()
    expect(await client.canI({ verb: 'create', resource: 'pods', namespace: 'team' })).toBe(true)
    expect(await client.canI({ verb: 'delete', resource: 'pods', namespace: 'team' })).toBe(false)
    expect(await client.log('team', 'a', {})).toBe('line one\n')
    await expect(client.delete(POD, 'a', 'team')).rejects.toMatchObject({ status: 403, reason: 'Forbidden' })
  })
})

it.each([
  ['kubeconfig', (proxy: string) => [{ cluster: { 'proxy-url': proxy } }, {}] as const],
  [
    'environment',
    (proxy: string) =>
      [
        { server: 'https://kube.test:6443', cluster: { 'tls-server-name': 'localhost' } },
        { HTTPS_PROXY: proxy, NO_PROXY: 'other.test' },
      ] as const,
  ],
])('goes through the proxy that the %s names, for requests and for pods', async (_, naming) => {
  const asked: string[] = []
  const proxy = createServer().listen(0, '127.0.0.1')
  proxy.on('connect', (request, socket) => {
    asked.push(request.url ?? '')
    // whatever it is called, behind this proxy stands the fake
    const { port, hostname } = new URL(api.url)
    const upstream = connectTcp(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      upstream.pipe(socket).pipe(upstream)
    })
    upstream.on('error', () => socket.destroy())
    socket.on('error', () => upstream.destroy())
    socket.on('close', () => upstream.destroy())
  })
  await new Promise((resolve) => proxy.once('listening', resolve))
  const { port } = proxy.address() as AddressInfo
  api.store.put(POD, pod('a'))
  const [config, env] = naming(`http://127.0.0.1:${port}`)
  const client = await clientFor(config, { env: { PATH: '/usr/bin:/bin', ...env } })
  expect((await client.list(POD)).items).toHaveLength(1)
  const stream = await client.dialPod('team', 'a', 80)
  stream.destroy()
  const { host } = new URL(client.server)
  expect(asked).toEqual([host, host])
  await client.close()
  await new Promise((resolve) => proxy.close(resolve))
})

it('dials anew when told that the network changed', async () => {
  const client = await clientFor()
  await client.list(POD)
  client.redial()
  await vi.waitFor(() => expect(api.connections).toBe(0))
  await client.list(POD)
  expect(api.connections).toBe(1)
})

it('dials anew when the door that was shut is open, although nothing told that the old connection is dead', async () => {
  await api.close()
  api = await createFakeApiServer({ http2: true })
  const path = await createTcpPath(Number(new URL(api.url).port))
  try {
    const client = await clientFor({ server: `https://127.0.0.1:${path.port}` })
    await client.list(POD)
    expect(await client.knock?.()).toBe(true)
    await client.list(POD)
    // the list's and the knock
    expect(path.dialled).toBe(2)
    path.swallow()
    path.shut()
    expect(await client.knock?.()).toBe(false)
    await path.reopen()
    expect(await client.knock?.()).toBe(true)
    const before = path.dialled
    expect((await client.list(POD)).items).toEqual([])
    expect(path.dialled).toBe(before + 1)
    await client.close()
  } finally {
    await path.close()
  }
})

it('leaves a connection that carries nothing any more after one late answer', async () => {
  await api.close()
  api = await createFakeApiServer({ http2: true })
  const path = await createTcpPath(Number(new URL(api.url).port))
  try {
    const client = await clientFor({ server: `https://127.0.0.1:${path.port}` }, { answerTimeoutMs: 20_000 })
    await client.list(POD)
    path.swallow()
    const late = new AbortController()
    const list = client.list(POD, { signal: late.signal })
    setImmediate(() => late.abort(new DOMException('late', 'TimeoutError')))
    await expect(list).rejects.toMatchObject({ code: 'cluster-slow' })
    expect((await client.list(POD)).items).toEqual([])
    expect(path.dialled).toBe(2)
    await client.close()
  } finally {
    await path.close()
  }
})

describe('failures', () => {
  it('tells refusals with what decides the next step', async () => {
    const client = await clientFor()
    api.faults.add({ type: 'status', status: 429, retryAfterSeconds: 7 }, { times: 1 })
    await expect(client.list(POD)).rejects.toMatchObject({ status: 429, retryAfterMs: 7000 })
    await client.create(POD, pod('a'))
    const again = client.create(POD, pod('a'))
    await expect(again).rejects.toBeInstanceOf(ApiError)
    await expect(again).rejects.toMatchObject({ reason: 'AlreadyExists' })
  })

  it.each([
    ['a reset', { type: 'reset' }, 'cluster-unreachable'],
    ['half an answer', { type: 'half' }, 'cluster-unreachable'],
    ['silence', { type: 'silence' }, 'cluster-slow'],
    ['a web page', { type: 'html' }, 'cluster-not-kubernetes'],
    ['a web page that is missing', { type: 'html', status: 404 }, 'cluster-not-kubernetes'],
    ['a login page', { type: 'html', status: 401 }, 'cluster-not-kubernetes'],
    ['a redirect', { type: 'html', status: 302 }, 'cluster-not-kubernetes'],
  ] as const)('%s', async (_, fault, code) => {
    const client = await clientFor({}, { answerTimeoutMs: 700 })
    api.faults.add(fault)
    await expect(client.list(POD)).rejects.toMatchObject({ name: 'AppError', code })
  })

  it('nobody listens', async () => {
    const client = await clientFor()
    await api.goDark()
    await expect(client.list(POD)).rejects.toMatchObject({ code: 'cluster-unreachable' })
    await api.comeBack()
    expect((await client.list(POD)).items).toEqual([])
  })

  it('a server that accepts and never shakes hands', async () => {
    const tcp = createTcp((socket) => socket.resume().on('error', () => undefined)).listen(0, '127.0.0.1')
    await new Promise((resolve) => tcp.once('listening', resolve))
    const { port } = tcp.address() as AddressInfo
    const client = await clientFor({ server: `https://127.0.0.1:${port}` }, { connectTimeoutMs: 300 })
    await expect(client.list(POD)).rejects.toMatchObject({ code: 'cluster-unreachable' })
    await client.close()
    await new Promise((resolve) => tcp.close(resolve))
  })

  it('a server that speaks plain http', async () => {
    const http = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1')
    await new Promise((resolve) => http.once('listening', resolve))
    const { port } = http.address() as AddressInfo
    const client = await clientFor({ server: `https://127.0.0.1:${port}` })
    await expect(client.list(POD)).rejects.toMatchObject({ code: 'cluster-not-kubernetes' })
    await new Promise((resolve) => http.close(resolve))
  })

  it('a wrong CA', async () => {
    const client = await clientFor({ ca: createAuthority('fake-cluster-ca').certPem })
    await expect(client.list(POD)).rejects.toMatchObject({ code: 'cluster-certificate-untrusted' })
  })

  it('an end from outside', async () => {
    const client = await clientFor()
    api.faults.add({ type: 'silence' })
    const abort = new AbortController()
    const list = client.list(POD, { signal: abort.signal })
    await vi.waitFor(() => expect(api.requests).toHaveLength(1))
    abort.abort()
    await expect(list).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('no message or property of an error holds the token', async () => {
    const client = await clientFor({ token: 'tok-en-secret' })
    const failure: unknown = await client.list(POD).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'signed-out' })
    const seen = JSON.stringify(failure, Object.getOwnPropertyNames(failure)) + String(failure)
    expect(seen).not.toContain('tok-en-secret')
  })
})

describe('credentials that change', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'client-'))
  })
  afterEach(async () => {
    await rm(folder, { recursive: true })
  })

  it('reads a token file again when its token is refused', async () => {
    await writeFile(join(folder, 'token'), 'first')
    api.tokens.set('first', 'jane')
    const client = await clientFor({ user: { tokenFile: 'token' } }, {}, folder)
    expect(await client.whoAmI()).toMatchObject({ username: 'jane' })
    api.tokens.delete('first')
    await expect(client.whoAmI()).rejects.toMatchObject({ code: 'signed-out' })
    api.tokens.set('second', 'jane')
    await writeFile(join(folder, 'token'), 'second')
    expect(await client.whoAmI()).toMatchObject({ username: 'jane' })
    expect(api.connections).toBeLessThanOrEqual(2)
  })

  it('runs the plugin once more after a 401, and asks the server once more', async () => {
    const answer = JSON.stringify({
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: 'TOKEN' },
    })
    const script = `#!/bin/sh\nread token < "${folder}/now"\necho '${answer}' | sed "s/TOKEN/$token/"\n`
    await writeFile(join(folder, 'login'), script, { mode: 0o755 })
    await writeFile(join(folder, 'now'), 'first\n')
    api.tokens.set('first', 'jane')
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: './login' }
    const client = await clientFor({ user: { exec } }, {}, folder)
    await client.whoAmI()
    api.tokens.delete('first')
    api.tokens.set('second', 'jane')
    await writeFile(join(folder, 'now'), 'second\n')
    expect(await client.whoAmI()).toMatchObject({ username: 'jane' })
    expect(api.requests.map(({ user }) => user)).toEqual(['jane', undefined, 'jane'])
  })
})
