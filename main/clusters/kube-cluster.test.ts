// One cluster's state, against a fake API server: who speaks for it.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createFakeApiServer, type FakeApiServer } from '../../e2e/fakes/api-server.ts'
import { SECRET } from '../../kube/types.ts'
import { SILENT } from '../logging/logger.ts'
import { loadSource } from '../../kube/kubeconfig/sources.ts'
import { createFakeTimers, type FakeTimers } from '../../kube/testing/fake-timers.ts'
import { createClusters } from './clusters.ts'
import { createKubeCluster, type ConnectedCluster, type KubeCluster } from './kube-cluster.ts'
import { podProvider } from './pod-provider-fixture.ts'

it('is signed out as soon as anybody is refused, and live again when nobody is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kube-cluster-'))
  const api = await createFakeApiServer({ bookmarkMs: 50 })
  await mkdir(join(folder, '.kube'))
  await writeFile(join(folder, '.kube', 'config'), api.kubeconfig())
  let cluster: ConnectedCluster | undefined
  const clusters = createClusters({
    env: { HOME: folder, PATH: '/usr/bin:/bin' },
    dataDir: join(folder, 'data'),
    log: SILENT,
    createProvider: (made) => podProvider((cluster = made), () => undefined),
    debounceMs: 20,
  })
  const state = (wanted: string) =>
    vi.waitFor(() => expect(clusters.snapshot.clusters[0]?.state).toBe(wanted), { timeout: 8000, interval: 10 })
  try {
    await state('idle')
    const id = clusters.snapshot.clusters[0]?.id ?? ''
    await clusters.select(id)
    await state('live')
    api.tokens.delete('user-token')
    // the provider's own watch still stands: only this one learns of it
    const late = cluster?.createReflector(SECRET, { namespace: 'team' })
    await state('signed-out')
    expect(clusters.snapshot.clusters[0]?.error?.code).toBe('signed-out')
    api.tokens.set('user-token', 'jane')
    late?.retryNow()
    await state('live')
    expect(clusters.snapshot.clusters[0]?.error).toBeUndefined()
  } finally {
    await clusters.dispose()
    await api.close()
    await rm(folder, { recursive: true })
  }
})

describe('a server that could not be reached and listens again', () => {
  let api: FakeApiServer
  let timers: FakeTimers
  let cluster: KubeCluster
  let tries: number

  beforeEach(async () => {
    api = await createFakeApiServer({ bookmarkMs: 50 })
    const { contexts } = await loadSource({ type: 'text', key: 'k', name: 'pasted', text: api.kubeconfig() })
    const found = contexts[0]
    if (!found) throw new Error('no context')
    timers = createFakeTimers(Date.now())
    tries = 0
    let before = ''
    cluster = createKubeCluster({
      ...{ id: 'k', removable: false, env: { PATH: '/usr/bin:/bin' }, log: SILENT, timers },
      isTrusted: () => false,
      chosenNamespace: () => undefined,
      createProvider: (made) => podProvider(made, () => undefined),
      changed: () => {
        if (cluster.view.state === 'connecting' && before !== 'connecting') tries += 1
        before = cluster.view.state
      },
    })
    await api.goDark()
    await cluster.update(found)
    await cluster.connect().catch(() => undefined)
    await until(() => tries === 5 && cluster.view.state === 'unreachable')
    // the next try is 30 s away now
  })
  afterEach(async () => {
    await cluster.dispose()
    await api.close()
  })

  /** Lets time pass until that holds. @returns how long it took, ms */
  async function until(check: () => boolean): Promise<number> {
    const from = timers.now()
    await vi.waitFor(
      async () => {
        if (check()) return
        await timers.advance(100)
        expect(check()).toBe(true)
      },
      { timeout: 8000, interval: 5 },
    )
    return timers.now() - from
  }

  it('is connected soon, long before the next try', async () => {
    await api.comeBack()
    expect(await until(() => cluster.view.state === 'live')).toBeLessThan(15_000)
  })

  it.each([401, 403])('is no less connected for answering %i at first', async (status) => {
    const states = new Set<string>()
    const mend = api.faults.add({ type: 'status', status })
    await api.comeBack()
    await until(() => {
      states.add(cluster.view.state)
      return tries === 7
    })
    mend()
    await until(() => cluster.view.state === 'live')
    expect([...states].sort()).toEqual(['connecting', 'unreachable'])
    expect(cluster.view.error).toBeUndefined()
  })

  it.each([
    [401, 'signed-out'],
    [403, 'forbidden'],
  ] as const)('is believed when it still answers %i after some seconds', async (status, state) => {
    api.faults.add({ type: 'status', status })
    await api.comeBack()
    await until(() => cluster.view.state === state)
    expect(tries).toBeLessThanOrEqual(10)
  })
})

it.each([
  [401, 'signed-out'],
  [403, 'forbidden'],
] as const)('takes the first %i of a server that was never away at its word', async (status, state) => {
  const api = await createFakeApiServer()
  const { contexts } = await loadSource({ type: 'text', key: 'k', name: 'pasted', text: api.kubeconfig() })
  const cluster = createKubeCluster({
    ...{ id: 'k', removable: false, env: { PATH: '/usr/bin:/bin' }, log: SILENT },
    isTrusted: () => false,
    chosenNamespace: () => undefined,
    createProvider: (made) => podProvider(made, () => undefined),
    changed: () => undefined,
  })
  try {
    if (contexts[0]) await cluster.update(contexts[0])
    api.faults.add({ type: 'status', status })
    await cluster.connect().catch(() => undefined)
    expect(cluster.view.state).toBe(state)
  } finally {
    await cluster.dispose()
    await api.close()
  }
})
