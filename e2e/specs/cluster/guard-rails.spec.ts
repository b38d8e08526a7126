// What nobody can do: one user to another, a user to the platform, the operator to the rest of the cluster. Each is tried, with real
// certificates or the operator's account, against the API server and the network; beside each refusal stands what must go on working.
import type { RunResult } from '../../cluster/process.ts'
import { tryRun, until } from '../../cluster/process.ts'
import { NETWORK } from '../../cluster/settings.ts'
import { expect, test } from '../../drivers/cluster-app.ts'
import {
  APPLY,
  documents,
  guardPlatform,
  SESSIONS,
  TEMPLATES,
  USERS,
  type GuardedPlatform,
  type GuardedUser,
} from '../../drivers/guarded-platform.ts'
import { OPERATOR_LABELS } from '../../../operator/user/policies.ts'
import { OPERATOR_RIGHTS, PLATFORM_RIGHTS, type Right } from '../../../scripts/generate/platform/rights.ts'
import { builtinTemplates } from '../../../shared/domain/builtin-templates.ts'
import { ownerHash } from '../../../shared/domain/hash.ts'
import { accessName, homeName } from '../../../shared/domain/names.ts'
import {
  ANNOTATION,
  API_GROUP,
  API_VERSION,
  DEFAULT_DESKTOP_IMAGE,
  FIELD_MANAGER_OPERATOR,
  FINALIZER,
  HTTP_PORT,
  LABEL,
  MEDIA_PORT,
} from '../../../shared/product.ts'
import { renderSession } from '../../../shared/render/render-session.ts'
import type { KubeObject } from '../../../shared/render/types.ts'

test.describe.configure({ mode: 'serial' })

const PYTHON = '/opt/selkies/bin/python3'
const SESSION = 'light-desktop-guard1'
const PASSWORD = 'guard-rails-password'
const LOG_LINE = 'the desktop is up'
/** Stands in for the desktop's server: answers on its HTTP port, and gives back what comes to its media port. */
const SERVER = `
import http.server, socket, threading
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
const REACH = `
import socket, sys
host, port, kind = sys.argv[1], int(sys.argv[2]), sys.argv[3]
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM); s.settimeout(2)
try:
    s.connect((host, port))
    if kind == "udp": s.send(b"hello"); s.recv(16)
    print("open")
