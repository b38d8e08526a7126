// What users and templates look like to their planners, gathered from stores that hold what the API server would give.
import { expect, test } from 'vitest'
import { userNamespace } from '../shared/domain/names.ts'
import { LABEL, USER_TEMPLATES_ROLE, WARM_POOL_USER } from '../shared/product.ts'
import type { KubeObject } from '../shared/render/types.ts'
import type { Reflector } from '../kube/types.ts'
import { observeTemplate, type TemplateStores } from './template/observe.ts'
import { observeUser, type UserStores } from './user/observe.ts'

const thing = (
  kind: string,
  name: string,
  more: Partial<KubeObject['metadata']> = {},
  spec: unknown = {},
): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, uid: `uid-${name}`, ...more },
  spec,
})
const store = (items: readonly KubeObject[], state: Reflector['state'] = 'live'): Reflector => ({
  state,
  since: 0,
  error: undefined,
  items,
  get: (name, namespace) =>
    items.find(({ metadata }) => metadata.name === name && (metadata.namespace ?? '') === (namespace ?? '')),
  onChange: () => () => undefined,
  onObject: () => () => undefined,
  wrote: () => undefined,
  synced: Promise.resolve(),
  retryNow: () => undefined,
  stop: () => undefined,
})
const index = (
  items: readonly KubeObject[],
  keyOf: (object: KubeObject) => string,
): { get(key: string): readonly KubeObject[] } => ({
  get: (key) => items.filter((item) => keyOf(item) === key),
})
const user = (name: string, username: string, at: string, more: Record<string, unknown> = {}): KubeObject =>
  thing('VDIUser', name, { creationTimestamp: at }, { username, ...more })

function userStores(
  users: readonly KubeObject[],
  bindings: readonly KubeObject[] = [],
  state?: Reflector['state'],
): UserStores {
  const place = userNamespace('alice')
  const sessions = [
    thing('VDISession', 'one', { namespace: place }),
    thing('VDISession', 'two', { namespace: 'other' }),
  ]
  return {
    users: store(users),
    namespaces: store([thing('Namespace', place)]),
    roleBindings: store([]),
    quotas: store([]),
    limitRanges: store([]),
    templates: store(
      Object.entries(LOGINS_OF).map(([name, spec]) =>
        thing('VDITemplate', name, {}, { displayName: name, image: 'a:1', ...spec }),
      ),
    ),
    secrets: store([thing('Secret', 'one-access', { namespace: place, labels: { [LABEL.session]: 'one' } })]),
    registryLogins: store(['all', 'staff', 'unused', 'one-access'].map((name) => thing('Secret', name))),
    templateReaders: store(bindings, state),
    by: {
      sessionNamespace: index(sessions, ({ metadata }) => metadata.namespace ?? ''),
      userNamespace: index(users, ({ spec }) => userNamespace((spec as { username?: string }).username ?? '')),
      networkPolicyNamespace: index([], () => ''),
      registryLoginNamespace: index(
        [thing('Secret', 'old', { namespace: place })],
        ({ metadata }) => metadata.namespace ?? '',
      ),
    },
  }
}
/** Templates, and the logins that they name: some of the platform's, one that it has not, one whose name a session's Secret has. */
const LOGINS_OF = {
  office: { imagePullSecrets: [{ name: 'all' }, { name: 'missing' }, { name: 'one-access' }] },
  studio: { imagePullSecrets: [{ name: 'staff' }], access: { allowedGroups: ['staff'] } },
}

test('of two VDIUsers for one person the older is the one, and of two of one second the first by name', () => {
  const users = [
    user('late', 'alice', '2026-02-01T00:00:00Z'),
    user('b', 'alice', '2026-01-01T00:00:00Z'),
    user('a', 'alice', '2026-01-01T00:00:00Z'),
  ]
  const elder = (name: string): string | undefined => observeUser(userStores(users), name, undefined).elder
  expect([elder('a'), elder('b'), elder('late')]).toEqual([undefined, 'a', 'a'])
})

