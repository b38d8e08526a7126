// Which planners a change concerns.
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../kube/types.ts'
import { userNamespace, WARM_POOL_NAMESPACE } from '../shared/domain/names.ts'
import { ANNOTATION, LABEL, WARM_POOL_USER } from '../shared/product.ts'
import { unansweredKeys, watchChanges } from './changes.ts'
import { createIndex } from './object-index.ts'
import { namespacesOfUser, type Stores } from './stores.ts'
import { createFixedReflector } from './testing/fixed-reflector.ts'

const HOME = userNamespace('ann')

interface SpecParts {
  readonly owner?: string
  readonly nodeName?: string
  readonly templateRef?: { readonly name: string }
}

function setUp() {
  const names = [
    'sessions',
    'templates',
    'users',
    'pods',
    'claims',
    'volumes',
    'services',
    'secrets',
    'registryLogins',
    'nodes',
    'namespaces',
    'roleBindings',
    'quotas',
    'limitRanges',
    'networkPolicies',
    'templateReaders',
    'daemonSets',
    'claimEvents',
  ] as const
  const kinds = Object.fromEntries(names.map((name) => [name, createFixedReflector()])) as Record<
    (typeof names)[number],
    ReturnType<typeof createFixedReflector>
  >
  const spec = (object: KubeObject) => (object['spec'] ?? {}) as SpecParts
  const stores = {
    ...kinds,
    routes: [],
    by: {
      sessionNamespace: createIndex(kinds.sessions, ({ metadata }) => [metadata.namespace ?? '']),
      sessionTemplate: createIndex(kinds.sessions, (one) => [spec(one).templateRef?.name ?? '']),
      sessionOwner: createIndex(kinds.sessions, (one) => [spec(one).owner ?? '']),
      podNode: createIndex(kinds.pods, (one) => [spec(one).nodeName ?? '']),
      userNamespace: createIndex(kinds.users, namespacesOfUser),
    },
  } as unknown as Stores
  kinds.users.put({ ...object('VDIUser', 'ann'), spec: { username: 'ann' } })
  kinds.sessions.put(session('one', 'Ready'))
  kinds.sessions.put(session('two', 'Pending'))
  const keys: string[] = []
  const soon: string[] = []
  /** How each came: in which lane, or in a moment. */
  const ways: string[] = []
  const stop = watchChanges(stores, {
    add: (key, lane = 'ordinary') => {
      keys.push(key)
      ways.push(`${key} ${lane}`)
    },
    settle: (key) => {
      keys.push(key)
      ways.push(`${key} in a moment`)
    },
    soon: (key) => soon.push(key),
  })
  const taken = (list: string[]): readonly string[] => [...new Set(list.splice(0))].toSorted()
  return { kinds, stores, stop, soon, take: () => taken(keys), takeWays: () => taken(ways) }
}
function object(kind: string, name: string, metadata: Partial<KubeObject['metadata']> = {}): KubeObject {
  return { apiVersion: 'v1', kind, metadata: { name, ...metadata } }
}
function session(name: string, phase: string, template = 'office'): KubeObject {
  return {
    ...object('VDISession', name, { namespace: HOME }),
    spec: { owner: 'ann', templateRef: { name: template } },
    status: { phase },
  }
}
const ONE = `session/${HOME}/one`
const TWO = `session/${HOME}/two`

