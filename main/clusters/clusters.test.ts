// The clusters from kubeconfig to provider, against a fake API server: states, consent, namespaces, change and memory.
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createFakeApiServer, type Attributes, type FakeApiServer } from '../../e2e/fakes/api-server.ts'
import { createAuthority } from '../../e2e/fakes/certificates.ts'
import type { ClusterView } from '../../shared/domain/cluster.ts'
import type { Clusters } from '../core-services.ts'
import { userNamespace } from '../../shared/domain/names.ts'
import type { AppError } from '../../shared/errors.ts'
import { SILENT } from '../logging/logger.ts'
import type { SessionProvider } from '../sessions/provider.ts'
import { createClusters, type ClustersOptions } from './clusters.ts'
import type { ConnectedCluster } from './kube-cluster.ts'
import { podProvider } from './pod-provider-fixture.ts'

let folder: string
let config: string
let api: FakeApiServer
const open: Clusters[] = []
const connected: ConnectedCluster[] = []
let disposed = 0

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clusters-'))
  config = join(folder, '.kube', 'config')
  await mkdir(join(folder, '.kube'))
  api = await createFakeApiServer({ bookmarkMs: 50 })
  connected.length = 0
  disposed = 0
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((clusters) => clusters.dispose()))
  await api.close()
  await rm(folder, { recursive: true })
})

const createPodProvider = (cluster: ConnectedCluster): SessionProvider => {
  connected.push(cluster)
  return podProvider(cluster, () => {
    disposed += 1
  })
}
function clustersOf(options: Partial<ClustersOptions> = {}): Clusters {
  const clusters = createClusters({
    env: { HOME: folder, PATH: '/usr/bin:/bin' },
    dataDir: join(folder, 'data'),
    log: SILENT,
    createProvider: createPodProvider,
    debounceMs: 20,
    limits: { answerTimeoutMs: 1000, connectTimeoutMs: 1000, pluginTimeoutMs: 5000 },
    ...options,
  })
  open.push(clusters)
  return clusters
}
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 8000, interval: 10 })
async function found(clusters: Clusters): Promise<ClusterView> {
  await eventually(() => expect(clusters.snapshot.clusters.length).toBeGreaterThan(0))
  await eventually(() => expect(clusters.snapshot.searching).toBe(false))
  const view = clusters.snapshot.clusters[0]
  if (!view) throw new Error('no cluster')
  return view
}
const viewOf = (clusters: Clusters, id: string) => clusters.snapshot.clusters.find((view) => view.id === id)
const onlyPodsIn = (namespace: string) => (asked: { namespace: string | undefined }) => asked.namespace === namespace

describe('finding', () => {
  it('shows contexts without asking their clusters anything', async () => {
    await writeFile(config, api.kubeconfig())
    const view = await found(clustersOf())
    expect(view).toMatchObject({ name: 'fake', kind: 'kubeconfig', state: 'idle', removable: false, namespace: 'team' })
    expect(view.source).toBe('config')
    expect(api.requests).toEqual([])
  })

  it('says nothing of a file that nobody promised', async () => {
    const clusters = clustersOf()
    await eventually(() => expect(clusters.snapshot.searching).toBe(false))
    expect(clusters.snapshot).toMatchObject({ clusters: [], problems: [] })
  })

  it('notices when a file that a kubeconfig points to comes, and when one that could not be used is mended', async () => {
    const authority = createAuthority('people')
    const [old, fresh] = [Date.now() - 1000, Date.now() + 3_600_000].map((notAfter) =>
      authority.issue({ commonName: 'jane' }, { notAfter }),
    )
    const files = { 'client-certificate': 'jane.crt', 'client-key': 'jane.key' }
    await writeFile(config, api.kubeconfig({ user: files }))
    const clusters = clustersOf()
    const { id, error } = await found(clusters)
    expect(error?.code).toBe('kubeconfig-file-reference')
    const put = async (certificate: typeof old): Promise<void> => {
      await writeFile(join(folder, '.kube', 'jane.key'), certificate?.keyPem ?? '')
      await writeFile(join(folder, '.kube', 'jane.crt'), certificate?.certPem ?? '')
    }
    await put(old)
    await eventually(() => expect(viewOf(clusters, id)?.error?.code).toBe('client-certificate-expired'))
    await put(fresh)
    await eventually(() => expect(viewOf(clusters, id)).toMatchObject({ state: 'idle' }))
    expect(viewOf(clusters, id)?.error).toBeUndefined()
  })

  it('notices a new kubeconfig, and keeps the last one while a file is broken', async () => {
    const clusters = clustersOf()
    await eventually(() => expect(clusters.snapshot.searching).toBe(false))
    await writeFile(config, api.kubeconfig())
    const { id } = await found(clusters)
    await writeFile(config, 'a: [broken')
    await eventually(() => expect(clusters.snapshot.problems[0]?.error.code).toBe('kubeconfig-not-yaml'))
    expect(viewOf(clusters, id)).toBeDefined()
    await writeFile(config, api.kubeconfig({ contextName: 'other' }))
    await eventually(() => expect(clusters.snapshot.clusters.map(({ name }) => name)).toEqual(['other']))
    expect(clusters.snapshot.problems).toEqual([])
  })
})

