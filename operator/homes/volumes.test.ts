// Which claim gets a folder on this node, and which folder goes: row by row, and what somebody might try.
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../kube/types.ts'
import { HOMES_CLASS, HOMES_PROVISIONER, hostnameOf, surplusFolder, wantedVolume, type Place } from './volumes.ts'

const UID = '0f8fad5b-d9cb-469f-a165-70867728950e'
const HERE: Place = { node: 'node-a', hostname: 'host-a', root: '/homes' }
const ANNOTATIONS = {
  'volume.kubernetes.io/selected-node': 'node-a',
  'volume.kubernetes.io/storage-provisioner': HOMES_PROVISIONER,
}

function claim(change: { readonly metadata?: object; readonly spec?: object } = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'home-x', namespace: 'vdi-u-ann', uid: UID, annotations: ANNOTATIONS, ...change.metadata },
    spec: {
      storageClassName: HOMES_CLASS,
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '5Gi' } },
      ...change.spec,
    },
  }
}
function volume(): KubeObject {
  const wanted = wantedVolume(claim(), HERE)
  if (wanted?.type !== 'volume') throw new Error('no volume')
  return { ...wanted.volume, status: { phase: 'Released' } }
}

describe('a claim', () => {
  it('that the scheduler sent here gets a local volume of its own, on this node alone', () => {
    const { spec, metadata } = volume()
    expect(metadata.name).toBe(`pvc-${UID}`)
    expect(spec).toMatchObject({
      capacity: { storage: '5Gi' },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Delete',
      local: { path: `/homes/pvc-${UID}` },
      claimRef: { namespace: 'vdi-u-ann', name: 'home-x', uid: UID },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', values: ['host-a'] }] }],
        },
      },
    })
  })

  it.each([
    ['of another class', { spec: { storageClassName: 'local-path' } }],
    ['for another node', { metadata: { annotations: { ...ANNOTATIONS, 'volume.kubernetes.io/selected-node': 'b' } } }],
    ['for no node yet', { metadata: { annotations: {} } }],
    [
      'that the controller has not called for',
      { metadata: { annotations: { ...ANNOTATIONS, 'volume.kubernetes.io/storage-provisioner': 'other' } } },
    ],
    ['that has its volume', { spec: { volumeName: 'v' } }],
    ['that is being deleted', { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }],
    ['whose uid would be a path', { metadata: { uid: '../../etc' } }],
  ])('%s is left alone', (_what, change) => {
    expect(wantedVolume(claim(change), HERE)).toBeUndefined()
  })

  it.each([
    ['many nodes', { accessModes: ['ReadWriteMany'] }, /one node/],
    ['a block device', { volumeMode: 'Block' }, /folder/],
    ['no size', { resources: {} }, /size/],
  ])('for %s is refused in words', (_what, spec, words) => {
    expect(wantedVolume(claim({ spec }), HERE)).toMatchObject({ type: 'refused', reason: expect.stringMatching(words) })
  })
})

describe('a volume', () => {
  it('that was given up takes its folder along', () => {
    expect(surplusFolder(volume(), HERE)).toBe(`pvc-${UID}`)
    expect(surplusFolder({ ...volume(), status: { phase: 'Failed' } }, HERE)).toBe(`pvc-${UID}`)
  })

  it.each<[string, (from: KubeObject) => KubeObject]>([
    ['in use', (from) => ({ ...from, status: { phase: 'Bound' } })],
    ['whose state is not known', (from) => ({ ...from, status: {} })],
    [
      'that an admin keeps',
      (from) => ({ ...from, spec: { ...(from['spec'] as object), persistentVolumeReclaimPolicy: 'Retain' } }),
    ],
    ['of another node', (from) => ({ ...from, metadata: { ...from.metadata, labels: {} } })],
    ['of another provisioner', (from) => ({ ...from, metadata: { ...from.metadata, annotations: {} } })],
    ['of another class', (from) => ({ ...from, spec: { ...(from['spec'] as object), storageClassName: 'x' } })],
    ['named after another claim', (from) => ({ ...from, metadata: { ...from.metadata, name: 'pvc-other' } })],
    [
      'whose claim is a path',
      (from) => ({
        ...from,
        metadata: { ...from.metadata, name: 'pvc-../x' },
        spec: { ...(from['spec'] as object), claimRef: { uid: '../x' } },
      }),
    ],
  ])('%s keeps it', (_what, change) => {
    expect(surplusFolder(change(volume()), HERE)).toBeUndefined()
  })
})

it('names a node that has no host name', () => {
  expect(() => hostnameOf({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } })).toThrow('n has no label')
})
