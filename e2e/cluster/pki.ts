// Certificates and kubeconfigs of the test cluster, by openssl: one authority for everything, gone with the cluster.
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from './process.ts'
import { NETWORK, NODE_NAME, RUN } from './settings.ts'

const EC_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
const CLIENT = 'extendedKeyUsage=clientAuth'
const BOTH = 'extendedKeyUsage=serverAuth,clientAuth'

/** @returns path of a file of the authority: `ca.crt`, `admin.key`, ... */
export function pkiFile(name: string): string {
  return join(RUN.pki, name)
}

/** Makes the authority, the signing keys and the components' certificates and kubeconfigs. */
export async function makePki(): Promise<void> {
  await mkdir(RUN.pki, { recursive: true, mode: 0o700 })
  const authority = [
    '-keyout',
    pkiFile('ca.key'),
    '-out',
    pkiFile('ca.crt'),
    '-days',
    '365',
    '-subj',
    '/CN=kasm-cluster-ca',
  ]
  await run('openssl', ['req', '-x509', ...EC_KEY, ...authority])
  await run('openssl', ['genrsa', '-out', pkiFile('sa.key'), '2048'])
  await run('openssl', ['rsa', '-in', pkiFile('sa.key'), '-pubout', '-out', pkiFile('sa.pub')])
  const names = [
    ...['127.0.0.1', NETWORK.nodeIp, NETWORK.apiServiceIp].map((address) => `IP:${address}`),
    ...['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'].map((name) => `DNS:${name}`),
  ]
  await makeCertificate('apiserver', '/CN=kube-apiserver', [`subjectAltName=${names.join(',')}`, BOTH])
  const node = `subjectAltName=IP:${NETWORK.nodeIp},DNS:${NODE_NAME}`
  await makeCertificate('kubelet', `/O=system:nodes/CN=system:node:${NODE_NAME}`, [node, BOTH])
  await makeCertificate('admin', '/O=system:masters/CN=admin', [CLIENT])
  await makeCertificate('controllers', '/CN=system:kube-controller-manager', [CLIENT])
  await makeCertificate('scheduler', '/CN=system:kube-scheduler', [CLIENT])
  await makeCertificate('proxy', '/CN=system:kube-proxy', [CLIENT])
  await makeCertificate('aggregator', '/CN=aggregator', [CLIENT])
  for (const name of ['controllers', 'scheduler', 'proxy', 'kubelet'])
    await writeKubeconfig(name, pkiFile(`${name}.kubeconfig`))
  await writeKubeconfig('admin', RUN.admin)
}

async function makeCertificate(name: string, subject: string, extensions: readonly string[]): Promise<void> {
  const request = pkiFile(`${name}.csr`)
  const options = pkiFile(`${name}.ext`)
  await writeFile(options, extensions.join('\n'))
  await run('openssl', ['req', ...EC_KEY, '-keyout', pkiFile(`${name}.key`), '-out', request, '-subj', subject])
  // a number of its own, not the next one of a file: several specs make users at once
  const serial = ['-set_serial', `0x${randomBytes(16).toString('hex')}`]
  const authority = ['-CA', pkiFile('ca.crt'), '-CAkey', pkiFile('ca.key'), ...serial]
  const out = ['-out', pkiFile(`${name}.crt`), '-days', '365', '-extfile', options]
  await run('openssl', ['x509', '-req', '-in', request, ...authority, ...out])
}

/** Writes a kubeconfig with everything embedded, so that it can be carried elsewhere. */
async function writeKubeconfig(name: string, path: string, namespace?: string): Promise<void> {
  const base64 = async (file: string): Promise<string> => (await readFile(pkiFile(file))).toString('base64')
  const user = {
    'client-certificate-data': await base64(`${name}.crt`),
    'client-key-data': await base64(`${name}.key`),
  }
  const cluster = { server: `https://${NETWORK.nodeIp}:6443`, 'certificate-authority-data': await base64('ca.crt') }
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'kasm-cluster', cluster }],
    users: [{ name, user }],
    contexts: [
      { name: 'kasm-cluster', context: { cluster: 'kasm-cluster', user: name, ...(namespace ? { namespace } : {}) } },
    ],
    'current-context': 'kasm-cluster',
  }
  // YAML is a superset of JSON
  await writeFile(path, JSON.stringify(config, null, 2), { mode: 0o600 })
}

/**
 * A user of the cluster without any right until one is granted.
 * @param namespace the context's namespace
 * @returns path of the user's kubeconfig
 */
export async function makeUser(name: string, namespace: string): Promise<string> {
  await mkdir(RUN.users, { recursive: true })
  const file = `user-${name}`
  if (!existsSync(pkiFile(`${file}.crt`))) await makeCertificate(file, `/O=kasm-users/CN=${name}`, [CLIENT])
  const path = join(RUN.users, `${name}.${namespace}.kubeconfig`)
  await writeKubeconfig(file, path, namespace)
  return path
}