describe('connecting', () => {
  it('goes live, with user, namespace and provider', async () => {
    await writeFile(config, api.kubeconfig())
    const clusters = clustersOf()
    const { id } = await found(clusters)
    await clusters.select(id)
    await eventually(() => expect(viewOf(clusters, id)?.state).toBe('live'))
    expect(viewOf(clusters, id)).toMatchObject({ user: 'jane', namespace: 'team', mode: 'direct' })
    expect(clusters.snapshot.activeId).toBe(id)
    expect([...clusters.providers.keys()]).toEqual([id])
    expect(connected[0]).toMatchObject({ namespace: 'team', user: { username: 'jane' }, offer: 'direct' })
  })

  describe('where the operator’s kinds are served', () => {
    const own = userNamespace('jane')
    const userOf = (namespace: string) => (asked: Attributes) =>
      asked.resource === 'vditemplates' || (asked.namespace === namespace && asked.resource !== 'namespaces')
    const onlySessions = (namespace: string) => (asked: Attributes) =>
      userOf(namespace)(asked) && !(asked.resource === 'pods' && asked.verb === 'create' && !asked.subresource)
    beforeEach(async () => {
      await api.close()
      api = await createFakeApiServer({ groups: ['vdi.kasm-operator.io/v1alpha1'] })
    })
    async function connect(chosen?: string): Promise<{ readonly error: AppError | undefined }> {
      await writeFile(config, api.kubeconfig())
      const clusters = clustersOf()
      const { id } = await found(clusters)
      const trial = chosen === undefined ? clusters.select(id) : clusters.setNamespace(id, chosen)
      return {
        error: await trial.then(
          () => undefined,
          (thrown: AppError) => thrown,
        ),
      }
    }

    it('finds the person’s own namespace by their name, without listing any', async () => {
      api.allows = onlySessions(own)
      await connect()
      expect(connected[0]).toMatchObject({ offer: 'operator', namespace: own })
      expect(api.requests.some(({ kind, plural }) => kind === 'list' && plural === 'namespaces')).toBe(false)
    })
    it('takes the context’s namespace where that is where they may make sessions', async () => {
      api.allows = onlySessions('team')
      await connect()
      expect(connected[0]).toMatchObject({ offer: 'operator', namespace: 'team' })
    })
    it('takes the chosen namespace before both', async () => {
      api.allows = (asked) => onlySessions(own)(asked) || onlySessions('mine')(asked)
      await connect('mine')
      expect(connected[0]).toMatchObject({ offer: 'operator', namespace: 'mine' })
    })
    it('uses the cluster directly for an admin who is no user of it', async () => {
      await connect()
      expect(connected[0]).toMatchObject({ offer: 'direct', namespace: 'team' })
    })
    it('takes an admin to their own namespace once they are one', async () => {
      const metadata = { name: own, labels: { 'vdi.kasm-operator.io/user': 'jane' } }
      api.store.put(
        { group: '', version: 'v1', plural: 'namespaces' },
        { apiVersion: 'v1', kind: 'Namespace', metadata },
      )
      await connect()
      expect(connected[0]).toMatchObject({ offer: 'operator', namespace: own })
    })
    it('uses the cluster directly where pods may be made and sessions may not', async () => {
      api.allows = (asked) => userOf('team')(asked) && asked.resource !== 'vdisessions'
      await connect()
      expect(connected[0]).toMatchObject({ offer: 'direct', namespace: 'team' })
    })
    it('says whom an admin has to add when neither is allowed', async () => {
      api.allows = () => false
      const { error } = await connect()
      expect(error?.toView()).toMatchObject({
        code: 'not-admitted',
        sentence: 'An admin has to add you first.',
        nextStep: 'Give your admin the name by which this cluster knows you: jane',
      })
      expect(connected).toEqual([])
    })
    it.each([
      ['list vditemplates', (asked: Attributes) => asked.resource === 'vditemplates'],
      ['get secrets', (asked: Attributes) => asked.resource === 'secrets'],
      ['create pods/portforward', (asked: Attributes) => asked.subresource === 'portforward'],
      ['watch vdisessions', (asked: Attributes) => asked.resource === 'vdisessions' && asked.verb === 'watch'],
    ])('names the right that is missing: %s', async (words, isMissing) => {
      api.allows = (asked) => onlySessions(own)(asked) && !isMissing(asked)
      const { error } = await connect()
      expect(error?.sentence).toBe(`You may not ${words} in the namespace ${own}.`)
    })
  })

  it('is stale while the watch is cut, and live again after it', async () => {
    await writeFile(config, api.kubeconfig())
    const clusters = clustersOf()
    const { id } = await found(clusters)
    await clusters.select(id)
    await eventually(() => expect(viewOf(clusters, id)?.state).toBe('live'))
    await api.goDark()
    await eventually(() => expect(viewOf(clusters, id)?.state).toBe('stale'))
    await api.comeBack()
    await clusters.refresh()
    await eventually(() => expect(viewOf(clusters, id)?.state).toBe('live'))
    expect(viewOf(clusters, id)?.error).toBeUndefined()
  })

  it('leaves no connection behind', async () => {
    await writeFile(config, api.kubeconfig())
    const clusters = clustersOf()
    await clusters.select((await found(clusters)).id)
    expect(api.connections).toBeGreaterThan(0)
    await clusters.dispose()
    await eventually(() => expect(api.connections).toBe(0))
    expect(disposed).toBe(1)
  })

  it('comes back to the selected cluster by itself in the next run', async () => {
    await writeFile(config, api.kubeconfig())
    const first = clustersOf()
    const { id } = await found(first)
    await first.select(id)
    await first.dispose()
    const second = clustersOf()
    await eventually(() => expect(viewOf(second, id)?.state).toBe('live'))
    expect(second.snapshot.activeId).toBe(id)
  })

  it('takes a rotated token from the kubeconfig', async () => {
    await writeFile(config, api.kubeconfig({ token: 'old' }))
    const clusters = clustersOf()
    const { id } = await found(clusters)
    await expect(clusters.select(id)).rejects.toMatchObject({ code: 'signed-out' })
    expect(viewOf(clusters, id)?.state).toBe('signed-out')
    await writeFile(config, api.kubeconfig())
    await eventually(() => expect(viewOf(clusters, id)?.state).toBe('live'))
  })
})

