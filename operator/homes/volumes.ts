// Homes on the node's own disk, as objects: which claim is to get a folder here, the volume that stands for it, and which folder may go. Pure.
// Policy: a folder's name is made of the claim's uid, never read from an object that somebody else may write; a folder goes only with a
// volume that is Released and says Delete.
// Source of the protocol: sig-storage-lib-external-provisioner (annotations of claims and volumes), kube-controller-manager's PV controller.
import type { KubeObject } from '../../kube/types.ts'
import { API_GROUP, HOMES_ACCOUNT } from '../../shared/product.ts'

/** StorageClass of the chart, and the provisioner that it names. */
export const HOMES_CLASS = HOMES_ACCOUNT
export const HOMES_PROVISIONER = `${API_GROUP}/homes`
/** On each volume: the host name label of the node that it is on. */
export const HOME_NODE = `${API_GROUP}/home-node`
/** Where a folder is written down for good. */
const HOSTNAME = 'kubernetes.io/hostname'
/** The scheduler's choice for a claim, and the PV controller's call for a provisioner. */
const SELECTED_NODE = 'volume.kubernetes.io/selected-node'
const CALLED = 'volume.kubernetes.io/storage-provisioner'
/** What a claim is judged by beside its spec. */
export const CLAIM_ANNOTATIONS: readonly string[] = [SELECTED_NODE, CALLED]
const UID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The node that this is, and where its folders are. */
export interface Place {
  /** Name of the Node. */
  readonly node: string
  /** Its label kubernetes.io/hostname. */
  readonly hostname: string
  /** Folder of all homes on the node, absolute. */
  readonly root: string
}

interface ClaimSpec {
  readonly storageClassName?: string
  readonly volumeName?: string
  readonly volumeMode?: string
  readonly accessModes?: readonly string[]
  readonly resources?: { readonly requests?: { readonly storage?: string } }
}

interface VolumeSpec {
  readonly storageClassName?: string
  readonly persistentVolumeReclaimPolicy?: string
  readonly claimRef?: { readonly uid?: string }
}

/** What a claim needs of this node: its folder's name and its volume; a refusal in words; or nothing. */
export type Wanted =
  | { readonly type: 'volume'; readonly folder: string; readonly volume: KubeObject }
  | { readonly type: 'refused'; readonly reason: string }

/** @returns undefined for a claim that is no affair of this node (now) */
export function wantedVolume(claim: KubeObject, { node, hostname, root }: Place): Wanted | undefined {
  const { name, namespace, uid, annotations = {}, deletionTimestamp } = claim.metadata
  const spec = (claim['spec'] ?? {}) as ClaimSpec
  const isOurs = spec.storageClassName === HOMES_CLASS && annotations[CALLED] === HOMES_PROVISIONER
  if (!isOurs || annotations[SELECTED_NODE] !== node) return undefined
  if (spec.volumeName || deletionTimestamp !== undefined || uid === undefined || !UID.test(uid)) return undefined
  const modes = spec.accessModes ?? []
  if (modes.some((mode) => !['ReadWriteOnce', 'ReadWriteOncePod'].includes(mode)))
    return refused('A home on a node’s own disk is for one node: ask for ReadWriteOnce.')
  if ((spec.volumeMode ?? 'Filesystem') !== 'Filesystem') return refused('A home is a folder, no block device.')
  const storage = spec.resources?.requests?.storage
  if (storage === undefined) return refused('The claim names no size.')
  const folder = `pvc-${uid}`
  const volume: KubeObject = {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name: folder,
      labels: { [HOME_NODE]: hostname },
      annotations: { 'pv.kubernetes.io/provisioned-by': HOMES_PROVISIONER },
    },
    spec: {
      capacity: { storage },
      accessModes: [...modes],
      volumeMode: 'Filesystem',
      persistentVolumeReclaimPolicy: 'Delete',
      storageClassName: HOMES_CLASS,
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid },
      local: { path: `${root}/${folder}` },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: HOSTNAME, operator: 'In', values: [hostname] }] }],
        },
      },
    },
  }
  return { type: 'volume', folder, volume }
}

function refused(reason: string): Wanted {
  return { type: 'refused', reason }
}

/** @returns the folder that has to go, and its volume after it; undefined for a volume that is in use, kept, or somebody else's */
export function surplusFolder(volume: KubeObject, { hostname }: Place): string | undefined {
  const { name, labels = {}, annotations = {} } = volume.metadata
  const spec = (volume['spec'] ?? {}) as VolumeSpec
  const status = (volume['status'] ?? {}) as { readonly phase?: string }
  if (labels[HOME_NODE] !== hostname || annotations['pv.kubernetes.io/provisioned-by'] !== HOMES_PROVISIONER)
    return undefined
  if (spec.storageClassName !== HOMES_CLASS || spec.persistentVolumeReclaimPolicy !== 'Delete') return undefined
  // Failed: the PV controller has no deleter of its own for it
  if (status.phase !== 'Released' && status.phase !== 'Failed') return undefined
  const uid = spec.claimRef?.uid ?? ''
  return UID.test(uid) && name === `pvc-${uid}` ? name : undefined
}

/** The host name of a node, by which volumes know it. @throws Error when it has none */
export function hostnameOf(node: KubeObject): string {
  const hostname = node.metadata.labels?.[HOSTNAME]
  if (!hostname) throw new Error(`the node ${node.metadata.name} has no label ${HOSTNAME}`)
  return hostname
}
