// The whole operator against an API server that misbehaves: desktops start once, nothing gets lost, and who does not lead writes nothing.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { StoredObject } from '../e2e/fakes/api-store.ts'
import {
  CLAIM,
  LEASE,
  NAMESPACE as NAMESPACES,
  POD,
  SECRET,
  SERVICE,
  VDI_SESSION,
  VDI_TEMPLATE,
} from '../kube/types.ts'
import { FINALIZER, PLATFORM_NAMESPACE, PRODUCT_ID } from '../shared/product.ts'
import { ROTATE } from './relay.ts'
import { mintTicket, TICKET_COOKIE } from './auth.ts'
import { createWorld, NAMESPACE, type Replica, type World } from './testing/world.ts'

const HOME = { storage: { home: { size: '1Gi' } } } as const
let world: World

beforeEach(async () => {
  world = await createWorld()
})
afterEach(async () => {
  await world.end()
})

const WAIT = { timeout: 10_000, interval: 20 }
function until(check: () => void): Promise<void> {
  return vi.waitFor(check, WAIT)
}
/** A user, a template with a home and a desktop that runs. */
async function runningDesktop(deps: Parameters<World['operator']>[0] = {}): Promise<Replica> {
  world.user()
  world.template(HOME)
  const replica = await world.operator(deps)
  await until(() => expect(world.api.store.get(NAMESPACES, NAMESPACE)).toBeDefined())
  world.session('one')
  await until(() => expect(world.phase('one')).toBe('Ready'))
  return replica
}
function pod(name = 'one'): StoredObject | undefined {
  return world.api.store.get(POD, name, NAMESPACE)
}
/** Keys and values of a Secret as they are stored; empty when there is none. */
function secretData(name: string, namespace = NAMESPACE): Readonly<Record<string, string>> {
  return (world.api.store.get(SECRET, name, namespace)?.['data'] ?? {}) as Readonly<Record<string, string>>
}
function creationsOfPods(): number {
  return world.api.requests.filter(({ kind, plural }) => kind === 'create' && plural === 'pods').length
}
/** Some time of the operator's passes, ms. */
async function pass(ms: number): Promise<void> {
  const end = world.timers.now() + ms
  await until(() => expect(world.timers.now()).toBeGreaterThan(end))
}