except OSError: print("shut")
`

let platform: GuardedPlatform
let alice: GuardedUser
let bob: GuardedUser

test.beforeAll(async ({ cluster }) => {
  platform = await guardPlatform(cluster)
  alice = await platform.user('alice')
  bob = await platform.user('bob')
  await alice.admit()
  await bob.admit()
})
test.afterAll(async () => {
  await platform?.remove()
})

const session = (owner: string, namespace: string, name = SESSION, metadata: object = {}): unknown => ({
  apiVersion: `${API_GROUP}/${API_VERSION}`,
  kind: 'VDISession',
  metadata: { name, namespace, ...metadata },
  spec: { templateRef: { name: 'light-desktop' }, owner },
})

function expectRefused({ code, stdout, stderr }: RunResult, what: string, words: RegExp = /[Ff]orbidden|cannot/): void {
  expect(code, `${what}: ${stdout}`).not.toBe(0)
  expect(stderr, what).toMatch(words)
}
function expectDone({ code, stderr }: RunResult, what: string): void {
  expect(`${code} ${stderr}`, what).toMatch(/^0 /)
}

/** What the operator makes of a user's session, written with the operator's rights, with a small server instead of a desktop. */
async function startDesktop(
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

test("the operator's account can do all that its planner wants, and a user gets a walled place and a desktop", async ({
  cluster,
}) => {
  await startDesktop(cluster, alice)
  await startDesktop(cluster, bob)
  const ready = ['-o', 'jsonpath={.status.namespace} {.status.conditions[?(@.type=="Ready")].status}']
  expect(await cluster.kubectl(['get', USERS, alice.name, ...ready])).toBe(`${alice.namespace} True`)
  const policies = await cluster.kubectl(['get', 'networkpolicies', '-n', alice.namespace, '-o', 'name'])
  expect(
    policies
      .trim()
      .split('\n')
      .map((line) => line.split('/')[1]),
  ).toEqual(['default-deny', 'egress', 'media', 'operator'])
})

test('a user sees and uses what is theirs', async ({ cluster }) => {
  const own = (args: readonly string[]): Promise<RunResult> => alice.kubectl(args)
  expect((await own(['get', `${SESSIONS},pods,pvc,events`, '-o', 'name'])).stdout).toContain(SESSION)
  expect((await own(['logs', SESSION])).stdout).toContain(LOG_LINE)
  const password = await own(['get', 'secret', accessName(SESSION), '-o', 'jsonpath={.data.password}'])
  expect(Buffer.from(password.stdout, 'base64').toString()).toBe(PASSWORD)
  expectDone(await own(['get', TEMPLATES]), 'templates')
  const heartbeat = `${ANNOTATION.heartbeat}=${new Date().toISOString()}`
  expectDone(await own(['annotate', SESSIONS, SESSION, heartbeat]), 'heartbeat')
  const stop = ['--type=merge', '-p', '{"spec":{"desiredState":"Stopped"}}']
  expectDone(await own(['patch', SESSIONS, SESSION, ...stop]), 'stop')
  const forwarded = await tryRun('timeout', [
    '4',
    cluster.kubectlPath,
    ...['--kubeconfig', alice.kubeconfig, 'port-forward', SESSION, `:${HTTP_PORT}`],
  ])
  expect(forwarded.stdout).toContain('Forwarding from')
})

test("a second user sees, reads, forwards to and changes nothing of the first one's", async () => {
  const there = ['-n', alice.namespace]
  const tries: readonly (readonly string[])[] = [
    ...['pods', SESSIONS, 'secrets', 'pvc', 'services', 'events', 'resourcequotas'].map((kind) => ['get', kind]),
    ['get', 'pods', '--watch'],
    ['get', SESSIONS, '--watch'],
    ['get', 'pod', SESSION],
    ['get', SESSIONS, SESSION],
    ['get', 'secret', accessName(SESSION)],
    ['get', 'pvc', homeName('light-desktop', ownerHash(alice.name))],
    ['logs', SESSION],
    ['exec', SESSION, '--', 'true'],
    ['port-forward', SESSION, `:${HTTP_PORT}`],
    ['delete', 'pod', SESSION],
    ['delete', SESSIONS, SESSION],
    ['patch', SESSIONS, SESSION, '--type=merge', '-p', '{"spec":{"desiredState":"Stopped"}}'],
    ['create', 'token', 'default'],
  ]
  for (const words of tries) expectRefused(await bob.kubectl([...words, ...there]), words.join(' '))
  // each is a right of its own, whatever stands in the way before it is asked
  for (const part of ['portforward', 'exec', 'attach', 'log', 'proxy', 'ephemeralcontainers'])
    for (const verb of ['get', 'create']) {
      const { stdout } = await bob.kubectl(['auth', 'can-i', verb, 'pods', `--subresource=${part}`, ...there])
      expect(`${verb} ${part}: ${stdout.trim()}`).toBe(`${verb} ${part}: no`)
    }
  for (const kind of ['pods', SESSIONS, 'secrets', 'events'])
    expectRefused(await bob.kubectl(['get', kind, '--all-namespaces']), `all ${kind}`)
  expectRefused(await bob.kubectl(['create', '-f', '-'], session(bob.name, alice.namespace, 'x1')), 'a session there')
  expectRefused(await bob.kubectl(['get', 'namespaces']), 'namespaces')
  expectRefused(await bob.kubectl(['get', USERS]), 'users')
  expectRefused(
    await bob.kubectl(['get', '--raw', `/api/v1/namespaces/${alice.namespace}/pods/${SESSION}:${HTTP_PORT}/proxy/`]),
    'proxy',
  )
})

test('no desktop reaches another, the platform or the cluster; the operator and the media of clients come through', async ({
  cluster,
}) => {
  test.skip(cluster.notRun.length > 0, cluster.notRun.join('; '))
  const ip = (namespace: string, pod: string): Promise<string> =>
    cluster.kubectl(['get', 'pod', pod, '-n', namespace, '-o', 'jsonpath={.status.podIP}'])
  const pods = [probePod('operator', OPERATOR_LABELS), probePod('stranger', {})]
  await cluster.apply(documents(pods))
  await cluster.kubectl([
    'wait',
    '--for=condition=Ready',
    'pod',
    'operator',
    'stranger',
    '-n',
    platform.namespace,
    '--timeout=60s',
  ])
  const from = {
    operator: [platform.namespace, 'operator'],
    stranger: [platform.namespace, 'stranger'],
    alice: [alice.namespace, SESSION],
    bob: [bob.namespace, SESSION],
  } as const
  const reach = async (who: keyof typeof from, host: string, port: number, kind: 'tcp' | 'udp'): Promise<string> => {
    const [namespace, pod] = from[who]
    return (await cluster.exec(namespace, pod, [PYTHON, '-c', REACH, host, String(port), kind])).trim()
  }
  const desktop = await ip(alice.namespace, SESSION)
  const operator = await ip(platform.namespace, 'operator')
  // what must work, and once it does the rules are in place
  await until(
    'the operator reaches the desktop',
    30_000,
    async () => (await reach('operator', desktop, HTTP_PORT, 'tcp')) === 'open',
  )
  expect(await reach('stranger', desktop, MEDIA_PORT, 'udp'), 'media from anywhere').toBe('open')
  expect(await reach('alice', NETWORK.dnsIp, 53, 'tcp'), 'names').toBe('open')
  const shut: readonly (readonly [keyof typeof from, string, number, 'tcp' | 'udp'])[] = [
    ['bob', desktop, HTTP_PORT, 'tcp'],
    ['bob', desktop, MEDIA_PORT, 'udp'],
    ['stranger', desktop, HTTP_PORT, 'tcp'],
    ['alice', operator, HTTP_PORT, 'tcp'],
    ['alice', NETWORK.apiServiceIp, 443, 'tcp'],
  ]
  const seen: string[] = []
  for (const [who, host, port, kind] of shut) seen.push(`${who} ${host} ${port} ${await reach(who, host, port, kind)}`)
  expect(seen).toEqual(shut.map(([who, host, port]) => `${who} ${host} ${port} shut`))
})

test('a user makes no pods, no sessions for others, and raises no right', async () => {
  expectRefused(await bob.kubectl(['create', '-f', '-'], probePod('own', {}, bob.namespace)), 'a pod')
  const foreign = await bob.kubectl(['create', '-f', '-'], session(alice.name, bob.namespace, 'x2'))
  expectRefused(foreign, 'a session for somebody else', /spec\.owner must be the user who asks/)
  const me = `--serviceaccount=${platform.namespace}:operator`
  const tries: readonly (readonly string[])[] = [
    ['create', 'rolebinding', 'up', '--clusterrole=cluster-admin', `--user=${bob.name}`],
    ['create', 'clusterrolebinding', 'up', '--clusterrole=kasm-operator', `--user=${bob.name}`],
    ['create', 'role', 'up', '--verb=create', '--resource=pods'],
    ['create', 'rolebinding', 'up', '--clusterrole=kasm-operator-user', me],
    ['create', 'token', 'default'],
    ['create', 'secret', 'generic', 'own'],
    ['create', 'configmap', 'own'],
    ['create', 'serviceaccount', 'own'],
    ['delete', 'networkpolicy', 'default-deny'],
    ['delete', 'resourcequota', 'kasm-operator'],
    ['get', 'secrets'],
    ['exec', SESSION, '--', 'true'],
    ['label', 'pod', SESSION, `${LABEL.session}=other`, '--overwrite'],
    ['annotate', 'pvc', homeName('light-desktop', ownerHash(bob.name)), `${ANNOTATION.owner}=x`, '--overwrite'],
    ['patch', SESSIONS, SESSION, '--subresource=status', '--type=merge', '-p', '{"status":{"phase":"Ready"}}'],
    ['patch', USERS, bob.name, '--type=merge', '-p', '{"spec":{"quota":{"slices":99}}}'],
    ['label', 'namespace', bob.namespace, 'pod-security.kubernetes.io/enforce=privileged', '--overwrite'],
    ['get', 'pods', `--as=${alice.name}`],
    ['get', 'pods', '--as=admin', '--as-group=system:masters'],
  ]
  for (const words of tries) expectRefused(await bob.kubectl(words), words.join(' '))
})

test('even with edit rights in their namespace a user forges nothing the operator goes by', async ({ cluster }) => {
  await cluster.kubectl([
    'create',
    'rolebinding',
    'too-much',
    '--clusterrole=edit',
    `--user=${bob.name}`,
    '-n',
    bob.namespace,
  ])
  await until(
    'the right is there',
    10_000,
    async () => (await bob.kubectl(['auth', 'can-i', 'create', 'pods'])).code === 0,
  )
  expectRefused(
    await bob.kubectl(['create', '-f', '-'], probePod('own', {}, bob.namespace)),
    'a pod',
    /made by the operator alone/,
  )
  const plain = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'plain', namespace: bob.namespace } }
  expectDone(await bob.kubectl(['create', '-f', '-'], plain), 'a ConfigMap without our labels')
  const posing = { ...plain, metadata: { ...plain.metadata, name: 'posing', labels: { [LABEL.session]: SESSION } } }
  const alone = /set by the operator alone/
  expectRefused(await bob.kubectl(['create', '-f', '-'], posing), 'our label on a new object', alone)
  const home = homeName('light-desktop', ownerHash(bob.name))
  const tries: readonly (readonly string[])[] = [
    ['label', 'configmap', 'plain', `${LABEL.template}=true`],
    ['label', 'pvc', home, `${LABEL.ownerHash}=${ownerHash(alice.name)}`, '--overwrite'],
    ['label', 'pvc', home, `${LABEL.managed}-`],
    ['annotate', 'secret', accessName(SESSION), `${ANNOTATION.template}={}`, '--overwrite'],
    ['annotate', 'secret', accessName(SESSION), `${ANNOTATION.lastStarted}-`],
    ['label', 'pod', SESSION, `${LABEL.session}=other`, '--overwrite'],
  ]
  for (const words of tries) expectRefused(await bob.kubectl(words), words.join(' '), alone)
  expectDone(await bob.kubectl(['label', 'pvc', home, 'mine=yes']), 'a label of their own')
  await cluster.kubectl(['delete', 'rolebinding', 'too-much', '-n', bob.namespace])
})

test("whoever may make namespaces takes no user's place and loosens none", async ({ cluster }) => {
  const role = `namespaces-${bob.name}`
  await cluster.kubectl([
    'create',
    'clusterrole',
    role,
    '--verb=create,get,patch,update,delete',
    '--resource=namespaces',
  ])
  await cluster.kubectl(['create', 'clusterrolebinding', role, `--clusterrole=${role}`, `--user=${bob.name}`])
  const own = `plain-${bob.name}`
  try {
    await until(
      'the right is there',
      10_000,
      async () => (await bob.kubectl(['auth', 'can-i', 'create', 'namespaces'])).code === 0,
    )
    expectRefused(
      await bob.kubectl(['create', 'namespace', 'vdi-u-aaaaaaaaaa']),
      "a user's name",
      /made by the operator alone/,
    )
    expectDone(await bob.kubectl(['create', 'namespace', own]), 'a namespace of another name')
    const alone = /set by the operator alone/
    const tries: readonly (readonly string[])[] = [
      ['label', 'namespace', own, `${LABEL.managed}=${FIELD_MANAGER_OPERATOR}`],
      ['annotate', 'namespace', alice.namespace, `${ANNOTATION.owner}=${bob.name}`, '--overwrite'],
      ['label', 'namespace', alice.namespace, `${LABEL.managed}-`],
      ['label', 'namespace', alice.namespace, 'pod-security.kubernetes.io/enforce=privileged', '--overwrite'],
      ['label', 'namespace', alice.namespace, 'pod-security.kubernetes.io/enforce-'],
    ]
    for (const words of tries) expectRefused(await bob.kubectl(words), words.join(' '), alone)
    expectDone(await bob.kubectl(['label', 'namespace', own, 'mine=yes']), 'a label of their own')
  } finally {
    await cluster.tryKubectl(['delete', 'namespace', own, '--ignore-not-found', '--wait=false'])
    await cluster.tryKubectl(['delete', 'clusterrolebinding,clusterrole', role])
  }
})

test("the operator's account may do what the table says, and what it must not it may not", async ({ cluster }) => {
  const place = (right: Right): string => (PLATFORM_RIGHTS.includes(right) ? platform.namespace : alice.namespace)
  const wanted = [...OPERATOR_RIGHTS, ...PLATFORM_RIGHTS].flatMap((right) =>
    right.resources.flatMap((resource) =>
      right.verbs.map((verb) => ({
        verb,
        group: right.group,
        resource,
        name: right.names?.[0],
        namespace: place(right),
      })),
    ),
  )
  const ask = { group: '', namespace: alice.namespace, name: undefined }
  const rbac = 'rbac.authorization.k8s.io'
  const unwanted = [
    { ...ask, verb: 'delete', resource: 'namespaces' },
    { ...ask, verb: 'create', resource: 'pods/exec' },
    { ...ask, verb: 'create', resource: 'pods/portforward' },
    { ...ask, verb: 'create', resource: 'pods/ephemeralcontainers' },
    { ...ask, verb: 'patch', resource: 'pods' },
    { ...ask, verb: 'create', resource: 'serviceaccounts/token' },
    { ...ask, verb: 'impersonate', resource: 'users' },
    { ...ask, verb: 'patch', resource: 'nodes' },
    { ...ask, group: API_GROUP, verb: 'create', resource: 'vdiusers' },
    { ...ask, group: API_GROUP, verb: 'patch', resource: 'vdiusers' },
    { ...ask, group: API_GROUP, verb: 'patch', resource: 'vditemplates' },
    { ...ask, group: API_GROUP, verb: 'create', resource: 'vdisessions' },
    { ...ask, group: API_GROUP, verb: 'manage', resource: 'vdisessions' },
    { ...ask, group: rbac, verb: 'escalate', resource: 'clusterroles' },
    { ...ask, group: rbac, verb: 'bind', resource: 'clusterroles', name: 'cluster-admin' },
    { ...ask, group: rbac, verb: 'create', resource: 'clusterrolebindings' },
    { ...ask, group: rbac, verb: 'patch', resource: 'clusterrolebindings', name: 'cluster-admin' },
    { ...ask, group: rbac, verb: 'create', resource: 'roles' },
    { ...ask, group: 'apps', verb: 'create', resource: 'daemonsets' },
    { ...ask, group: 'apps', verb: 'create', resource: 'deployments' },
    { ...ask, group: 'admissionregistration.k8s.io', verb: 'delete', resource: 'validatingadmissionpolicies' },
  ]
  const questions = [...wanted, ...unwanted]
  const reviews = questions.map(({ resource, ...rest }) => {
    const [plural, subresource] = resource.split('/')
    const resourceAttributes = { ...rest, resource: plural, subresource }
    const groups = ['system:serviceaccounts', `system:serviceaccounts:${platform.namespace}`, 'system:authenticated']
    return {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: { user: platform.account, groups, resourceAttributes },
    }
  })
  const format = 'jsonpath={.status.allowed}{"\\n"}'
  const text = await cluster.kubectl(['create', '-f', '-', '-o', format], { input: documents(reviews) })
  const answers = text
    .trim()
    .split('\n')
    .map((line) => line === 'true')
  const said = questions.map(({ verb, resource }, index) => `${verb} ${resource}: ${answers[index]}`)
  expect(said).toEqual([
    ...wanted.map(({ verb, resource }) => `${verb} ${resource}: true`),
    ...unwanted.map(({ verb, resource }) => `${verb} ${resource}: false`),
  ])
})

test("the operator's own writes end at its users' namespaces and its own", async () => {
  const secret = (namespace: string): unknown => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'stray', namespace },
  })
  const inside = /in the namespaces of its users and in its own alone/
  for (const namespace of ['kube-system', 'default'])
    expectRefused(await platform.asOperator(APPLY, secret(namespace)), `a Secret in ${namespace}`, inside)
  expectRefused(
    await platform.asOperator(['create', '-f', '-'], probePod('stray', {}, 'default')),
    'a pod elsewhere',
    inside,
  )
  const namespace = (name: string, enforce?: string): unknown => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, ...(enforce === undefined ? {} : { labels: { 'pod-security.kubernetes.io/enforce': enforce } }) },
  })
  const names = /makes namespaces that begin with/
  expectRefused(
    await platform.asOperator(APPLY, namespace('other', 'restricted')),
    'a namespace of another name',
    names,
  )
  expectRefused(
    await platform.asOperator(APPLY, namespace('vdi-u-bbbbbbbbbb', 'privileged')),
    'a privileged one',
    names,
  )
  expectRefused(await platform.asOperator(APPLY, namespace('vdi-u-bbbbbbbbbb')), 'one that says nothing', names)
  expectRefused(await platform.asOperator(APPLY, namespace('kube-system', 'baseline')), 'kube-system', names)
  const binding = (role: string, name = 'up'): unknown => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name, namespace: bob.namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: bob.name }],
  })
  expectRefused(await platform.asOperator(APPLY, binding('cluster-admin')), 'cluster-admin')
  // it holds all of this role itself, so that RBAC alone would let it hand the role on
  expectRefused(
    await platform.asOperator(APPLY, binding('kasm-operator')),
    'its own role',
    /binds kasm-operator-user and no other/,
  )
  expectRefused(await platform.asOperator(['delete', 'namespace', bob.namespace]), 'deleting a namespace')
  expectRefused(
    await platform.asOperator(APPLY, {
      ...(binding('cluster-admin') as object),
      kind: 'ClusterRoleBinding',
      metadata: { name: 'up' },
    }),
    'for the whole cluster',
  )
})

test('who is locked out has no rights left, and their home stays', async ({ cluster }) => {
  await bob.admit({ suspended: true })
  for (const words of [
    ['get', 'pods'],
    ['get', SESSIONS],
    ['get', 'secret', accessName(SESSION)],
    ['get', TEMPLATES],
  ])
    expectRefused(await bob.kubectl(words), words.join(' '))
  expect(await cluster.kubectl(['get', 'pvc', '-n', bob.namespace, '-o', 'name'])).toContain('home-light-desktop')
  await bob.admit()
  expectDone(await bob.kubectl(['get', 'pods']), 'let in again')
  expectDone(await bob.kubectl(['get', TEMPLATES]), 'templates again')
})

test('a session that its user removes takes what belongs to it along, and leaves the home', async ({ cluster }) => {
  const subject = { apiVersion: `${API_GROUP}/${API_VERSION}`, kind: 'VDISession' }
  const metadata = { name: SESSION, namespace: alice.namespace, finalizers: [FINALIZER] }
  await platform.mustAsOperator(APPLY, { ...subject, metadata })
  expectDone(await alice.kubectl(['delete', SESSIONS, SESSION, '--wait=false']), 'own session')
  await platform.mustAsOperator(APPLY, { ...subject, metadata: { ...metadata, finalizers: [] } })
  await until('garbage collection took its objects', 60_000, async () => {
    const left = await cluster.kubectl(['get', 'pods,secrets,services', '-n', alice.namespace, '-o', 'name'])
    return left.trim() === ''
  })
  expect(await cluster.kubectl(['get', 'pvc', '-n', alice.namespace, '-o', 'name'])).toContain('home-light-desktop')
})

test('a VDIUser that is deleted leaves the namespace with its home, and no rights', async ({ cluster }) => {
  await cluster.kubectl(['delete', USERS, alice.name])
  await until('the rights are gone', 60_000, async () => (await alice.kubectl(['get', 'pods'])).code !== 0)
  expect(await cluster.kubectl(['get', 'pvc', '-n', alice.namespace, '-o', 'name'])).toContain('home-light-desktop')
  // an admin who wants all of it gone deletes the namespace: no guard rail stands in the way of that, sessions included
  await cluster.kubectl(['delete', 'namespace', bob.namespace, '--timeout=90s'])
  expect((await cluster.tryKubectl(['get', 'namespace', bob.namespace])).code).not.toBe(0)
})

/** A pod of ours that does nothing, in the platform's namespace or another. */
function probePod(name: string, labels: Readonly<Record<string, string>>, namespace = platform.namespace): unknown {
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
