// What one user cannot do to another or to the platform. Each is tried with real certificates, against the API server and the network;
// beside the refusals stands what must go on working.
import type { RunResult } from '../../cluster/process.ts'
import { tryRun, until } from '../../cluster/process.ts'
import { NETWORK } from '../../cluster/settings.ts'
import { expect, test } from '../../drivers/cluster-app.ts'
import {
  expectDone,
  expectRefused,
  LOG_LINE,
  PASSWORD,
  probePod,
  PYTHON,
  REACH,
  session,
  SESSION,
  startDesktop,
} from '../../drivers/guarded-desktop.ts'
import {
  documents,
  guardPlatform,
  SESSIONS,
  TEMPLATES,
  USERS,
  type GuardedPlatform,
  type GuardedUser,
} from '../../drivers/guarded-platform.ts'
import { OPERATOR_LABELS } from '../../../operator/user/policies.ts'
import { ownerHash } from '../../../shared/domain/hash.ts'
import { accessName, homeName } from '../../../shared/domain/names.ts'
import { ANNOTATION, FIELD_MANAGER_OPERATOR, HTTP_PORT, LABEL, MEDIA_PORT } from '../../../shared/product.ts'

test.describe.configure({ mode: 'serial' })

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

test("the operator's account can do all that its planner wants, and a user gets a walled place and a desktop", async ({
  cluster,
}) => {
  await startDesktop(platform, cluster, alice)
  await startDesktop(platform, cluster, bob)
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
  const pods = [probePod(platform.namespace, 'operator', OPERATOR_LABELS), probePod(platform.namespace, 'stranger')]
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
  expectRefused(await bob.kubectl(['create', '-f', '-'], probePod(bob.namespace, 'own')), 'a pod')
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
    await bob.kubectl(['create', '-f', '-'], probePod(bob.namespace, 'own')),
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