describe('a desktop', () => {
  it('starts from a user, a template and a session: Secret, home, Service and pod, each once', async () => {
    await runningDesktop()
    const session = world.api.store.get(VDI_SESSION, 'one', NAMESPACE)
    expect(session?.metadata.finalizers).toEqual([FINALIZER])
    for (const [kind, name] of [
      [SECRET, 'one-access'],
      [SERVICE, 'one-media'],
      [POD, 'one'],
    ] as const)
      expect(world.api.store.get(kind, name, NAMESPACE)?.metadata.ownerReferences).toEqual([
        expect.objectContaining({ uid: session?.metadata.uid, controller: true, blockOwnerDeletion: true }),
      ])
    expect(world.api.store.list(CLAIM, { namespace: NAMESPACE })).toHaveLength(1)
    expect(creationsOfPods()).toBe(1)
    expect(session?.['status']).toMatchObject({ phase: 'Ready', podName: 'one', nodeName: 'node-1' })
  })

  it('costs no request too many: finalizer, Secret, pod, and no status before its pod', async () => {
    world.user()
    world.template()
    await world.operator({ settings: { media: { nodePort: false } } })
    await until(() => expect(world.api.store.get(NAMESPACES, NAMESPACE)).toBeDefined())
    await pass(5000)
    world.api.requests.length = 0
    world.session('one')
    await until(() => expect(world.phase('one')).toBe('Ready'))
    await pass(5000)
    const ofIt = world.writes().filter((line) => line.includes('/one') || line.includes(`${NAMESPACE}/`))
    const short = ofIt.map((line) => line.replace(/ .*\/namespaces\/[^/]+/, ' ').split('?')[0])
    expect(short.slice(0, 4)).toEqual([
      'PATCH /vdisessions/one',
      'POST /secrets',
      'POST /pods',
      'PATCH /vdisessions/one/status',
    ])
    // on a busy machine the fast clock is through with the moment before the pod runs
    expect(short.slice(4).filter((line) => !line?.endsWith('/status'))).toEqual([])
    expect(short.length).toBeLessThanOrEqual(5)
  })

  it('stops with its home kept, and starts again with another password', async () => {
    await runningDesktop()
    const password = () => secretData('one-access')['password']
    const first = password()
    world.session('one', { desiredState: 'Stopped' })
    await until(() => expect(world.phase('one')).toBe('Stopped'))
    expect(pod()).toBeUndefined()
    expect(world.api.store.list(CLAIM, { namespace: NAMESPACE })).toHaveLength(1)
    world.session('one')
    await until(() => expect(world.phase('one')).toBe('Ready'))
    expect(password()).not.toBe(first)
  })

  it('goes with its session, and its home stays', async () => {
    const { client } = await runningDesktop()
    await client.delete(VDI_SESSION, 'one', NAMESPACE)
    await until(() => expect(world.api.store.get(VDI_SESSION, 'one', NAMESPACE)).toBeUndefined())
    expect(pod()).toBeUndefined()
    expect(world.api.store.list(CLAIM, { namespace: NAMESPACE })).toHaveLength(1)
  })

  it('whose pod somebody deleted gets another one', async () => {
    const { client } = await runningDesktop()
    const { uid } = pod()?.metadata ?? {}
    await client.delete(POD, 'one', NAMESPACE)
    await until(() => expect(pod()?.metadata.uid).toBeDefined())
    expect(pod()?.metadata.uid).not.toBe(uid)
    await until(() => expect(world.phase('one')).toBe('Ready'))
  })

  it('is not given to two sessions at once that share its home', async () => {
    world.user()
    world.template({ ...HOME, access: { maxSessionsPerUser: 0 } })
    await world.operator()
    await until(() => expect(world.api.store.get(NAMESPACES, NAMESPACE)).toBeDefined())
    world.session('one')
    world.session('two')
    await until(() => expect([world.phase('one'), world.phase('two')]).toContain('Ready'))
    await pass(5000)
    expect(world.api.store.list(POD, { namespace: NAMESPACE })).toHaveLength(1)
  })

  it('at rest costs no write', async () => {
    await runningDesktop()
    await pass(20_000)
    world.api.requests.length = 0
    await pass(60_000)
    expect(world.writes()).toEqual([])
  })
})

