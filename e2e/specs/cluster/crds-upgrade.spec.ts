// Definitions that change under objects which are stored: what an older release wrote is still served, gets today's defaults, passes today's
// schema, and can be changed. The definitions stand in a group of the spec's own.
import * as z from 'zod/mini'
import type { TestCluster } from '../../cluster/index.ts'
import { expect, test } from '../../drivers/cluster-app.ts'
import { installKinds, KINDS, kindsOf, olderKinds, type Kind } from '../../drivers/own-kinds.ts'
import { GOOD_SPEC } from '../../fakes/bad-objects.ts'
import { templateSpecSchema } from '../../../shared/domain/template.ts'
import { parseVdiTemplate } from '../../../shared/domain/vdi-objects.ts'
import { vdiSessionSpecSchema } from '../../../shared/domain/vdi-session.ts'
import { vdiUserSpecSchema } from '../../../shared/domain/vdi-user.ts'
import { API_GROUP, API_VERSION } from '../../../shared/product.ts'
import type { KubeObject } from '../../../shared/render/types.ts'

test.describe.configure({ mode: 'serial' })

const GROUP = 'upgrade-spec.kasm-operator.io'
const NAMESPACE = 'crds-upgrade-spec'
const apiVersion = `${GROUP}/${API_VERSION}`
const SCHEMAS = { VDITemplate: templateSpecSchema, VDISession: vdiSessionSpecSchema, VDIUser: vdiUserSpecSchema }
/** As people fill it in, without what came later. */
const STORED = {
  VDITemplate: { ...GOOD_SPEC.VDITemplate, access: { allowedUsers: ['alice'] }, env: [{ name: 'LANG', value: 'de' }] },
  VDISession: { ...GOOD_SPEC.VDISession, desiredState: 'Stopped', displayName: 'Kept' },
  VDIUser: { ...GOOD_SPEC.VDIUser, quota: { sessions: 2, memory: '8Gi' }, groups: ['staff'] },
} as const
/** Today's defaults of the fields that came later. */
const LATER = {
  VDITemplate: { prePull: false, startAhead: { enabled: false }, access: { maxSessionsPerUser: 1 } },
  VDISession: { startAhead: false, withoutGpu: false },
  VDIUser: { suspended: false, podSecurity: 'baseline' },
} as const

const where = (kind: Kind): string[] => (kind === 'VDISession' ? ['-n', NAMESPACE] : [])
const resource = (kind: Kind): string => `${kind.toLowerCase()}s.${GROUP}`
function object(kind: Kind, name: string, spec: unknown): string {
  return JSON.stringify({
    ...{ apiVersion, kind, metadata: { name, ...(kind === 'VDISession' && { namespace: NAMESPACE }) }, spec },
  })
}
async function stored(cluster: TestCluster, kind: Kind, name = 'old'): Promise<KubeObject> {
  return JSON.parse(await cluster.kubectl(['get', resource(kind), name, ...where(kind), '-o', 'json'])) as KubeObject
}
const before = new Map<Kind, KubeObject>()

test.beforeAll(async ({ cluster }) => {
  await cluster.apply(JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }))
  await installKinds(cluster, kindsOf(GROUP, olderKinds()))
})
test.afterAll(async ({ cluster }) => {
  const names = kindsOf(GROUP).map(({ metadata }) => metadata.name)
  await cluster.kubectl(['delete', '--ignore-not-found', '--wait', '--timeout=60s', 'crd', ...names])
  await cluster.kubectl(['delete', '--ignore-not-found', '--wait=false', 'namespace', NAMESPACE])
})