test('readers of templates are all who are let in, once each and sorted', () => {
  const at = '2026-01-01T00:00:00Z'
  const going = { ...user('going', 'greg', at), metadata: { name: 'going', deletionTimestamp: at } }
  const users = [
    user('c', 'carol', at),
    user('a', 'alice', at),
    user('a2', 'alice', at),
    user('x', 'eve', at, { suspended: true }),
    going,
  ]
  expect(observeUser(userStores(users), 'a', undefined)).toMatchObject({
    readers: { usernames: ['alice', 'carol'], binding: 'missing' },
    sessions: 1,
    namespace: { metadata: { name: userNamespace('alice') } },
  })
  const binding = thing('ClusterRoleBinding', USER_TEMPLATES_ROLE)
  expect(observeUser(userStores(users, [binding]), 'a', undefined).readers.binding).toBe(binding)
  // not read yet is not the same as not there
  expect(observeUser(userStores(users, [], 'forbidden'), 'a', undefined).readers.binding).toBe('unknown')
})

test('the warm pool’s person reads no templates, and has the login of every one', () => {
  const at = '2026-01-01T00:00:00Z'
  const { readers } = observeUser(userStores([user('a', 'alice', at), user('p', WARM_POOL_USER, at)]), 'a', undefined)
  expect(readers.usernames).toEqual(['alice'])
  const { logins } = observeUser(userStores([user('p', WARM_POOL_USER, at)]), 'p', undefined)
  expect(logins.sources.map(({ metadata }) => metadata.name)).toEqual(expect.arrayContaining(['all', 'staff']))
})

test('a person gets the logins that templates of theirs name, and never one whose name is taken', () => {
  const at = '2026-01-01T00:00:00Z'
  const sources = (more: Record<string, unknown> = {}): readonly string[] =>
    observeUser(userStores([user('a', 'alice', at, more)]), 'a', undefined).logins.sources.map(
      ({ metadata }) => metadata.name,
    )
  expect(sources()).toEqual(['all'])
  expect(sources({ groups: ['staff'] })).toEqual(['all', 'staff'])
  expect(sources({ groups: ['staff'], suspended: true })).toEqual([])
  const { logins } = observeUser(userStores([user('a', 'alice', at)]), 'a', undefined)
  expect(logins.copies.map(({ metadata }) => metadata.name)).toEqual(['old'])
})

test('a user who is gone still leaves the list of readers', () => {
  const observed = observeUser(userStores([user('a', 'alice', '2026-01-01T00:00:00Z')]), 'gone', undefined)
  expect(observed).toMatchObject({ user: undefined, readers: { usernames: ['alice'] } })
})

test('a template is counted by its sessions and their pods, and a wrong one is named by its field', () => {
  const templates = [
    thing('VDITemplate', 'office', {}, { displayName: 'Office', image: 'a:1' }),
    thing('VDITemplate', 'two', {}, { displayName: 'Two', image: 'a:1', gpu: { slices: 2 } }),
    thing('VDITemplate', 'bad', {}, { displayName: 'Bad', image: 'a:latest' }),
  ]
  const sessions = ['s1', 's2'].map((name) =>
    thing('VDISession', name, { namespace: 'n' }, { templateRef: { name: 'office' } }),
  )
  const stores: TemplateStores = {
    templates: store(templates),
    daemonSets: store([thing('DaemonSet', 'prepull-office', { namespace: 'here' })]),
    networkPolicies: store([]),
    sessions: store(sessions),
    namespaces: store([]),
    nodes: store([]),
    by: {
      sessionTemplate: index(sessions, ({ spec }) => (spec as { templateRef: { name: string } }).templateRef.name),
      podSession: index(
        [thing('Pod', 's1', { namespace: 'n' })],
        ({ metadata }) => `${metadata.namespace}/${metadata.name}`,
      ),
      podNode: index([], () => ''),
      poolTemplate: index([], () => ''),
      poolClaimer: index([], () => ''),
      userNamespace: index([], () => ''),
    },
  }
  const look = (name: string): unknown => observeTemplate(stores, name, undefined, { namespace: 'here' })
  expect(look('office')).toMatchObject({
    sessions: 2,
    running: 1,
    daemonSet: { kind: 'DaemonSet' },
    spec: { prePull: false },
  })
  expect(look('two')).toMatchObject({ spec: { problem: expect.stringMatching(/^spec\.gpu\.slices: .*one slice/) } })
  expect(look('bad')).toMatchObject({ spec: { problem: expect.stringContaining('spec.image') } })
  expect(look('gone')).toMatchObject({ template: undefined })
})