describe('faults of the API server', () => {
  it.each([
    ['429', { type: 'status', status: 429, retryAfterSeconds: 1 }],
    ['409', { type: 'status', status: 409, reason: 'Conflict' }],
    ['500', { type: 'status', status: 500 }],
    ['a cut connection', { type: 'reset' }],
  ] as const)('%s on the first writes delays a start and doubles nothing', async (_what, fault) => {
    world.user()
    world.template(HOME)
    await world.operator()
    await until(() => expect(world.api.store.get(NAMESPACES, NAMESPACE)).toBeDefined())
    for (const kind of ['create', 'apply', 'patch'] as const) world.api.faults.add(fault, { kind, times: 3 })
    world.session('one')
    await until(() => expect(world.phase('one')).toBe('Ready'))
    expect(world.api.store.list(POD, { namespace: NAMESPACE })).toHaveLength(1)
  })

  it('a restart deletes nothing, and what was asked for meanwhile starts afterwards', async () => {
    await runningDesktop()
    const { uid } = pod()?.metadata ?? {}
    world.api.requests.length = 0
    await world.api.goDark()
    world.session('one', { displayName: 'Renamed' })
    await pass(3000)
    await world.api.comeBack()
    world.template({ ...HOME, access: { maxSessionsPerUser: 0 } })
    world.session('two', { templateRef: { name: 'office' } })
    await until(() => expect(world.phase('two')).toBeDefined())
    expect(pod()?.metadata.uid).toBe(uid)
    expect(world.writes().filter((line) => line.startsWith('DELETE'))).toEqual([])
  })

  it('lists that fail make no empty cluster: nothing is planned until every kind was listed', async () => {
    const first = await runningDesktop()
    // what is left undone the next one does, as it should
    await first.operator.idle()
    await first.operator.stop()
    const clear = world.api.faults.add({ type: 'status', status: 500 }, { kind: 'list', plural: 'pods' })
    world.api.requests.length = 0
    const { operator } = await world.operator()
    await until(() => expect(operator.isLeader).toBe(true))
    await pass(5000)
    expect(operator.isReady).toBe(false)
    expect(world.writes()).toEqual([])
    clear()
    await until(() => expect(operator.isReady).toBe(true))
    await operator.idle()
    expect(world.writes().filter((line) => !line.includes('/status'))).toEqual([])
    expect(world.phase('one')).toBe('Ready')
  })

  it('a quota that is full is said, and the start goes on by itself when there is room', async () => {
    world.user()
    world.template(HOME)
    await world.operator()
    await until(() => expect(world.api.store.get(NAMESPACES, NAMESPACE)).toBeDefined())
    const clear = world.api.faults.add(
      { type: 'status', status: 403, reason: 'Forbidden', message: 'pods "one" is forbidden: exceeded quota: limits' },
      { kind: 'create', plural: 'pods' },
    )
    world.session('one')
    const reasons = () => JSON.stringify(world.api.store.get(VDI_SESSION, 'one', NAMESPACE)?.['status'] ?? {})
    await until(() => expect(reasons()).toContain('QuotaExceeded'))
    const tries = creationsOfPods()
    await pass(10_000)
    expect(creationsOfPods() - tries).toBeLessThan(3)
    clear()
    await until(() => expect(world.phase('one')).toBe('Ready'))
  })
})

describe('replicas', () => {
  it('one leads; when it ends in order the other goes on at once', async () => {
    const first = await runningDesktop()
    const second = await world.operator()
    await until(() => expect(second.operator.isReady).toBe(true))
    expect([first.operator.isLeader, second.operator.isLeader]).toEqual([true, false])
    await first.operator.stop()
    await until(() => expect(second.operator.isLeader).toBe(true))
    world.session('one', { desiredState: 'Stopped' })
    await until(() => expect(world.phase('one')).toBe('Stopped'))
  })

  it('a leader that is cut off in the middle of a start is followed by one that ends it, once', async () => {
    world.user()
    world.template(HOME)
    const first = await world.operator()
    await until(() => expect(world.api.store.get(NAMESPACES, NAMESPACE)).toBeDefined())
    const clear = world.api.faults.add({ type: 'status', status: 500 }, { kind: 'create', plural: 'pods' })
    world.session('one')
    await until(() => expect(world.api.store.get(SECRET, 'one-access', NAMESPACE)).toBeDefined())
    await first.operator.stop()
    clear()
    await world.operator()
    await until(() => expect(world.phase('one')).toBe('Ready'))
    expect(world.api.store.list(POD, { namespace: NAMESPACE })).toHaveLength(1)
  })

  it('who has lost the lease says so and writes nothing more', async () => {
    const { operator, lost } = await runningDesktop()
    const lease = world.api.store.get(LEASE, PRODUCT_ID, PLATFORM_NAMESPACE)
    if (!lease) throw new Error('no lease')
    world.api.store.put(LEASE, { ...lease, spec: { ...(lease['spec'] as object), holderIdentity: 'another' } })
    await until(() => expect(lost()).toBe(true))
    expect(operator.isLeader).toBe(false)
    world.api.requests.length = 0
    world.session('one', { desiredState: 'Stopped' })
    await pass(5000)
    expect(world.writes()).toEqual([])
    expect(pod()).toBeDefined()
  })
})

