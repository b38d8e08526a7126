// The warm pool through the whole operator: it fills, hands over, fills again, gives way, and lives through another leader.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { StoredObject } from '../e2e/fakes/api-store.ts'
import { POD, ROLE, ROLE_BINDING, SECRET, VDI_SESSION, VDI_TEMPLATE, VDI_USER } from '../kube/types.ts'
import type { TemplateSpecInput } from '../shared/domain/template.ts'
import { userNamespace, WARM_POOL_NAMESPACE } from '../shared/domain/names.ts'
import type { VdiSessionSpec, VdiSessionStatus } from '../shared/domain/vdi-session.ts'
import type { VdiTemplateStatus } from '../shared/domain/vdi-template.ts'
import { ANNOTATION, API_GROUP, API_VERSION, WARM_POOL_ROLE, WARM_POOL_USER } from '../shared/product.ts'
import { mintTicket, TICKET_COOKIE } from './auth.ts'
import { createWorld, NAMESPACE, type Replica, type World } from './testing/world.ts'

const BOB = userNamespace('bob')
const POOL = { warmPool: { replicas: 1 }, access: { maxSessionsPerUser: 0 } } as const
let world: World

beforeEach(async () => {
  world = await createWorld()
})
afterEach(async () => {
  await world.end()
})

function until(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 10_000, interval: 20 })
}
function person(name: string, username: string, spec: object = {}): void {
  world.api.store.put(VDI_USER, {
    apiVersion: `${API_GROUP}/${API_VERSION}`,
    kind: 'VDIUser',
    metadata: { name },
    spec: { username, quota: { sessions: 50, slices: 9 }, ...spec },
  })
}
async function poolOf(
  template: Partial<TemplateSpecInput> = POOL,
  deps: Parameters<World['operator']>[0] = {},
): Promise<Replica> {
  person('warm-pool', WARM_POOL_USER)
  person('bob', 'bob')
  world.user()
  world.template(template)
  const replica = await world.operator({ serviceAccount: 'kasm-operator', ...deps })
  await until(() => expect(world.api.store.list(ROLE_BINDING, {}).length).toBeGreaterThanOrEqual(3))
  return replica
}
type Session = StoredObject & { readonly spec: VdiSessionSpec; readonly status?: VdiSessionStatus }
function members(): readonly Session[] {
  return world.api.store.list(VDI_SESSION, { namespace: WARM_POOL_NAMESPACE }) as readonly Session[]
}
const claimedBy = ({ metadata }: StoredObject): string | undefined =>
  (metadata.annotations as Readonly<Record<string, string>> | undefined)?.[ANNOTATION.claimedBy]
const waiting = (): readonly Session[] =>
  members().filter((one) => claimedBy(one) === undefined && one.status?.phase === 'Ready')
const names = (objects: readonly StoredObject[]): readonly string[] => objects.map(({ metadata }) => metadata.name)
function status(name = 'one', namespace = NAMESPACE): VdiSessionStatus {
  return ((world.api.store.get(VDI_SESSION, name, namespace) as Session | undefined)?.status ?? {}) as VdiSessionStatus
}
function templateStatus(): VdiTemplateStatus {
  return (world.api.store.get(VDI_TEMPLATE, 'office')?.['status'] ?? {}) as VdiTemplateStatus
}
function session(name: string, owner: string, namespace: string): void {
  world.api.store.put(VDI_SESSION, {
    apiVersion: `${API_GROUP}/${API_VERSION}`,
    kind: 'VDISession',
    metadata: { name, namespace },
    spec: { owner, templateRef: { name: 'office' } },
  })
}
const podUids = (namespace: string): readonly (string | undefined)[] =>
  world.api.store.list(POD, { namespace }).map(({ metadata }) => metadata.uid)

