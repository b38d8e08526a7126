// Homes of one node through the real client and reflectors, against a fake API server and a real folder.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createFakeApiServer, type FakeApiServer } from '../../e2e/fakes/api-server.ts'
import type { StoredObject } from '../../e2e/fakes/api-store.ts'
import { REAL_TIMERS } from '../../kube/retry-budget.ts'
import { CLAIM, VOLUME } from '../../kube/types.ts'
import { FIELD_MANAGER_OPERATOR, LABEL } from '../../shared/product.ts'
import { SILENT } from '../log.ts'
import type { PlannedEvent } from '../plan.ts'
import { clientOf } from '../testing/fake-client.ts'
import { createFolders } from './folders.ts'
import { createHomes } from './homes.ts'
import { HOMES_CLASS, HOMES_PROVISIONER } from './volumes.ts'

const UID = '0f8fad5b-d9cb-469f-a165-70867728950e'
let api: FakeApiServer
let root: string
let told: PlannedEvent[]
let end: () => Promise<void>

beforeEach(async () => {
  api = await createFakeApiServer()
  root = await mkdtemp(join(tmpdir(), 'kasm-homes-'))
  told = []
  const client = await clientOf(api)
  const homes = createHomes({
    client,
    place: { node: 'node-a', hostname: 'host-a', root },
    folders: createFolders(root, process.getuid?.() ?? 0),
    events: { record: (_regarding, event) => void told.push(event), drained: () => Promise.resolve() },
    timers: REAL_TIMERS,
    log: SILENT,
  })
  end = async () => {
    await homes.stop()
    await client.close()
    await api.close()
    await rm(root, { recursive: true, force: true })
  }
  await homes.synced
})
afterEach(() => end())

const until = (check: () => void | Promise<void>): Promise<void> => vi.waitFor(check, { timeout: 5000, interval: 10 })
function ask(spec: object = {}, node = 'node-a'): void {
  api.store.put(CLAIM, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: 'home-x',
      namespace: 'vdi-u-ann',
      uid: UID,
      labels: { [LABEL.managed]: FIELD_MANAGER_OPERATOR },
      annotations: {
        'volume.kubernetes.io/selected-node': node,
        'volume.kubernetes.io/storage-provisioner': HOMES_PROVISIONER,
      },
    },
    spec: {
      storageClassName: HOMES_CLASS,
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
      ...spec,
    },
  })
}
const volumes = (): readonly StoredObject[] => api.store.list(VOLUME)

it('makes a home that is asked for here, and takes it away when it was given up', async () => {
  ask()
  await until(() => expect(volumes()).toHaveLength(1))
  expect(await readdir(root)).toEqual([`pvc-${UID}`])
  await writeFile(join(root, `pvc-${UID}`, 'letter'), 'text')
  const [made] = volumes()
  if (!made) throw new Error('no volume')
  api.store.put(VOLUME, { ...made, status: { phase: 'Bound' } })
  api.store.put(VOLUME, { ...made, status: { phase: 'Released' } })
  await until(() => expect(volumes()).toEqual([]))
  expect(await readdir(root)).toEqual([])
})

it('does nothing for another node', async () => {
  ask({}, 'node-b')
  ask({ accessModes: ['ReadWriteMany'] })
  // the second one has been looked at, so the first one was too
  await until(() => expect(told).toMatchObject([{ type: 'Warning', reason: 'VolumePending' }]))
  expect(volumes()).toEqual([])
  expect(await readdir(root)).toEqual([])
})

it('goes on where the one before it was cut off, and tries again what failed', async () => {
  await createFolders(root, process.getuid?.() ?? 0).make(`pvc-${UID}`)
  api.faults.add({ type: 'status', status: 500 }, { kind: 'create', plural: 'persistentvolumes', times: 1 })
  ask()
  await until(() => expect(volumes()).toHaveLength(1))
  expect(told).toHaveLength(1)
  expect(told[0]?.note).toContain('node-a')
})