test('an older release stores what it knows', async ({ cluster }) => {
  const apply = ['apply', '--server-side', '--validate=strict', '-f', '-']
  for (const kind of KINDS) {
    await cluster.kubectl(apply, { input: object(kind, 'old', STORED[kind]) })
    const status = { conditions: [], observedGeneration: 1, ...(kind === 'VDISession' && { phase: 'Stopped' }) }
    const patch = ['patch', resource(kind), 'old', ...where(kind), '--type=merge', '--subresource=status', '-p']
    await cluster.kubectl([...patch, JSON.stringify({ status })])
    const found = await stored(cluster, kind)
    // it really knew less
    expect(found['spec']).not.toMatchObject(LATER[kind])
    before.set(kind, found)
    const unknown = await cluster.tryKubectl(apply, { input: object(kind, 'new', { ...STORED[kind], ...LATER[kind] }) })
    expect(unknown.code, kind).not.toBe(0)
  }
  // a rule that came later
  const loose = { ...GOOD_SPEC.VDITemplate, image: 'registry.example.com/desktop:latest' }
  await cluster.kubectl(apply, { input: object('VDITemplate', 'loose', loose) })
})

test('today’s definitions take its objects over: whole, with defaults, valid, and as they were', async ({
  cluster,
}) => {
  await installKinds(cluster, kindsOf(GROUP))
  for (const kind of KINDS) {
    // the server takes a new schema up after a moment
    await expect.poll(async () => (await stored(cluster, kind))['spec']).toMatchObject(LATER[kind])
    const found = await stored(cluster, kind)
    const old = before.get(kind)
    expect(found['spec']).toMatchObject(STORED[kind])
    expect(found['status']).toEqual(old?.['status'])
    // nobody wrote: no uid, version or generation is another one
    const { uid, generation, resourceVersion } = found.metadata
    expect({ uid, generation, resourceVersion }).toEqual({
      uid: old?.metadata.uid,
      generation: old?.metadata.generation,
      resourceVersion: old?.metadata.resourceVersion,
    })
    expect(z.parse(SCHEMAS[kind] as z.ZodMiniType, found['spec'])).toEqual(
      z.parse(SCHEMAS[kind] as z.ZodMiniType, STORED[kind]),
    )
    // in lists as well, from which reflectors read
    const list = await cluster.kubectl(['get', resource(kind), ...where(kind), '-o', 'json'])
    const { items } = JSON.parse(list) as { readonly items: readonly KubeObject[] }
    expect(items.find(({ metadata }) => metadata.name === 'old')?.['spec']).toEqual(found['spec'])
  }
})

test('they can be changed from then on, in old fields and in new ones', async ({ cluster }) => {
  const change = {
    VDITemplate: { description: 'Changed', prePull: true },
    VDISession: { desiredState: 'Running', withoutGpu: true },
    VDIUser: { displayName: 'Alice', suspended: true },
  }
  for (const kind of KINDS) {
    const patch = ['patch', resource(kind), 'old', ...where(kind), '--type=merge', '-p']
    await cluster.kubectl([...patch, JSON.stringify({ spec: change[kind] })])
    expect((await stored(cluster, kind))['spec']).toMatchObject({ ...STORED[kind], ...change[kind] })
  }
  // and what stays as it was made still does
  const owner = ['patch', resource('VDISession'), 'old', '-n', NAMESPACE, '--type=merge', '-p']
  const refused = await cluster.tryKubectl([...owner, JSON.stringify({ spec: { owner: 'bob' } })])
  expect(refused.stderr).toContain('owner is immutable')
})

test('what would be refused today is served, told apart, and blocks no other field', async ({ cluster }) => {
  const found = await stored(cluster, 'VDITemplate', 'loose')
  const read = parseVdiTemplate({ ...found, apiVersion: `${API_GROUP}/${API_VERSION}` })
  expect(read).toMatchObject({ ok: false, problem: expect.stringContaining('image') })
  const patch = ['patch', resource('VDITemplate'), 'loose', '--type=merge', '-p']
  await cluster.kubectl([...patch, JSON.stringify({ spec: { description: 'Still here' } })])
  const worse = await cluster.tryKubectl([...patch, JSON.stringify({ spec: { image: 'other.example.com/x:latest' } })])
  expect(worse.stderr).toContain('spec.image')
  await cluster.kubectl([...patch, JSON.stringify({ spec: { image: 'registry.example.com/desktop:2' } })])
  expect(await stored(cluster, 'VDITemplate', 'loose')).toMatchObject({ spec: { description: 'Still here' } })
})
