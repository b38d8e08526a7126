// What K3s and NVIDIA bring to a cluster: names, homes, network policies, GPU slices. The last two come from the fixtures;
// without them the cluster is up all the same and says what is NOT RUN.
import { mkdir, readFile, chmod } from 'node:fs/promises'
import { join } from 'node:path'
import type { Built } from './build.ts'
import { flags, startInside } from './control-plane.ts'
import { importImage } from './node.ts'
import { run } from './process.ts'
import { NETWORK, NODE_NAME, RUN, VERSIONS } from './settings.ts'

const PLACEHOLDERS: Readonly<Record<string, string>> = {
  '@NODE@': NODE_NAME,
  '@HOMES@': RUN.homes,
  '@DNS_IP@': NETWORK.dnsIp,
  '@COREDNS@': VERSIONS.coredns,
  '@LOCAL_PATH@': VERSIONS.localPath,
  '@NVIDIA@': VERSIONS.nvidiaPlugin,
}

/** Slices of the real node once the device plugin runs: two GPUs, eight each. */
export const NODE_SLICES = 16
/** What NVIDIA's GPU feature discovery would say of it; it comes with the plugin but needs Node Feature Discovery to put it there. */
const DISCOVERED: Readonly<Record<string, string>> = {
  'nvidia.com/gpu.present': 'true',
  'nvidia.com/gpu.count': '2',
  'nvidia.com/gpu.replicas': '8',
  'nvidia.com/gpu.product': 'NVIDIA-L40S',
  'nvidia.com/gpu.memory': '49152',
  'nvidia.com/gpu.sharing-strategy': 'time-slicing',
}

/** Adds the parts to a cluster whose node is Ready. @returns why something is NOT RUN */
export async function startParts(built: Built): Promise<string[]> {
  const kubectl = (args: readonly string[], input?: string): Promise<string> =>
    run(join(built.kubernetes, 'kubectl'), ['--kubeconfig', RUN.admin, ...args], input === undefined ? {} : { input })
  const apply = async (name: string): Promise<void> => {
    const text = await readFile(join(import.meta.dirname, 'manifests', name), 'utf8')
    const filled = text.replaceAll(/@[A-Z_]+@/g, (placeholder) => PLACEHOLDERS[placeholder] ?? placeholder)
    await kubectl(['apply', '-f', '-'], filled)
  }
  // every desktop may write its own home
  await mkdir(RUN.homes, { recursive: true })
  await chmod(RUN.homes, 0o777)
  for (const image of [built.images.busybox, built.images.coredns, built.images.localPath]) await importImage(image)
  for (const name of ['base.yaml', 'coredns.yaml', 'local-path.yaml']) await apply(name)
  const rollouts = ['deployment/coredns', 'deployment/local-path']

  if ('kubeRouter' in built.fixtures) {
    // as in K3s, where it is part of the agent: only its network policy controller
    startInside('kube-router', built.fixtures.kubeRouter, [
      ...flags({ 'run-firewall': true, 'run-router': false, 'run-service-proxy': false, 'run-loadbalancer': false }),
      ...flags({
        kubeconfig: RUN.admin,
        'hostname-override': NODE_NAME,
        'service-cluster-ip-range': NETWORK.serviceCidr,
      }),
    ])
    await importImage(built.fixtures.nvidiaPlugin)
    const gpus = [
      'create',
      'configmap',
      'mock-gpus',
      '-n',
      'kube-system',
      `--from-file=gpus.yaml=${built.fixtures.gpus}`,
    ]
    await kubectl(gpus)
    const labels = Object.entries(DISCOVERED).map(([name, value]) => `${name}=${value}`)
    await kubectl(['label', '--overwrite', 'node', NODE_NAME, ...labels])
    await apply('nvidia.yaml')
    rollouts.push('daemonset/nvidia-device-plugin')
  }
  for (const name of rollouts) await kubectl(['-n', 'kube-system', 'rollout', 'status', name, '--timeout=120s'])
  if ('notRun' in built.fixtures) return [built.fixtures.notRun]
  const slices = `jsonpath={.status.allocatable.nvidia\\.com/gpu\\.shared}=${NODE_SLICES}`
  await kubectl(['wait', `node/${NODE_NAME}`, `--for=${slices}`, '--timeout=60s'])
  return []
}
