// Desktops behind the cluster's Traefik: started by a person with their own kubeconfig, entered by the link that docs/ingress.md has them make,
// asked one request at a time. An answer is an answer, whatever it says; only a connection that fails throws.
import { readFileSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import { dirname, join } from 'node:path'
import { TICKET_COOKIE, type AuthSession } from '../../operator/auth.ts'
import { accessName } from '../../shared/domain/names.ts'
import { API_GROUP, API_VERSION } from '../../shared/product.ts'
import type { TestCluster } from '../cluster/index.ts'
import { run } from '../cluster/process.ts'
import { NETWORK } from '../cluster/settings.ts'
import { expect, readSession, type Person } from './operator-app.ts'
import { KINDS } from './operator-cluster.ts'

/** The name of all routes: no name server knows a name of ours. */
export const ROUTE_HOST = NETWORK.nodeIp

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** One request through Traefik's TLS port, whose certificate is its own. @param path sent as it is, steps up included */
export function ask(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = {
      host: ROUTE_HOST,
      port: 443,
      path,
      headers,
      rejectUnauthorized: false,
      timeout: 10_000,
      agent: false,
    }
    const asked = request(options, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (body += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    asked.on('upgrade', (response, socket) => {
      socket.destroy()
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: '' })
    })
    asked.on('timeout', () => asked.destroy(new Error(`no answer for ${path}`)))
    asked.on('error', reject)
    asked.end()
  })
}

export const UPGRADE = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
}

/** A desktop by its way in. */
export interface Routed {
  readonly person: Person
  readonly name: string
  readonly path: string
  readonly url: string
}

function routedOf(person: Person, name: string): Routed {
  const path = `/s/${person.namespace}/${name}/`
  return { person, name, path, url: `https://${ROUTE_HOST}${path}` }
}

/** Starts a person's desktop as they themself may; returns when it can be used. */
export async function start(
  cluster: TestCluster,
  person: Person,
  name: string,
  template = 'light-desktop',
): Promise<Routed> {
  const session = {
    apiVersion: `${API_GROUP}/${API_VERSION}`,
    kind: 'VDISession',
    metadata: { name, namespace: person.namespace },
    spec: { owner: person.username, templateRef: { name: template } },
  }
  const as = ['--kubeconfig', person.kubeconfig]
  await run(cluster.kubectlPath, [...as, 'create', '-f', '-'], { input: JSON.stringify(session) })
  await cluster.kubectl([
    ...['wait', '-n', person.namespace, `${KINDS.sessions}/${name}`, '--for=condition=Ready', '--timeout=120s'],
  ])
  const routed = routedOf(person, name)
  // Traefik hears of a route a moment after it was made
  await expect.poll(async () => (await ask(routed.path)).status, { timeout: 20_000 }).toBe(401)
  return routed
}

/** The command of docs/ingress.md, word for word. */
export async function linkOf(
  cluster: TestCluster,
  { namespace, kubeconfig }: Person,
  session: string,
): Promise<string> {
  const document = readFileSync(join(import.meta.dirname, '../../docs/ingress.md'), 'utf8')
  const command = /^```sh\n(.*?)^```$/ms.exec(document)?.[1] ?? ''
  const env = {
    PATH: `${dirname(cluster.kubectlPath)}:${process.env['PATH'] ?? ''}`,
    KUBECONFIG: kubeconfig,
    namespace,
    session,
  }
  return (await run('bash', ['-euo', 'pipefail', '-c', command], { env })).trim()
}

/** Follows a link as a browser does. @returns the cookie for further requests */
export async function enter(cluster: TestCluster, { person, name, path, url }: Routed): Promise<string> {
  const link = new URL(await linkOf(cluster, person, name))
  expect(link.href.split('?')[0]).toBe(url)
  const { status, headers } = await ask(link.pathname + link.search)
  expect({ status, location: headers.location }).toEqual({ status: 302, location: url })
  const [cookie = ''] = headers['set-cookie'] ?? []
  expect(cookie).toMatch(new RegExp(`^${TICKET_COOKIE}=.*; Path=${path}; .*HttpOnly; SameSite=Lax; Secure$`))
  return cookie.split(';')[0] ?? ''
}

/** What tickets of a session are made from, read as an admin. */
export async function keysOf(cluster: TestCluster, { person: { namespace }, name }: Routed): Promise<AuthSession> {
  const { uid } = await readSession(cluster, namespace, name)
  const format = 'jsonpath={.data.password}'
  const encoded = await cluster.kubectl(['get', 'secret', accessName(name), '-n', namespace, '-o', format])
  return { namespace, name, uid, password: atob(encoded.trim()) }
}