describe('the pool', () => {
  it('fills, is handed to whoever asks, and fills again', async () => {
    await poolOf()
    await until(() => expect(waiting()).toHaveLength(1))
    await until(() => expect(templateStatus()).toMatchObject({ warm: 1 }))
    expect(templateStatus().conditions?.find(({ type }) => type === 'WarmPool')?.status).toBe('True')
    const [ready] = waiting()
    const name = ready?.metadata.name ?? ''
    const uid = world.api.store.get(POD, name, WARM_POOL_NAMESPACE)?.metadata.uid

    world.session('one')
    await until(() => expect(status()).toMatchObject({ phase: 'Ready', podName: name, podUID: uid }))
    expect(status().desktopNamespace).toBe(WARM_POOL_NAMESPACE)
    expect(podUids(NAMESPACE)).toEqual([])
    expect(world.api.store.get(ROLE_BINDING, name, WARM_POOL_NAMESPACE)).toMatchObject({ subjects: [{ name: 'ann' }] })
    expect(world.api.store.get(ROLE, name, WARM_POOL_NAMESPACE)).toMatchObject({
      rules: [{ resourceNames: [name] }, { resourceNames: [name] }, { resourceNames: [`${name}-access`] }],
    })
    await until(() => expect(waiting()).toHaveLength(1))
    expect(names(waiting())).not.toContain(name)
  })

  it('gives one to one of two who ask at the same moment, and the other one starts', async () => {
    await poolOf()
    await until(() => expect(waiting()).toHaveLength(1))
    session('one', 'ann', NAMESPACE)
    session('two', 'bob', BOB)
    await until(() => expect([status('one').phase, status('two', BOB).phase]).toEqual(['Ready', 'Ready']))
    const pods = [status('one').podUID, status('two', BOB).podUID]
    expect(new Set(pods).size).toBe(2)
    const claims = members().flatMap((one) => claimedBy(one) ?? [])
    expect(new Set(claims).size).toBe(claims.length)
    // each has one desktop, whichever way
    for (const [place, own] of [
      [NAMESPACE, status('one')],
      [BOB, status('two', BOB)],
    ] as const)
      expect(podUids(place)).toHaveLength(own.desktopNamespace === undefined ? 1 : 0)
  })

  it('gives one person who asks twice at the same moment no more than their share', async () => {
    const resources = { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } }
    person('carol', 'carol', { quota: { sessions: 5, memory: '1536Mi' } })
    await poolOf({ ...POOL, warmPool: { replicas: 2 }, resources })
    await until(() => expect(waiting()).toHaveLength(2))
    const place = userNamespace('carol')
    session('one', 'carol', place)
    session('two', 'carol', place)
    const reasons = (): readonly (string | undefined)[] =>
      ['one', 'two'].map((name) => status(name, place).conditions?.find(({ type }) => type === 'Ready')?.reason)
    await until(() => expect(new Set(reasons())).toEqual(new Set(['QuotaExceeded', 'Ready'])))
    expect(podUids(place)).toEqual([])
  })

  it('ends a desktop that was somebody’s, rights and all, and gives it to nobody again', async () => {
    const { client } = await poolOf()
    await until(() => expect(waiting()).toHaveLength(1))
    world.session('one')
    await until(() => expect(status().phase).toBe('Ready'))
    const name = status().podName ?? ''
    world.session('one', { desiredState: 'Stopped' })
    await until(() => expect(status()).toMatchObject({ phase: 'Stopped', stopReason: 'StoppedByUser' }))
    expect(status().desktopNamespace).toBeUndefined()
    for (const [kind, object] of [
      [POD, name],
      [SECRET, `${name}-access`],
      [VDI_SESSION, name],
      [ROLE_BINDING, name],
    ] as const)
      await until(() => expect(world.api.store.get(kind, object, WARM_POOL_NAMESPACE)).toBeUndefined())
    // another start is another desktop
    await until(() => expect(waiting()).toHaveLength(1))
    world.session('one')
    await until(() => expect(status().phase).toBe('Ready'))
    expect(status().podName).not.toBe(name)
    const second = status().podName ?? ''
    await client.delete(VDI_SESSION, 'one', NAMESPACE)
    await until(() => expect(world.api.store.get(VDI_SESSION, 'one', NAMESPACE)).toBeUndefined())
    await until(() => expect(names(members())).not.toContain(second))
  })

  it('starts as ever where none waits', async () => {
    await poolOf({ ...POOL, warmPool: { replicas: 0 } })
    world.session('one')
    await until(() => expect(status().phase).toBe('Ready'))
    expect([members(), podUids(NAMESPACE).length]).toEqual([[], 1])
  })

  it('that loses the claimed one gives way to an ordinary start', async () => {
    const { client } = await poolOf({ ...POOL, warmPool: { replicas: 2 } })
    await until(() => expect(waiting()).toHaveLength(2))
    world.session('one')
    await until(() => expect(status().desktopNamespace).toBe(WARM_POOL_NAMESPACE))
    const name = status().podName ?? ''
    await client.patch(VDI_SESSION, name, WARM_POOL_NAMESPACE, { metadata: { finalizers: null } })
    await client.delete(VDI_SESSION, name, WARM_POOL_NAMESPACE)
    await until(() => expect(status()).toMatchObject({ phase: 'Ready' }))
    await until(() => expect(status().podName).not.toBe(name))
  })

  it('is made anew for another version of the template, and emptied with it; what is somebody’s stays', async () => {
    await poolOf()
    await until(() => expect(waiting()).toHaveLength(1))
    world.session('one')
    await until(() => expect(status().phase).toBe('Ready'))
    await until(() => expect(waiting()).toHaveLength(1))
    const before = names(waiting())
    world.template({ ...POOL, displayName: 'Newer' })
    await until(() => expect(names(members())).not.toContain(before[0]))
    await until(() => expect(waiting()).toHaveLength(1))
    world.api.store.delete(VDI_TEMPLATE, 'office')
    await until(() => expect(names(members())).toEqual([status().podName]))
    expect(status().phase).toBe('Ready')
  })

  it('is not asked by a template with a home, and is not there without its user', async () => {
    world.user()
    world.template({ ...POOL, storage: { home: { size: '1Gi' } } })
    await world.operator()
    const reason = () => templateStatus().conditions?.find(({ type }) => type === 'WarmPool')?.reason
    await until(() => expect(reason()).toBe('NeedsHome'))
    world.template(POOL)
    await until(() => expect(reason()).toBe('NoPool'))
    person('warm-pool', WARM_POOL_USER)
    await until(() => expect(waiting()).toHaveLength(1))
    // an operator outside a cluster has rights of its own
    expect(world.api.store.get(ROLE_BINDING, WARM_POOL_ROLE, WARM_POOL_NAMESPACE)).toBeUndefined()
  })

  it('ends what was claimed by a session that somebody tore away', async () => {
    const { client } = await poolOf()
    await until(() => expect(waiting()).toHaveLength(1))
    world.session('one')
    await until(() => expect(status().phase).toBe('Ready'))
    const name = status().podName ?? ''
    world.api.store.delete(VDI_SESSION, 'one', NAMESPACE)
    await until(() => expect(names(members())).not.toContain(name))
    expect(client).toBeDefined()
  })

  it('belongs to the same people under another leader', async () => {
    const first = await poolOf()
    await until(() => expect(waiting()).toHaveLength(1))
    world.session('one')
    await until(() => expect(status().phase).toBe('Ready'))
    await until(() => expect(waiting()).toHaveLength(1))
    const before = status()
    await first.operator.stop()
    const writes = world.writes().length
    const second = await world.operator({ serviceAccount: 'kasm-operator' })
    await until(() => expect(second.operator.isLeader).toBe(true))
    await second.operator.idle()
    expect(status()).toEqual(before)
    expect(world.writes().slice(writes)).toEqual([])
  })

  it('gives the operator its rights there, and nobody else', async () => {
    await poolOf()
    const binding = world.api.store.get(ROLE_BINDING, WARM_POOL_ROLE, WARM_POOL_NAMESPACE)
    expect(binding).toMatchObject({
      roleRef: { kind: 'ClusterRole', name: WARM_POOL_ROLE },
      subjects: [{ kind: 'ServiceAccount', name: 'kasm-operator', namespace: 'kasm-operator-system' }],
    })
    const place = world.api.store.list(ROLE_BINDING, { namespace: WARM_POOL_NAMESPACE })
    expect(names(place)).toEqual([WARM_POOL_ROLE])
  })

  it('opens its routes to who has claimed, and to nobody before', async () => {
    const { operator } = await poolOf(POOL, { http: { port: 0, host: '127.0.0.1' } })
    await until(() => expect(waiting()).toHaveLength(1))
    const [ready] = waiting()
    const { name = '' } = ready?.metadata ?? {}
    const data = world.api.store.get(SECRET, `${name}-access`, WARM_POOL_NAMESPACE)?.['data'] as {
      readonly password: string
    }
    const keys = { namespace: WARM_POOL_NAMESPACE, name, password: atob(data.password) }
    const ask = async (uid = ''): Promise<number> => {
      const cookie = mintTicket({ ...keys, uid }, 'cookie', Math.floor(world.timers.now() / 1000) + 600)
      const answer = await fetch(`http://127.0.0.1:${operator.httpPort}/auth`, {
        headers: { 'x-forwarded-uri': `/s/${WARM_POOL_NAMESPACE}/${name}/`, cookie: `${TICKET_COOKIE}=${cookie}` },
      })
      return answer.status
    }
    expect(await ask(ready?.metadata.uid)).toBe(401)
    world.session('one')
    await until(() => expect(status().phase).toBe('Ready'))
    // by what the claimer can read: the desktop's password, and the uid of a session of their own
    expect(await ask(world.api.store.get(VDI_SESSION, 'one', NAMESPACE)?.metadata.uid)).toBe(200)
    expect(await ask('another')).toBe(401)
  })

  it('is counted: how many wait, how many were handed over', async () => {
    const { operator } = await poolOf()
    await until(() => expect(waiting()).toHaveLength(1))
    world.session('one')
    await until(() => expect(status().phase).toBe('Ready'))
    await until(() => expect(waiting()).toHaveLength(1))
    // the operator counts what it has seen, which may come a moment after it was written
    await until(() => {
      const text = operator.metrics()
      expect(text).toContain('kasm_operator_warm_members{template="office",state="ready"} 1')
      expect(text).toContain('kasm_operator_warm_members{template="office",state="claimed"} 1')
      expect(text).toContain('kasm_operator_warm_claims_total{template="office"} 1')
      expect(text).toContain('kasm_operator_sessions{phase="Ready"} 1')
    })
  })
})
