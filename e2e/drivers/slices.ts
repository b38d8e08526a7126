// The node's GPU slices as other people's pods hold them: taken whole for a spec that waits for one, and given back.
import { randomBytes } from 'node:crypto'
import { expect } from '@playwright/test'
import type { TestCluster } from '../cluster/index.ts'

export const SLICE = 'nvidia.com/gpu.shared'

/** NVIDIA's device plugin on the node, with the configuration that it reads. */
const PLUGIN = 'nvidia-device-plugin'
const HERE = ['-n', 'kube-system'] as const

/** @returns the plugin's configuration, YAML */
export async function pluginConfig(cluster: TestCluster): Promise<string> {
  return cluster.kubectl(['get', 'configmap', PLUGIN, ...HERE, '-o', String.raw`jsonpath={.data.plugin\.yaml}`])
}

/** Gives the plugin another configuration and a new start; returns once the node offers that many slices. */
export async function replug(cluster: TestCluster, config: string, slices: number): Promise<void> {
  const patch = JSON.stringify({ data: { 'plugin.yaml': config } })
  await cluster.kubectl(['patch', 'configmap', PLUGIN, ...HERE, '--type=merge', '-p', patch])
  await cluster.kubectl(['delete', 'pod', ...HERE, '-l', `app=${PLUGIN}`, '--timeout=30s'])
  await cluster.kubectl(['rollout', 'status', ...HERE, `daemonset/${PLUGIN}`, '--timeout=30s'])
  await expect.poll(() => offeredSlices(cluster), { timeout: 40_000 }).toBe(slices)
}

/** Slices that the node offers, free or held. */
export async function offeredSlices(cluster: TestCluster): Promise<number> {
  const format = String.raw`jsonpath={.status.allocatable.nvidia\.com/gpu\.shared}`
  return Number(await cluster.kubectl(['get', 'node', cluster.node, '-o', format]))
}

interface Holder {
  readonly metadata: { readonly deletionTimestamp?: string }
  readonly spec: {
    readonly containers: readonly { readonly resources?: { readonly limits?: Record<string, string> } }[]
  }
}

/** Slices that others hold for longer; what is just being deleted is as good as free. */
async function heldSlices(cluster: TestCluster): Promise<number> {
  const running = `spec.nodeName=${cluster.node},status.phase!=Succeeded,status.phase!=Failed`
  const { items } = JSON.parse(
    await cluster.kubectl(['get', 'pods', '-A', '--field-selector', running, '-o', 'json']),
  ) as { items: readonly Holder[] }
  return items
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .flatMap(({ spec }) => spec.containers.map(({ resources }) => Number(resources?.limits?.[SLICE] ?? 0)))
    .reduce((sum, count) => sum + count, 0)
}

export interface TakenSlices {
  freeOne(): Promise<void>
  /** Gives all of them back. */
  stop(): Promise<void>
}

/** Takes every free slice of the node, the last one by a pod of its own. */
export async function takeSlices(cluster: TestCluster): Promise<TakenSlices> {
  const namespace = `slices-${randomBytes(4).toString('hex')}`
  await cluster.kubectl(['create', 'namespace', namespace])
  const free = (await offeredSlices(cluster)) - (await heldSlices(cluster))
  const pod = (name: string, slices: number): unknown => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: Array.from({ length: slices }, (_, index) => ({
        name: `c${index}`,
        // a slice is held from the place on: nothing needs to run, and an image that is not there costs no time
        image: 'localhost/no/such:1',
        imagePullPolicy: 'Never',
        resources: { limits: { [SLICE]: '1' } },
      })),
    },
  })
  const pods = [pod('last', 1), ...(free > 1 ? [pod('others', free - 1)] : [])]
  await cluster.apply(pods.map((each) => JSON.stringify(each)).join('\n---\n'))
  await cluster.kubectl(['wait', '-n', namespace, 'pod', '--all', '--for=condition=PodScheduled', '--timeout=60s'])
  return {
    async freeOne() {
      await cluster.kubectl(['delete', 'pod', 'last', '-n', namespace])
    },
    async stop() {
      await cluster.kubectl(['delete', 'pod', '-n', namespace, '--all'])
      await cluster.tryKubectl(['delete', 'namespace', namespace, '--wait=false'])
    },
  }
}
