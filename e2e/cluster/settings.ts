// Names, addresses and folders of the test cluster in one place. One cluster a machine: its network names are fixed.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from '../../images/cache-folder.ts'

export const VERSIONS = {
  kubernetes: '1.36.3',
  kwok: '0.8.0',
  coredns: '1.15.0',
  localPath: '0.0.30',
  kubeRouter: '2.9.0',
  nvidiaPlugin: '0.20.0',
  traefik: '3.6.12',
  helmController: '0.17.9',
  helm: '4.3.1',
  kubeconform: '0.8.0',
} as const

export const NETWORK = {
  namespace: 'kasm-cluster',
  hostLink: 'kasm-node',
  hostIp: '10.78.0.254',
  nodeIp: '10.78.0.1',
  podCidr: '10.246.0.0/24',
  serviceCidr: '10.98.0.0/16',
  apiServiceIp: '10.98.0.1',
  dnsIp: '10.98.0.10',
} as const

export const NODE_NAME = 'node-1'

const base = join(cacheFolder(), 'cluster')

export const FOLDERS = {
  /** What was built, kept between runs. */
  built: join(base, 'built'),
  /** Everything that a running cluster writes; removed with it. */
  run: join(base, 'run'),
} as const

export const RUN = {
  admin: join(FOLDERS.run, 'admin.kubeconfig'),
  pki: join(FOLDERS.run, 'pki'),
  log: join(FOLDERS.run, 'log'),
  users: join(FOLDERS.run, 'users'),
  homes: join(FOLDERS.run, 'homes'),
  /** The running daemons, one JSON line each. */
  daemons: join(FOLDERS.run, 'daemons.jsonl'),
  /** Written last: the cluster is whole. */
  ready: join(FOLDERS.run, 'ready.json'),
  containerd: join(FOLDERS.run, 'containerd.sock'),
  /** Kubeconfigs of people that name the cluster, one JSON line each. */
  people: join(FOLDERS.run, 'people.jsonl'),
  /** Exists when the kubelet's fixed folder was made by us. */
  madeKubeletFolder: join(FOLDERS.run, 'made-kubelet-folder'),
} as const

/** Parent of the pods' cgroups: our own, so that another kubelet's pods are not taken for ours. */
export const CGROUP = 'kasm-cluster'

/** Where the kubelet keeps device plugins' sockets, whatever its root is. */
export const KUBELET_FOLDER = '/var/lib/kubelet'

/** The folder of fixtures that the project may use but not carry, or null. */
export function fixturesFolder(): string | null {
  const folder = process.env['KASM_FIXTURES'] ?? join(import.meta.dirname, '..', '..', '..', 'shared')
  return existsSync(join(folder, 'k3s-parts')) ? folder : null
}