describe('a cluster that cannot be used', () => {
  const stranger = createAuthority('fake-cluster-ca')
  it.each([
    ['a wrong CA', () => api.kubeconfig({ ca: stranger.certPem }), 'cluster-certificate-untrusted', 'invalid'],
    ['plain http', () => api.kubeconfig({ server: 'http://127.0.0.1:1' }), 'kubeconfig-plain-http', 'invalid'],
    [
      'TLS not checked',
      () => api.kubeconfig({ cluster: { 'insecure-skip-tls-verify': true } }),
      'kubeconfig-insecure',
      'invalid',
    ],
    ['nobody there', () => api.kubeconfig({ server: 'https://127.0.0.1:1' }), 'cluster-unreachable', 'unreachable'],
    ['a token that is not known', () => api.kubeconfig({ token: 'x' }), 'signed-out', 'signed-out'],
  ])('%s', async (_, text, code, state) => {
    await writeFile(config, text())
    const clusters = clustersOf()
    const { id } = await found(clusters)
    await expect(clusters.select(id)).rejects.toMatchObject({ code })
    expect(viewOf(clusters, id)).toMatchObject({ state, error: { code } })
    expect(clusters.providers.size).toBe(0)
  })

  it('is not Kubernetes', async () => {
    api.faults.add({ type: 'html' })
    await writeFile(config, api.kubeconfig())
    const clusters = clustersOf()
    const { id } = await found(clusters)
    await expect(clusters.select(id)).rejects.toMatchObject({ code: 'cluster-not-kubernetes' })
  })

  it('is tried again by itself once it could not be reached', async () => {
    await writeFile(config, api.kubeconfig())
    const clusters = clustersOf()
    const { id } = await found(clusters)
    await api.goDark()
    await expect(clusters.select(id)).rejects.toMatchObject({ code: 'cluster-unreachable' })
    await api.comeBack()
    await eventually(() => expect(viewOf(clusters, id)?.state).toBe('live'))
  })
})

