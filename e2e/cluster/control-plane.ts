// etcd, API server, controllers, scheduler and kwok of the test cluster, each a daemon in the cluster's network.
import { join } from 'node:path'
import type { Built } from './build.ts'
import { INSIDE } from './network.ts'
import { pkiFile } from './pki.ts'
import { startDaemon, tryRun, until, type Daemon } from './process.ts'
import { FOLDERS, NETWORK, RUN } from './settings.ts'

const ETCD_URL = 'http://127.0.0.1:2479'

/** Starts a program in the cluster's network and remembers it for `down`. */
export function startInside(name: string, program: string, args: readonly string[]): Daemon {
  const [command = '', ...before] = INSIDE
  return startDaemon(name, command, [...before, program, ...args], {
    log: join(RUN.log, `${name}.log`),
    record: RUN.daemons,
  })
}

/** `--key=value` of each setting. */
export function flags(values: Readonly<Record<string, string | number | boolean>>): string[] {
  return Object.entries(values).map(([name, value]) => `--${name}=${value}`)
}

/** Brings the control plane up; returns when the API server is ready. */
export async function startControlPlane(built: Built): Promise<void> {
  const program = (name: string): string => join(built.kubernetes, name)
  const peerUrl = 'http://127.0.0.1:2480'
  startInside('etcd', program('etcd'), [
    ...flags({
      'data-dir': join(FOLDERS.run, 'etcd'),
      'listen-client-urls': ETCD_URL,
      'advertise-client-urls': ETCD_URL,
      'listen-peer-urls': peerUrl,
      'initial-advertise-peer-urls': peerUrl,
      'initial-cluster': `default=${peerUrl}`,
      'unsafe-no-fsync': true,
    }),
  ])
  await startApiServer(built)
  const signing = { 'cluster-signing-cert-file': pkiFile('ca.crt'), 'cluster-signing-key-file': pkiFile('ca.key') }
  startInside('kube-controller-manager', program('kube-controller-manager'), [
    ...flags({
      kubeconfig: pkiFile('controllers.kubeconfig'),
      'use-service-account-credentials': true,
      'leader-elect': false,
      'service-account-private-key-file': pkiFile('sa.key'),
      'root-ca-file': pkiFile('ca.crt'),
      ...signing,
    }),
  ])
  const scheduling = { kubeconfig: pkiFile('scheduler.kubeconfig'), 'leader-elect': false }
  startInside('kube-scheduler', program('kube-scheduler'), flags(scheduling))
  startInside('kwok', built.kwok.program, [
    ...flags({
      kubeconfig: RUN.admin,
      config: built.kwok.stages,
      'manage-all-nodes': false,
      'manage-nodes-with-annotation-selector': 'kwok.x-k8s.io/node=fake',
      'node-lease-duration-seconds': 40,
    }),
  ])
  await until('the default service account is there', 60_000, () => asked(built, 'get', 'serviceaccount', 'default'))
}

/** Starts the API server alone, on the store that is there; returns when it is ready. */
export async function startApiServer(built: Built): Promise<void> {
  const daemon = startInside('kube-apiserver', join(built.kubernetes, 'kube-apiserver'), apiServerFlags())
  await until('the API server is ready', 90_000, () => asked(built, 'get', '--raw', '/readyz'), daemon)
}

async function asked(built: Built, ...args: readonly string[]): Promise<boolean> {
  return (await tryRun(join(built.kubernetes, 'kubectl'), ['--kubeconfig', RUN.admin, ...args])).code === 0
}

function apiServerFlags(): string[] {
  return flags({
    'etcd-servers': ETCD_URL,
    'secure-port': 6443,
    'bind-address': NETWORK.nodeIp,
    'advertise-address': NETWORK.nodeIp,
    'service-cluster-ip-range': NETWORK.serviceCidr,
    'authorization-mode': 'Node,RBAC',
    'enable-admission-plugins': 'NodeRestriction',
    'allow-privileged': true,
    'client-ca-file': pkiFile('ca.crt'),
    'tls-cert-file': pkiFile('apiserver.crt'),
    'tls-private-key-file': pkiFile('apiserver.key'),
    'service-account-key-file': pkiFile('sa.pub'),
    'service-account-signing-key-file': pkiFile('sa.key'),
    'service-account-issuer': 'https://kubernetes.default.svc',
    'kubelet-client-certificate': pkiFile('admin.crt'),
    'kubelet-client-key': pkiFile('admin.key'),
    'kubelet-certificate-authority': pkiFile('ca.crt'),
    'kubelet-preferred-address-types': 'InternalIP',
    // the authority is the client's too, so the aggregator's name must be said
    'requestheader-client-ca-file': pkiFile('ca.crt'),
    'requestheader-allowed-names': 'aggregator',
    'requestheader-username-headers': 'X-Remote-User',
    'requestheader-group-headers': 'X-Remote-Group',
    'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
    'proxy-client-cert-file': pkiFile('aggregator.crt'),
    'proxy-client-key-file': pkiFile('aggregator.key'),
    'feature-gates': 'ResourceHealthStatus=true',
  })
}
