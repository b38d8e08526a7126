// Nodes without machines: kwok plays their kubelet. They offer GPU slices under the names and labels that NVIDIA's device plugin and
// feature discovery give, so that a cluster larger than one machine can be looked at.
import type { TestCluster } from './index.ts'

/** What one fake node offers. */
export interface FakeGpus {
  /** GPUs of a node. */
  readonly gpus: number
  /** Slices of each GPU. */
  readonly replicas: number
  /** As feature discovery writes it: "NVIDIA-L40S". */
  readonly product: string
  /** Of each GPU, MiB. */
  readonly memoryMiB?: number
  /** Beginning of the nodes' names. */
  readonly prefix?: string
}

/** Pods that are to run there tolerate it; genuine desktops do not and stay on the real node. */
export const FAKE_TAINT = { key: 'kwok.x-k8s.io/node', value: 'fake', effect: 'NoSchedule' } as const
const SET_LABEL = 'kasm-operator.test/gpu-nodes'

/**
 * Adds fake nodes and waits until they are Ready.
 * @param count of nodes
 * @returns their names, and what takes exactly them away again
 */
export async function addGpuNodes(
  cluster: TestCluster,
  count: number,
  offer: FakeGpus,
): Promise<{ readonly names: readonly string[]; remove(): Promise<void> }> {
  const prefix = offer.prefix ?? 'gpu-node'
  const names = Array.from({ length: count }, (_, index) => `${prefix}-${index + 1}`)
  await cluster.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: names.map((name) => node(name, offer)) }))
  const remove = async (): Promise<void> => {
    await cluster.kubectl(['delete', 'node', ...names, '--ignore-not-found', '--timeout=30s'])
  }
  try {
    const all = names.map((name) => `node/${name}`)
    await cluster.kubectl(['wait', ...all, '--for=condition=Ready', '--timeout=60s'])
  } catch (error) {
    await remove()
    throw error
  }
  return { names, remove }
}

function node(name: string, { gpus, replicas, product, memoryMiB = 46_068, prefix = 'gpu-node' }: FakeGpus): unknown {
  const resources = { cpu: '32', memory: '256Gi', pods: '110', 'nvidia.com/gpu.shared': String(gpus * replicas) }
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      annotations: { 'kwok.x-k8s.io/node': 'fake', 'node.alpha.kubernetes.io/ttl': '0' },
      labels: {
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/os': 'linux',
        'kubernetes.io/hostname': name,
        type: 'kwok',
        [SET_LABEL]: prefix,
        'nvidia.com/gpu.present': 'true',
        'nvidia.com/gpu.count': String(gpus),
        'nvidia.com/gpu.replicas': String(replicas),
        'nvidia.com/gpu.product': product,
        'nvidia.com/gpu.memory': String(memoryMiB),
        'nvidia.com/gpu.sharing-strategy': 'time-slicing',
      },
    },
    spec: { taints: [FAKE_TAINT] },
    status: { allocatable: resources, capacity: resources },
  }
}