describe('rights and namespaces', () => {
  it('tells the right that is missing in the named namespace', async () => {
    api.allows = ({ resource, verb }) => !(resource === 'secrets' && verb === 'create')
    await writeFile(config, api.kubeconfig())
    const clusters = clustersOf()
    const { id } = await found(clusters)
    await expect(clusters.select(id)).rejects.toMatchObject({
      code: 'cluster-forbidden',
      sentence: 'You may not create secrets in the namespace team.',
    })
    expect(viewOf(clusters, id)?.state).toBe('forbidden')
  })

  it('asks for a namespace where the default one is not allowed, and remembers the answer', async () => {
    api.allows = onlyPodsIn('mine')
    await writeFile(config, api.kubeconfig({ namespace: '' }))
    const clusters = clustersOf()
    const { id } = await found(clusters)
    await expect(clusters.select(id)).rejects.toMatchObject({ code: 'no-namespace' })
    await clusters.setNamespace(id, 'mine')
    await eventually(() => expect(viewOf(clusters, id)).toMatchObject({ state: 'live', namespace: 'mine' }))
    await clusters.dispose()
    const next = clustersOf()
    await eventually(() => expect(viewOf(next, id)).toMatchObject({ state: 'live', namespace: 'mine' }))
  })

  it('uses the default namespace only where pods may be made there', async () => {
    api.allows = onlyPodsIn('default')
    await writeFile(config, api.kubeconfig({ namespace: '' }))
    const clusters = clustersOf()
    await clusters.select((await found(clusters)).id)
    expect(connected[0]?.namespace).toBe('default')
  })
})

describe.skipIf(process.platform === 'win32')('exec plugins', () => {
  const apiVersion = 'client.authentication.k8s.io/v1'
  async function withPlugin(): Promise<void> {
    const answer = JSON.stringify({ apiVersion, kind: 'ExecCredential', status: { token: 'user-token' } })
    await writeFile(join(folder, 'login'), `#!/bin/sh\ntouch "${folder}/ran"\necho '${answer}'\n`)
    await chmod(join(folder, 'login'), 0o755)
    await writeFile(
      config,
      api.kubeconfig({ user: { exec: { apiVersion, command: join(folder, 'login'), args: ['a'] } } }),
    )
  }
  const ran = () =>
    stat(join(folder, 'ran')).then(
      () => true,
      () => false,
    )

  it('that fail are quoted without what they hold', async () => {
    await withPlugin()
    await writeFile(join(folder, 'login'), '#!/bin/sh\necho "no luck with Bearer canary-1234567890" >&2\nexit 3\n')
    const clusters = clustersOf()
    const { id, plugin } = await found(clusters)
    await expect(clusters.trustPlugin(id, plugin?.fingerprint ?? '')).rejects.toMatchObject({ code: 'plugin-failed' })
    const detail = viewOf(clusters, id)?.error?.detail
    expect(detail).toContain('exit code 3. no luck')
    expect(JSON.stringify(clusters.snapshot)).not.toContain('canary')
  })

  it('run only after consent, which is remembered until the program changes', async () => {
    await withPlugin()
    const clusters = clustersOf()
    const { id, state, plugin } = await found(clusters)
    expect(state).toBe('needs-consent')
    expect(plugin).toMatchObject({ args: ['a'], resolvedPath: expect.stringContaining('login') as string })
    await expect(clusters.select(id)).rejects.toMatchObject({ code: 'plugin-not-allowed' })
    await clusters.refresh()
    await expect(clusters.trustPlugin(id, 'f'.repeat(64))).rejects.toMatchObject({ code: 'bad-request' })
    expect(await ran()).toBe(false)
    await clusters.trustPlugin(id, plugin?.fingerprint ?? '')
    await eventually(() => expect(viewOf(clusters, id)?.state).toBe('live'))
    expect(await ran()).toBe(true)
    await clusters.dispose()

    const next = clustersOf()
    await eventually(() => expect(viewOf(next, id)?.state).toBe('live'))
    await next.dispose()
    await writeFile(join(folder, 'login'), '#!/bin/sh\necho evil\n')
    await rm(join(folder, 'ran'))
    const last = clustersOf()
    await eventually(() => expect(viewOf(last, id)?.state).toBe('needs-consent'))
    expect(await ran()).toBe(false)
  })

  it('that are absent are named', async () => {
    await writeFile(config, api.kubeconfig({ user: { exec: { apiVersion, command: 'no-such-login' } } }))
    const clusters = clustersOf()
    const { id } = await found(clusters)
    await expect(clusters.select(id)).rejects.toMatchObject({ code: 'plugin-missing' })
  })
})

