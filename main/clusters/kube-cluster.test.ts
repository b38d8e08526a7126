// One cluster's state, against a fake API server: who speaks for it.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { createFakeApiServer } from '../../e2e/fakes/api-server.ts'
import { SECRET } from '../../kube/types.ts'
import { SILENT } from '../logging/logger.ts'
import { createClusters } from './clusters.ts'
import type { ConnectedCluster } from './kube-cluster.ts'
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
