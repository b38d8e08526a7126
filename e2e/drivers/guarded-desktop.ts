// Desktops' stand-ins for the guard rails: what the operator makes of a session, written with its account's rights, with a small server in
// the desktop's place; pods to try the network from; and what a refusal looks like.
import { expect } from '@playwright/test'
import type { RunResult } from '../cluster/process.ts'
import { builtinTemplates } from '../../shared/domain/builtin-templates.ts'
import { ownerHash } from '../../shared/domain/hash.ts'
import {
  API_GROUP,
  API_VERSION,
  DEFAULT_DESKTOP_IMAGE,
  FIELD_MANAGER_OPERATOR,
  HTTP_PORT,
  MEDIA_PORT,
} from '../../shared/product.ts'
import { renderSession } from '../../shared/render/render-session.ts'
import type { KubeObject } from '../../shared/render/types.ts'
import { APPLY, SESSIONS, type GuardedPlatform, type GuardedUser } from './guarded-platform.ts'

export const PYTHON = '/opt/selkies/bin/python3'
export const SESSION = 'light-desktop-guard1'
export const PASSWORD = 'guard-rails-password'
export const LOG_LINE = 'the desktop is up'
/** Stands in for the desktop's server: answers on its HTTP port, and gives back what comes to its media port. */
const SERVER = `
import http.server, os, signal, socket, threading
# the first process of a container is not ended by a signal that it does not ask for
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
def media():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("0.0.0.0", ${MEDIA_PORT}))
    while True:
        data, peer = s.recvfrom(2048); s.sendto(data, peer)
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"desktop")
    def log_message(self, *args): pass
threading.Thread(target=media, daemon=True).start()
print("${LOG_LINE}", flush=True)
http.server.ThreadingHTTPServer(("0.0.0.0", ${HTTP_PORT}), Answer).serve_forever()
`
/** Says whether an address answers. */
export const REACH = `
import socket, sys
host, port, kind = sys.argv[1], int(sys.argv[2]), sys.argv[3]
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM); s.settimeout(2)
try:
    s.connect((host, port))
    if kind == "udp": s.send(b"hello"); s.recv(16)
    print("open")
except OSError: print("shut")
`

/** A VDISession. */
export const session = (owner: string, namespace: string, name = SESSION, metadata: object = {}): unknown => ({
  apiVersion: `${API_GROUP}/${API_VERSION}`,
  kind: 'VDISession',
  metadata: { name, namespace, ...metadata },
  spec: { templateRef: { name: 'light-desktop' }, owner },
})

/** kubectl failed, with words that say refused. */
export function expectRefused(
  { code, stdout, stderr }: RunResult,
  what: string,
  words: RegExp = /[Ff]orbidden|cannot/,
): void {
  expect(code, `${what}: ${stdout}`).not.toBe(0)
  expect(stderr, what).toMatch(words)
}
/** kubectl did what it was told to. */
export function expectDone({ code, stderr }: RunResult, what: string): void {
  expect(`${code} ${stderr}`, what).toMatch(/^0 /)
}

/** What the operator makes of a user's session, written with the operator's rights, with a small server instead of a desktop. */
export async function startDesktop(
  platform: GuardedPlatform,
  cluster: { kubectl(args: readonly string[]): Promise<string> },
  user: GuardedUser,
): Promise<void> {
  expectDone(await user.kubectl(['create', '-f', '-'], session(user.name, user.namespace)), 'own session')
  const uid = (
    await cluster.kubectl(['get', SESSIONS, SESSION, '-n', user.namespace, '-o', 'jsonpath={.metadata.uid}'])
  ).trim()
  const template = builtinTemplates(DEFAULT_DESKTOP_IMAGE).find(({ id }) => id === 'light-desktop')
  if (template === undefined) throw new Error('the template is not built in any more')
  const stamp = new Date().toISOString()
  const { secret, claim, pod, service } = renderSession({
    template,
    session: {
      name: SESSION,
      namespace: user.namespace,
      owner: user.name,
      ownerHash: ownerHash(user.name),
      displayName: 'Guarded',
      withoutGpu: false,
      created: stamp,
      lastStarted: stamp,
    },
    platform: { nodePort: true, fieldManager: FIELD_MANAGER_OPERATOR, desktopImage: DEFAULT_DESKTOP_IMAGE },
    secrets: { password: PASSWORD },
    owner: {
      apiVersion: `${API_GROUP}/${API_VERSION}`,
      kind: 'VDISession',
      name: SESSION,
      uid,
      controller: true,
      blockOwnerDeletion: true,
    },
  })
  await platform.mustAsOperator(['create', '-f', '-'], [secret, claim])
  await platform.mustAsOperator(APPLY, service)
  const { spec } = pod as KubeObject & { spec: { containers: readonly object[] } }
  const containers = spec.containers.map((one) => ({ ...one, command: [PYTHON, '-u', '-c', SERVER] }))
  await platform.mustAsOperator(['create', '-f', '-'], { ...pod, spec: { ...spec, containers } })
  const status = { phase: 'Starting', podName: SESSION, startedAt: stamp }
  const subject = { apiVersion: `${API_GROUP}/${API_VERSION}`, kind: 'VDISession' }
  const metadata = { name: SESSION, namespace: user.namespace }
  await platform.mustAsOperator([...APPLY, '--subresource=status'], { ...subject, metadata, status })
  await cluster.kubectl(['wait', '--for=condition=Ready', 'pod', SESSION, '-n', user.namespace, '--timeout=60s'])
}

/** A pod that answers as the desktop's stand-in does, with rights for nothing. */
export function probePod(namespace: string, name: string, labels: Readonly<Record<string, string>> = {}): unknown {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'probe',
          image: DEFAULT_DESKTOP_IMAGE,
          imagePullPolicy: 'IfNotPresent',
          command: [PYTHON, '-u', '-c', SERVER],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  }
}