describe('adding by hand', () => {
  it('keeps a pasted kubeconfig for its owner alone, until it is removed', async () => {
    const clusters = clustersOf()
    const [id = ''] = await clusters.addText('pasted', api.kubeconfig())
    expect(viewOf(clusters, id)).toMatchObject({ source: 'pasted', removable: true, state: 'idle' })
    const kept = join(folder, 'data', 'kubeconfigs')
    const [name = ''] = await readdir(kept)
    expect((await stat(join(kept, name))).mode & 0o777).toBe(0o600)
    expect(await readFile(join(folder, 'data', 'clusters.json'), 'utf8')).not.toContain('user-token')
    await clusters.select(id)
    await clusters.dispose()

    const next = clustersOf()
    await eventually(() => expect(viewOf(next, id)?.state).toBe('live'))
    await next.remove(id)
    expect(next.snapshot.clusters).toEqual([])
    expect(next.providers.size).toBe(0)
    await expect(stat(join(kept, name))).rejects.toThrow('ENOENT')
  })

  it('adds a file by its path and follows it', async () => {
    const path = join(folder, 'other.yaml')
    await writeFile(path, api.kubeconfig())
    const clusters = clustersOf()
    const [id = ''] = await clusters.addFile(path)
    await clusters.select(id)
    await writeFile(path, api.kubeconfig({ namespace: 'moved' }))
    await eventually(() => expect(viewOf(clusters, id)).toMatchObject({ state: 'live', namespace: 'moved' }))
  })

  it('shows the usual kubeconfig once, when it is chosen by hand too', async () => {
    await writeFile(config, api.kubeconfig())
    const clusters = clustersOf()
    const { id } = await found(clusters)
    expect(await clusters.addFile(config)).toEqual([id])
    expect(clusters.snapshot.clusters).toHaveLength(1)
  })

  it.each([
    ['empty', '', 'kubeconfig-empty'],
    ['not YAML', 'a: [', 'kubeconfig-not-yaml'],
    ['of 10 MB', 'x'.repeat(10 * 1024 * 1024), 'kubeconfig-too-large'],
    ['without contexts', 'apiVersion: v1\n', 'kubeconfig-no-context'],
  ])('refuses one that is %s and keeps nothing of it', async (_, text, code) => {
    const clusters = clustersOf()
    await expect(clusters.addText('pasted', text)).rejects.toMatchObject({ code })
    expect(clusters.snapshot.clusters).toEqual([])
    await expect(stat(join(folder, 'data', 'kubeconfigs'))).rejects.toThrow('ENOENT')
  })

  it('takes back one context of several', async () => {
    const one = JSON.parse(api.kubeconfig({ contextName: 'a' })) as { contexts: { name: string }[] }
    one.contexts.push({ ...one.contexts[0], name: 'b' })
    const clusters = clustersOf()
    const ids = await clusters.addText('pasted', JSON.stringify(one))
    await clusters.remove(ids[0] ?? '')
    expect(clusters.snapshot.clusters.map(({ name }) => name)).toEqual(['b'])
    await clusters.addText('pasted', JSON.stringify(one))
    expect(clusters.snapshot.clusters.map(({ name }) => name).sort()).toEqual(['a', 'b'])
  })

  it('does not remove what it did not add', async () => {
    await writeFile(config, api.kubeconfig())
    const clusters = clustersOf()
    const { id } = await found(clusters)
    await expect(clusters.remove(id)).rejects.toMatchObject({ code: 'cluster-unknown' })
  })
})

it('has the demo beside the others', async () => {
  const demo = {
    id: 'demo',
    name: 'Demo',
    createProvider: () => ({
      ...createPodProvider({
        createReflector: () => ({ state: 'live', since: 1, onChange: () => () => undefined, stop: () => undefined }),
      } as unknown as ConnectedCluster),
      mode: 'demo' as const,
    }),
  }
  const clusters = clustersOf({ demo })
  await eventually(() => expect(clusters.snapshot.searching).toBe(false))
  expect(clusters.snapshot.clusters).toMatchObject([{ id: 'demo', kind: 'demo', state: 'idle' }])
  await clusters.select('demo')
  expect(clusters.snapshot).toMatchObject({ activeId: 'demo', clusters: [{ state: 'live', mode: 'demo' }] })
  expect([...clusters.providers.keys()]).toEqual(['demo'])
})