describe('a change', () => {
  it.each(['pods', 'secrets', 'services'] as const)('of one of the %s concerns its session', (kind) => {
    const { kinds, take } = setUp()
    kinds[kind].put(object('Any', 'x', { namespace: HOME, labels: { [LABEL.session]: 'one' } }))
    expect(take()).toEqual([ONE])
  })
  it('of a desktop of the warm pool concerns its template, and whoever has claimed it', () => {
    const { kinds, take, takeWays } = setUp()
    const metadata = { namespace: WARM_POOL_NAMESPACE, labels: { [LABEL.warmPool]: 'true' } }
    const desktop = (annotations: Readonly<Record<string, string>>): KubeObject => ({
      ...object('VDISession', 'warm', { ...metadata, annotations }),
      spec: { owner: 'nobody', templateRef: { name: 'office' } },
    })
    const own = `session/${WARM_POOL_NAMESPACE}/warm`
    kinds.sessions.put(desktop({}))
    // nobody waits for it
    expect(takeWays()).toEqual([`${own} ordinary`, 'template/office ordinary'])
    take()
    const claim = { [ANNOTATION.claimedBy]: `${HOME}/one/uid`, [ANNOTATION.claimedAt]: '2026-11-29T10:00:00Z' }
    kinds.sessions.put(desktop(claim))
    expect(take()).toEqual([ONE, own, 'template/office'].toSorted())
    kinds.pods.put(object('Pod', 'warm', { namespace: WARM_POOL_NAMESPACE, labels: { [LABEL.session]: 'warm' } }))
    expect(take()).toEqual([ONE, own].toSorted())
    // the pool gives way to who has no place
    const conditions = [{ type: 'PodScheduled', status: 'False' }]
    kinds.pods.put({ ...object('Pod', 'x', { namespace: HOME }), status: { phase: 'Pending', conditions } })
    kinds.pods.put({
      ...object('Pod', 'two', { namespace: HOME, labels: { [LABEL.session]: 'two' } }),
      status: { phase: 'Pending', conditions },
    })
    expect(take()).toEqual([TWO, 'template/office'].toSorted())
  })
  it('of the warm pool’s user concerns every template, and a label that a person wrote none', () => {
    const { kinds, soon, take } = setUp()
    kinds.templates.put(object('VDITemplate', 'office', { generation: 1 }))
    soon.splice(0)
    kinds.users.put({ ...object('VDIUser', 'warm-pool'), spec: { username: WARM_POOL_USER } })
    expect(soon).toContain('template/office')
    take()
    const forged = { [ANNOTATION.claimedBy]: `${HOME}/two/uid` }
    const mine = session('one', 'Ready')
    const labels = { [LABEL.warmPool]: 'true' }
    kinds.sessions.put({ ...mine, metadata: { ...mine.metadata, labels, annotations: forged } })
    expect(take()).toEqual([ONE])
  })
  it('of a home, its volume or a warning about it concerns the sessions of its template', () => {
    const { kinds, take } = setUp()
    kinds.sessions.put(session('other', 'Ready', 'studio'))
    take()
    kinds.claims.put(
      object('PersistentVolumeClaim', 'home', { namespace: HOME, labels: { [LABEL.template]: 'office' } }),
    )
    expect(take()).toEqual([ONE, TWO])
    kinds.volumes.put({ ...object('PersistentVolume', 'pv'), spec: { claimRef: { namespace: HOME, name: 'home' } } })
    expect(take()).toEqual([ONE, TWO])
    kinds.claimEvents.put({ ...object('Event', 'e'), involvedObject: { namespace: HOME, name: 'home' } })
    expect(take()).toEqual([ONE, TWO])
  })
  it('of a template’s spec concerns its sessions; one of its status only itself', () => {
    const { kinds, take } = setUp()
    kinds.templates.put(object('VDITemplate', 'office', { generation: 1 }))
    expect(take()).toEqual([ONE, TWO, 'template/office'])
    kinds.templates.put(object('VDITemplate', 'office', { generation: 1, resourceVersion: '2' }))
    expect(take()).toEqual(['template/office'])
    kinds.templates.put(object('VDITemplate', 'office', { generation: 2 }))
    expect(take()).toEqual([ONE, TWO, 'template/office'])
    kinds.templates.remove('office')
    expect(take()).toEqual([ONE, TWO, 'template/office'])
  })
  it('of a user concerns their sessions, and of what stands in their namespace the user', () => {
    const { kinds, take } = setUp()
    kinds.users.put({ ...object('VDIUser', 'ann', { generation: 2 }), spec: { username: 'ann', suspended: true } })
    expect(take()).toEqual([ONE, TWO, 'user/ann'])
    for (const kind of ['roleBindings', 'quotas', 'limitRanges', 'networkPolicies'] as const) {
      kinds[kind].put(object('Any', 'x', { namespace: HOME }))
      expect(take()).toEqual(['user/ann'])
    }
    kinds.namespaces.put(object('Namespace', HOME))
    expect(take()).toEqual(['user/ann'])
  })
  it('of a registry’s login concerns who has a copy of it; of the platform’s own, or of what names it, all users', () => {
    const { kinds, take, soon } = setUp()
    kinds.secrets.put(object('Secret', 'registry', { namespace: HOME, labels: { [LABEL.registryLogin]: 'copy' } }))
    expect(take()).toEqual(['user/ann'])
    kinds.registryLogins.put(object('Secret', 'registry', { namespace: 'platform' }))
    expect(soon.splice(0)).toEqual(['user/ann'])
    const template = (generation: number, imagePullSecrets: readonly unknown[]): KubeObject => ({
      ...object('VDITemplate', 'office', { generation }),
      spec: { imagePullSecrets },
    })
    kinds.templates.put(template(1, []))
    expect(soon.splice(0)).toEqual([])
    kinds.templates.put(template(2, [{ name: 'registry' }]))
    expect(soon.splice(0)).toEqual(['user/ann'])
    kinds.templates.put(template(3, []))
    expect(soon.splice(0)).toEqual(['user/ann'])
  })
  it('of a node’s readiness concerns the desktops on it and those that wait; a heartbeat nobody', () => {
    const { kinds, take } = setUp()
    const node = (status: string, more: object = {}): KubeObject => ({
      ...object('Node', 'n1'),
      status: { conditions: [{ type: 'Ready', status }], ...more },
    })
    kinds.nodes.put(node('True'))
    kinds.pods.put({
      ...object('Pod', 'one', { namespace: HOME, labels: { [LABEL.session]: 'one' } }),
      spec: { nodeName: 'n1' },
    })
    kinds.pods.put(object('Pod', 'two', { namespace: HOME, labels: { [LABEL.session]: 'two' } }))
    take()
    kinds.nodes.put(node('True', { images: [] }))
    expect(take()).toEqual([])
    kinds.nodes.put(node('False'))
    expect(take()).toEqual([ONE, TWO])
    kinds.nodes.remove('n1')
    expect(take()).toEqual([ONE, TWO])
  })
  it('of one session that ends wakes the owner’s others that wait; counts follow later', () => {
    const { kinds, take, soon } = setUp()
    kinds.sessions.put(session('one', 'Ready'))
    expect(take()).toEqual([ONE])
    expect(soon).toEqual([])
    kinds.sessions.put(session('one', 'Stopped'))
    expect(take()).toEqual([ONE, TWO])
    expect(soon).toEqual(['template/office', 'user/ann'])
  })
  it('of what is used of a quota concerns nobody, of what it allows or has counted its user', () => {
    const { kinds, take } = setUp()
    const quota = (resourceVersion: string, hard: string, status: object): KubeObject => ({
      ...object('ResourceQuota', 'limits', { namespace: HOME, resourceVersion }),
      spec: { hard: { pods: hard } },
      status,
    })
    kinds.quotas.put(quota('1', '3', {}))
    kinds.quotas.put(quota('2', '3', { hard: { pods: '3' }, used: { pods: '0' } }))
    expect(take()).toEqual(['user/ann'])
    kinds.quotas.put(quota('3', '3', { hard: { pods: '3' }, used: { pods: '1' } }))
    expect(take()).toEqual([])
    // known to be used: what was not counted before
    kinds.quotas.put(quota('3a', '3', { hard: { pods: '3' }, used: { pods: '1', services: '0' } }))
    expect(take()).toEqual(['user/ann'])
    kinds.quotas.put(quota('4', '5', { hard: { pods: '3' }, used: { pods: '1' } }))
    expect(take()).toEqual(['user/ann'])
  })
  it('of a wish is urgent, one that only the operator makes is not', () => {
    const { kinds, takeWays } = setUp()
    const three = (generation: number, metadata: Partial<KubeObject['metadata']> = {}, status = {}): KubeObject => ({
      ...session('three', 'Pending'),
      ...object('VDISession', 'three', { namespace: HOME, generation, ...metadata }),
      status,
    })
    const key = `session/${HOME}/three`
    kinds.sessions.put(three(1))
    expect(takeWays()).toEqual([`${key} urgent`])
    kinds.sessions.put(three(1, { finalizers: ['ours.test/x'] }))
    kinds.sessions.put(three(1, { finalizers: ['ours.test/x'] }, { observedGeneration: 1 }))
    expect(takeWays()).toEqual([`${key} in a moment`])
    kinds.sessions.put(three(2))
    expect(takeWays()).toEqual([`${key} urgent`])
    kinds.sessions.put(three(2, { deletionTimestamp: '2026-11-24T08:00:00Z' }))
    expect(takeWays()).toEqual([`${key} urgent`])
  })
  it('of a pod on its way is looked at in a moment, one that runs, ends or has gone at once', () => {
    const { kinds, takeWays } = setUp()
    const pod = (phase: string | undefined, metadata: Partial<KubeObject['metadata']> = {}): KubeObject => ({
      ...object('Pod', 'one', { namespace: HOME, labels: { [LABEL.session]: 'one' }, ...metadata }),
      status: { phase },
    })
    for (const phase of [undefined, 'Pending']) kinds.pods.put(pod(phase))
    expect(takeWays()).toEqual([`${ONE} in a moment`])
    kinds.pods.put(pod('Running'))
    expect(takeWays()).toEqual([`${ONE} ordinary`])
    kinds.pods.put(pod('Pending', { deletionTimestamp: '2026-11-24T08:00:00Z' }))
    expect(takeWays()).toEqual([`${ONE} ordinary`])
    kinds.pods.remove('one', HOME)
    expect(takeWays()).toEqual([`${ONE} ordinary`])
  })
  it('of a Secret that a round has made is looked at in a moment, one that is changed or taken away at once', () => {
    const { kinds, takeWays } = setUp()
    const secret = (resourceVersion: string): KubeObject =>
      object('Secret', 'one-access', { namespace: HOME, labels: { [LABEL.session]: 'one' }, resourceVersion })
    kinds.secrets.put(secret('1'))
    expect(takeWays()).toEqual([`${ONE} in a moment`])
    kinds.secrets.put(secret('2'))
    expect(takeWays()).toEqual([`${ONE} ordinary`])
    kinds.secrets.remove('one-access', HOME)
    expect(takeWays()).toEqual([`${ONE} ordinary`])
  })
  it('is told to nobody after the end', () => {
    const { kinds, take, stop } = setUp()
    stop()
    kinds.pods.put(object('Pod', 'one', { namespace: HOME, labels: { [LABEL.session]: 'one' } }))
    expect(take()).toEqual([])
  })
})

describe('what nobody has answered yet', () => {
  it('is each session whose status is not of its wish as it is now', () => {
    const { kinds, stores } = setUp()
    for (const name of ['one', 'two']) kinds.sessions.remove(name, HOME)
    const wish = (name: string, generation: number, status: object): void =>
      kinds.sessions.put({ ...object('VDISession', name, { namespace: HOME, generation }), status })
    wish('new', 1, {})
    wish('answered', 3, { observedGeneration: 3 })
    wish('changed', 4, { observedGeneration: 3 })
    expect(unansweredKeys(stores)).toEqual([`session/${HOME}/new`, `session/${HOME}/changed`])
  })
})
