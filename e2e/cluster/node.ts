// The one real node: containerd with runc and a bridge, kubelet, kube-proxy. Everything they write is in the run folder, but for
// the kubelet's fixed folder of device plugins.
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Built } from './build.ts'
import { makeCgroup } from './cgroup.ts'
import { flags, startInside } from './control-plane.ts'
import { pkiFile } from './pki.ts'
import { run, tryRun, until } from './process.ts'
import { CGROUP, FOLDERS, KUBELET_FOLDER, NETWORK, NODE_NAME, RUN } from './settings.ts'
import { findProgram } from './toolchain.ts'

const inRun = (name: string): string => join(FOLDERS.run, name)

/** Arguments of `ctr` for the cluster's containerd. */
export const CTR: readonly string[] = ['--address', RUN.containerd, '--namespace', 'k8s.io']

/** Imports an image archive into the node. @param archive path of an OCI archive */
export async function importImage(archive: string): Promise<void> {
  // an import reads the whole archive even where all of it is there: half a minute on a busy machine
  if (await isImported(archive)) return
  await run('ctr', [...CTR, 'images', 'import', archive])
}

/** Whether the node has the very image that an archive holds, under the same name. */
async function isImported(archive: string): Promise<boolean> {
  const { code, stdout } = await tryRun('tar', ['-xOf', archive, '--occurrence=1', 'index.json'])
  if (code !== 0) return false
  const { manifests } = JSON.parse(stdout) as {
    manifests: readonly { digest: string; annotations?: Readonly<Record<string, string>> }[]
  }
  const lines = (await tryRun('ctr', [...CTR, 'images', 'ls'])).stdout.split('\n').map((line) => line.split(/\s+/))
  return manifests.every(({ digest, annotations }) => {
    const name = annotations?.['io.containerd.image.name']
    return lines.some(([ref, , there]) => ref === name && there === digest)
  })
}

/** Starts the node; returns when it is Ready. */
export async function startNode(built: Built): Promise<void> {
  for (const folder of ['cni', 'kubelet', 'containerd']) await mkdir(inRun(folder), { recursive: true })
  await writeFile(join(inRun('cni'), '10-bridge.conflist'), JSON.stringify(cniConfig()))
  await writeFile(inRun('containerd.toml'), containerdConfig())
  if (!existsSync(KUBELET_FOLDER)) await writeFile(RUN.madeKubeletFolder, '')
  await writeFile(inRun('kubelet.json'), JSON.stringify(kubeletConfig()))

  await makeCgroup()
  const containerd = startInside('containerd', findProgram('containerd') ?? 'containerd', [
    '-c',
    inRun('containerd.toml'),
  ])
  const answers = async (): Promise<boolean> => (await tryRun('ctr', [...CTR, 'version'])).code === 0
  await until('containerd answers', 30_000, answers, containerd)
  await importImage(built.images.pause)
  const program = (name: string): string => join(built.kubernetes, name)
  const kubelet = startInside(
    'kubelet',
    program('kubelet'),
    flags({
      config: inRun('kubelet.json'),
      kubeconfig: pkiFile('kubelet.kubeconfig'),
      'root-dir': inRun('kubelet'),
      'cert-dir': inRun('kubelet/pki'),
      'hostname-override': NODE_NAME,
      'node-ip': NETWORK.nodeIp,
    }),
  )
  startInside(
    'kube-proxy',
    program('kube-proxy'),
    flags({
      kubeconfig: pkiFile('proxy.kubeconfig'),
      'hostname-override': NODE_NAME,
      'cluster-cidr': NETWORK.podCidr,
      'proxy-mode': 'iptables',
      'conntrack-max-per-core': 0,
    }),
  )
  const wait = ['wait', `node/${NODE_NAME}`, '--for=condition=Ready', '--timeout=1s']
  const ready = async (): Promise<boolean> =>
    (await tryRun(program('kubectl'), ['--kubeconfig', RUN.admin, ...wait])).code === 0
  await until('the node is Ready', 90_000, ready, kubelet)
}

function cniConfig(): unknown {
  const ipam = {
    type: 'host-local',
    dataDir: inRun('cni/ipam'),
    ranges: [[{ subnet: NETWORK.podCidr }]],
    routes: [{ dst: '0.0.0.0/0' }],
  }
  const bridge = { type: 'bridge', bridge: 'cni0', isGateway: true, ipMasq: true, hairpinMode: true, ipam }
  return {
    cniVersion: '0.4.0',
    name: 'kasm-cluster',
    plugins: [bridge, { type: 'portmap', capabilities: { portMappings: true } }],
  }
}

function containerdConfig(): string {
  const cri = 'plugins."io.containerd.grpc.v1.cri"'
  return `version = 2
root = "${inRun('containerd/root')}"
state = "${inRun('containerd/state')}"
[grpc]
address = "${RUN.containerd}"
[plugins."io.containerd.internal.v1.opt"]
path = "${inRun('containerd/opt')}"
[${cri}]
sandbox_image = "localhost/pause:1"
restrict_oom_score_adj = true # a container host without CAP_SYS_RESOURCE
stream_server_address = "127.0.0.1"
stream_server_port = "0"
[${cri}.containerd]
default_runtime_name = "runc" # crun refuses hybrid cgroups
[${cri}.containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[${cri}.cni]
bin_dir = "/usr/lib/cni"
conf_dir = "${inRun('cni')}"
`
}

function kubeletConfig(): unknown {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: pkiFile('ca.crt') },
    },
    authorization: { mode: 'Webhook' },
    containerRuntimeEndpoint: `unix://${RUN.containerd}`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${CGROUP}`,
    failCgroupV1: false,
    failSwapOn: false,
    tlsCertFile: pkiFile('kubelet.crt'),
    tlsPrivateKeyFile: pkiFile('kubelet.key'),
    clusterDNS: [NETWORK.dnsIp],
    clusterDomain: 'cluster.local',
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
    imageGCHighThresholdPercent: 100,
    featureGates: { ResourceHealthStatus: true },
    podLogsDir: inRun('pod-logs'),
    // a desktop is wanted as soon as it is there
    syncFrequency: '10s',
  }
}