describe('its HTTP listener', () => {
  it('tells that it is alive and ready, its figures, and who may pass', async () => {
    const { operator } = await runningDesktop({ http: { port: 0, host: '127.0.0.1' } })
    const ask = (path: string, headers: Record<string, string> = {}) =>
      fetch(`http://127.0.0.1:${operator.httpPort}${path}`, { headers, redirect: 'manual' })
    expect((await ask('/healthz')).status).toBe(200)
    await until(() => expect(operator.isReady).toBe(true))
    expect((await ask('/readyz')).status).toBe(200)
    expect((await ask('/elsewhere')).status).toBe(404)

    const page = await (await ask('/metrics')).text()
    expect(page).toContain('kasm_operator_leader 1\n')
    expect(page).toContain('kasm_operator_sessions{phase="Ready"} 1\n')
    expect(page).toMatch(/kasm_operator_start_seconds_count\{stage="ready"\} 1\n/)
    expect(page).toMatch(/kasm_operator_writes_total\{verb="create",resource="pods"\} 1\n/)

    const uid = world.api.store.get(VDI_SESSION, 'one', NAMESPACE)?.metadata.uid ?? ''
    const session = {
      namespace: NAMESPACE,
      name: 'one',
      uid,
      password: atob(secretData('one-access')['password'] ?? ''),
    }
    const uri = { 'x-forwarded-uri': `/s/${NAMESPACE}/one/` }
    expect((await ask('/auth', uri)).status).toBe(401)
    const seconds = Math.floor(world.timers.now() / 1000)
    const cookie = `${TICKET_COOKIE}=${mintTicket(session, 'cookie', seconds + 3600)}`
    const answer = await ask('/auth', { ...uri, cookie })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('authorization')).toMatch(/^Basic /)
  })
})

describe('the relay', () => {
  it('gets a secret that stays in the platform’s namespace; sessions get credentials made with it', async () => {
    await runningDesktop({ settings: { relay: { urls: ['turn:relay.test:3478?transport=udp'] } } })
    await until(() => expect(Object.keys(secretData('one-access'))).toContain('relay-credential'))
    const shared = secretData('kasm-operator-relay', PLATFORM_NAMESPACE)['secret'] ?? ''
    expect(shared).not.toBe('')
    const elsewhere = JSON.stringify([
      ...world.api.store.list(SECRET, { namespace: NAMESPACE }),
      ...world.api.store.list(POD),
    ])
    expect(elsewhere).not.toContain(shared)
    expect(elsewhere).not.toContain(atob(shared))
  })
})

describe('the relay’s secret', () => {
  it('is rotated when an admin asks, and the sessions’ credentials follow', async () => {
    const { client } = await runningDesktop({ settings: { relay: { urls: ['turn:relay.test:3478'] } } })
    const shared = () => secretData('kasm-operator-relay', PLATFORM_NAMESPACE)
    const credential = () => secretData('one-access')['relay-credential']
    await until(() => expect(credential()).toBeDefined())
    const [secret, first] = [shared()['secret'], credential()]
    await client.patch(SECRET, 'kasm-operator-relay', PLATFORM_NAMESPACE, {
      metadata: { annotations: { [ROTATE]: 'monday' } },
    })
    await until(() => expect(shared()['previous']).toBe(secret))
    expect(shared()['secret']).not.toBe(secret)
    await until(() => expect(credential()).not.toBe(first))
    expect(world.phase('one')).toBe('Ready')
  })
})

describe('a template', () => {
  it('that is not there yet is waited for', async () => {
    world.user()
    await world.operator()
    await until(() => expect(world.api.store.get(NAMESPACES, NAMESPACE)).toBeDefined())
    world.session('one')
    const status = () => JSON.stringify(world.api.store.get(VDI_SESSION, 'one', NAMESPACE)?.['status'] ?? {})
    await until(() => expect(status()).toContain('TemplateNotFound'))
    world.template()
    await until(() => expect(world.phase('one')).toBe('Ready'))
  })
  it('that is deleted leaves its running desktops alone', async () => {
    await runningDesktop()
    world.api.store.remove(VDI_TEMPLATE, 'office')
    const status = () => JSON.stringify(world.api.store.get(VDI_SESSION, 'one', NAMESPACE)?.['status'] ?? {})
    await until(() => expect(status()).toContain('TemplateNotFound'))
    expect(pod()).toBeDefined()
    expect(world.phase('one')).toBe('Ready')
  })
})
