// Our three kinds on a real API server: what it takes, what it refuses and in which words, defaults, what is fixed, selectors, and the status.
// The definitions are installed under a group of the spec's own: beside it the app and the operator see nothing of them, and no session of anybody's goes with them.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import * as z from 'zod/mini'
import type { TestCluster } from '../../cluster/index.ts'
import type { RunResult } from '../../cluster/process.ts'
import { expect, test } from '../../drivers/cluster-app.ts'
import { installKinds, KINDS, kindsOf, type Kind } from '../../drivers/own-kinds.ts'
import { BAD_OBJECTS, GOOD_SPEC } from '../../fakes/bad-objects.ts'
import { templateExample } from '../../../scripts/generate/template-docs.ts'
import { builtinTemplates } from '../../../shared/domain/builtin-templates.ts'
import { templateSpecSchema } from '../../../shared/domain/template.ts'
import { vdiSessionSpecSchema } from '../../../shared/domain/vdi-session.ts'
import { vdiUserSpecSchema } from '../../../shared/domain/vdi-user.ts'
import { API_GROUP, API_VERSION } from '../../../shared/product.ts'
import type { KubeObject } from '../../../shared/render/types.ts'

test.describe.configure({ mode: 'serial' })

const GROUP = 'crds-spec.kasm-operator.io'
const NAMESPACE = 'crds-spec'
const ROOT = join(import.meta.dirname, '../../..')
const apiVersion = `${GROUP}/${API_VERSION}`

const definitions = kindsOf(GROUP)
const definitionNames = definitions.map(({ metadata }) => metadata.name)

const plural = (kind: Kind): string => `${kind.toLowerCase()}s`
const resource = (kind: Kind): string => `${plural(kind)}.${GROUP}`
const where = (kind: Kind): string[] => (kind === 'VDISession' ? ['-n', NAMESPACE] : [])
/** Path of a kind's collection, with the words of a query. */
const path = (kind: Kind, query = ''): string =>
  `/apis/${apiVersion}/${kind === 'VDISession' ? `namespaces/${NAMESPACE}/` : ''}${plural(kind)}${query}`
const object = (kind: Kind, name: string, spec: unknown, more: object = {}): unknown => ({
  ...{ apiVersion, kind, metadata: { name, ...(kind === 'VDISession' && { namespace: NAMESPACE }) }, spec },
  ...more,
})

/** Creates as our clients do: unknown fields are an error. */
function create(cluster: TestCluster, kind: Kind, made: unknown, query = ''): Promise<RunResult> {
  const target = path(kind, `?fieldValidation=Strict${query}`)
  return cluster.tryKubectl(['create', '--raw', target, '-f', '-'], { input: JSON.stringify(made) })
}
async function created(cluster: TestCluster, kind: Kind, made: unknown): Promise<KubeObject> {
  const { code, stdout, stderr } = await create(cluster, kind, made)
  expect(stderr).toBe('')
  expect(code).toBe(0)
  return JSON.parse(stdout) as KubeObject
}
async function stored(cluster: TestCluster, kind: Kind, name: string): Promise<KubeObject> {
  return JSON.parse(await cluster.kubectl(['get', resource(kind), name, ...where(kind), '-o', 'json'])) as KubeObject
}
/** A JSON merge patch. */
function patch(
  cluster: TestCluster,
  kind: Kind,
  name: string,
  change: unknown,
  more: readonly string[] = [],
): Promise<RunResult> {
  const words = ['patch', resource(kind), name, ...where(kind), '--type=merge', '-p', JSON.stringify(change), ...more]
  return cluster.tryKubectl(words)
}

/** An example of the docs, in our group. */
async function example(name: string): Promise<KubeObject> {
  const text = await readFile(join(ROOT, 'docs/examples', `${name}.yaml`), 'utf8')
  expect(text).toContain(`apiVersion: ${API_GROUP}/${API_VERSION}\n`)
  return parse(text.replace(`${API_GROUP}/`, `${GROUP}/`)) as KubeObject
}

test.beforeAll(async ({ cluster }) => {
  await installKinds(cluster, definitions)
  await cluster.apply(JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }))
})

test.afterAll(async ({ cluster }) => {
  await cluster.kubectl(['delete', '--ignore-not-found', '--wait', '--timeout=60s', 'crd', ...definitionNames])
  await cluster.kubectl(['delete', '--ignore-not-found', '--wait=false', 'namespace', NAMESPACE])
  const left = await cluster.kubectl(['get', 'crd', '-o', 'name'])
  expect(left).not.toContain(GROUP)
})

test('the definitions are established, structural, and known by their names', async ({ cluster }) => {
  for (const name of definitionNames) {
    const { status } = JSON.parse(await cluster.kubectl(['get', 'crd', name, '-o', 'json'])) as {
      status: { conditions: { type: string; status: string }[] }
    }
    const conditions = Object.fromEntries(status.conditions.map(({ type, status: holds }) => [type, holds]))
    expect(conditions).toMatchObject({ Established: 'True', NamesAccepted: 'True' })
    expect(conditions['NonStructuralSchema'] ?? 'False').toBe('False')
  }
  // discovery and the API's description follow the definitions after a moment
  const kinds = async (): Promise<readonly string[]> =>
    (await cluster.kubectl(['api-resources', `--api-group=${GROUP}`, '--no-headers'])).trim().split('\n')
  await expect.poll(kinds).toHaveLength(3)
  const explain = ['explain', 'vditemplates.spec.gpu.slices', `--api-version=${apiVersion}`]
  await expect.poll(async () => (await cluster.tryKubectl(explain)).stdout).toContain('Slices of a GPU')
})

test('the examples of the docs apply, server-side and strict', async ({ cluster }) => {
  for (const name of ['vditemplate', 'vdiuser', 'vdisession']) {
    const made = await example(name)
    const words = ['apply', '--server-side', '--validate=strict', ...where(made.kind as Kind), '-f', '-']
    expect(await cluster.kubectl(words, { input: stringify(made) })).toContain('serverside-applied')
    expect(await stored(cluster, made.kind as Kind, made.metadata.name)).toMatchObject({ spec: made['spec'] })
  }
  const shown = await cluster.kubectl(['get', 'crds-spec', '-n', NAMESPACE])
  for (const name of ['cad-workstation', 'cad-workstation-4q7zn2', 'alice']) expect(shown).toContain(name)
})

test('the examples of docs/templates.md apply, and so do the templates that are built in', async ({ cluster }) => {
  await created(cluster, 'VDITemplate', object('VDITemplate', 'all-examples', templateExample()))
  for (const { id, spec } of builtinTemplates()) await created(cluster, 'VDITemplate', object('VDITemplate', id, spec))
})

test('what an author leaves out gets the defaults that our programs read into it', async ({ cluster }) => {
  const schemas = { VDITemplate: templateSpecSchema, VDISession: vdiSessionSpecSchema, VDIUser: vdiUserSpecSchema }
  const written: Readonly<Record<Kind, readonly object[]>> = {
    VDITemplate: [
      {},
      { streaming: { port: 3000 }, storage: { home: { size: 5 } }, lifecycle: {}, gpu: {}, resources: {} },
    ],
    VDISession: [{}],
    VDIUser: [{}, { quota: { cpu: 8 } }],
  }
  for (const kind of KINDS)
    for (const [index, part] of written[kind].entries()) {
      const spec = { ...GOOD_SPEC[kind], ...part }
      const made = await created(cluster, kind, object(kind, `defaults-${index}`, spec))
      // a number that was written stays one in the store, and is read as text
      expect(z.parse(schemas[kind] as z.ZodMiniType, made['spec'])).toEqual(
        z.parse(schemas[kind] as z.ZodMiniType, spec),
      )
      expect(Object.keys(made['spec'] as object).length).toBeGreaterThan(Object.keys(spec).length)
      const filled = z.parse(schemas[kind] as z.ZodMiniType, spec) as object
      expect(Object.keys(made['spec'] as object).toSorted()).toEqual(Object.keys(filled).toSorted())
    }
})

for (const kind of KINDS)
  test(`what nobody may store as a ${kind} is refused with the name of the field`, async ({ cluster }) => {
    const bad = BAD_OBJECTS.filter((one) => one.kind === kind)
    for (const [index, { what, name, spec, field, says }] of bad.entries()) {
      const made = object(kind, name ?? `bad-${index}`, JSON.parse(JSON.stringify(spec)))
      const { code, stderr } = await create(cluster, kind, made, '&dryRun=All')
      expect.soft(code, what).not.toBe(0)
      // a rule on the whole object speaks of its name in its message
      expect.soft(stderr, what).toContain(field)
      expect.soft(stderr, what).toContain(says)
    }
    expect(bad.length).toBeGreaterThan(8)
    // the same way with a good one: it is the fault that is refused
    expect((await create(cluster, kind, object(kind, 'good', GOOD_SPEC[kind]), '&dryRun=All')).code).toBe(0)
  })

test('names as long as allowed are taken', async ({ cluster }) => {
  for (const [kind, length] of [
    ['VDITemplate', 40],
    ['VDISession', 52],
    ['VDIUser', 63],
  ] as const)
    expect((await create(cluster, kind, object(kind, 'x'.repeat(length), GOOD_SPEC[kind]), '&dryRun=All')).stderr).toBe(
      '',
    )
})

test('owner, template and username stay as they were made, the rest may change', async ({ cluster }) => {
  await created(cluster, 'VDISession', object('VDISession', 'fixed', GOOD_SPEC.VDISession))
  await created(cluster, 'VDIUser', object('VDIUser', 'fixed', GOOD_SPEC.VDIUser))
  const fixed = [
    ['VDISession', { owner: 'bob' }, 'owner is immutable'],
    ['VDISession', { templateRef: { name: 'full-desktop' } }, 'templateRef is immutable'],
    ['VDISession', { startAhead: true }, 'startAhead can be set only when the session is created'],
    ['VDIUser', { username: 'bob' }, 'username is immutable'],
  ] as const
  for (const [kind, spec, words] of fixed) {
    const { code, stderr } = await patch(cluster, kind, 'fixed', { spec })
    expect(code).not.toBe(0)
    expect(stderr).toContain(`spec.${Object.keys(spec)[0]}`)
    expect(stderr).toContain(words)
  }
  for (const spec of [
    { desiredState: 'Stopped' },
    { home: { reclaim: 'Delete' } },
    { displayName: 'Another' },
    { expiresAt: '2030-01-01T00:00:00+01:00' },
  ])
    expect((await patch(cluster, 'VDISession', 'fixed', { spec })).stderr).toBe('')
  expect((await patch(cluster, 'VDIUser', 'fixed', { spec: { suspended: true } })).stderr).toBe('')
})

test('a session that was started ahead becomes an ordinary one, and does not go back', async ({ cluster }) => {
  const spec = { ...GOOD_SPEC.VDISession, startAhead: true }
  await created(cluster, 'VDISession', object('VDISession', 'ahead', spec))
  expect((await patch(cluster, 'VDISession', 'ahead', { spec: { startAhead: false } })).stderr).toBe('')
  expect((await patch(cluster, 'VDISession', 'ahead', { spec: { startAhead: true } })).code).not.toBe(0)
})

test('the status is written through its subresource alone, and is checked there', async ({ cluster }) => {
  const status = { phase: 'Ready', podName: 'of-somebody-else' }
  const made = await created(cluster, 'VDISession', object('VDISession', 'told', GOOD_SPEC.VDISession, { status }))
  expect(made).not.toHaveProperty('status')
  expect((await patch(cluster, 'VDISession', 'told', { status })).code).toBe(0)
  expect(await stored(cluster, 'VDISession', 'told')).not.toHaveProperty('status')

  const through = ['--subresource=status']
  const change = { status: { phase: 'Starting', observedGeneration: 1 }, spec: { desiredState: 'Stopped' } }
  expect((await patch(cluster, 'VDISession', 'told', change, through)).stderr).toBe('')
  const after = await stored(cluster, 'VDISession', 'told')
  expect(after).toMatchObject({ status: change.status, spec: { desiredState: 'Running' } })
  expect(after.metadata.generation).toBe(made.metadata.generation)

  const bad = [
    [{ phase: 'Dreaming' }, 'status.phase'],
    [{ connectedClients: -1 }, 'status.connectedClients'],
    [{ startedAt: 'today' }, 'status.startedAt'],
    [{ conditions: [{ type: 'Ready' }] }, 'status.conditions[0].lastTransitionTime'],
  ] as const
  for (const [wrong, field] of bad) {
    const { code, stderr } = await patch(cluster, 'VDISession', 'told', { status: wrong }, through)
    expect(code).not.toBe(0)
    expect(stderr).toContain(field)
  }
})

test('two writers share a status: each has its fields, conditions are told apart by their types', async ({
  cluster,
}) => {
  await created(cluster, 'VDISession', object('VDISession', 'shared', GOOD_SPEC.VDISession))
  const condition = (type: string): unknown => ({
    ...{ type, status: 'True', reason: 'Ready', message: 'It runs.', observedGeneration: 1 },
    lastTransitionTime: '2026-11-24T08:00:00Z',
  })
  const write = (manager: string, status: unknown): Promise<RunResult> => {
    const input = JSON.stringify(object('VDISession', 'shared', undefined, { status }))
    const words = ['apply', '--server-side', '--subresource=status', `--field-manager=${manager}`, '-f', '-']
    return cluster.tryKubectl(words, { input })
  }
  expect((await write('one', { phase: 'Ready', conditions: [condition('Ready')] })).stderr).toBe('')
  expect((await write('two', { connectedClients: 1, conditions: [condition('Idle')] })).stderr).toBe('')
  const both = await stored(cluster, 'VDISession', 'shared')
  expect(both['status']).toMatchObject({ phase: 'Ready', connectedClients: 1 })
  expect((both['status'] as { conditions: { type: string }[] }).conditions.map(({ type }) => type).toSorted()).toEqual([
    'Idle',
    'Ready',
  ])
  // the same again is no write: nobody's watch hears of it
  await write('one', { phase: 'Ready', conditions: [condition('Ready')] })
  expect((await stored(cluster, 'VDISession', 'shared')).metadata.resourceVersion).toBe(both.metadata.resourceVersion)
  const taken = await write('two', { phase: 'Failed' })
  expect(taken.code).not.toBe(0)
  expect(taken.stderr).toContain('.status.phase')
})

test('sessions are selected by owner, template and phase, in lists and in watches', async ({ cluster }) => {
  const before = JSON.parse(await cluster.kubectl(['get', '--raw', path('VDISession')])) as KubeObject
  const of = (owner: string, name: string) => ({ owner, templateRef: { name } })
  await created(cluster, 'VDISession', object('VDISession', 'sel-1', of('carol', 'red')))
  await created(cluster, 'VDISession', object('VDISession', 'sel-2', of('dave', 'red')))
  await created(cluster, 'VDISession', object('VDISession', 'sel-3', of('carol', 'blue')))
  const phase = { status: { phase: 'Failed' } }
  expect((await patch(cluster, 'VDISession', 'sel-2', phase, ['--subresource=status'])).code).toBe(0)

  const selected = async (selector: string): Promise<string[]> => {
    const words = ['get', resource('VDISession'), '-n', NAMESPACE, `--field-selector=${selector}`, '-o', 'name']
    const names = await cluster.kubectl(words)
    return names
      .split('\n')
      .filter(Boolean)
      .map((name) => name.split('/')[1] ?? '')
  }
  expect(await selected('spec.owner=carol')).toEqual(['sel-1', 'sel-3'])
  expect(await selected('spec.owner=carol,spec.templateRef.name=red')).toEqual(['sel-1'])
  expect(await selected('status.phase=Failed')).toEqual(['sel-2'])
  expect(await selected('spec.owner=nobody')).toEqual([])

  // from before they were made; the server ends the watch after a second
  const watched = async (selector: string): Promise<string[]> => {
    const version = before.metadata.resourceVersion
    const query = `?watch=true&timeoutSeconds=1&resourceVersion=${version}&fieldSelector=${encodeURIComponent(selector)}`
    const lines = (await cluster.kubectl(['get', '--raw', path('VDISession', query)])).split('\n').filter(Boolean)
    const events = lines.map((line) => JSON.parse(line) as { type: string; object: KubeObject })
    return events.map((event) => `${event.type} ${event.object.metadata.name}`)
  }
  expect(await watched('spec.owner=carol')).toEqual(['ADDED sel-1', 'ADDED sel-3'])
  expect(await watched('status.phase=Failed')).toEqual(['ADDED sel-2'])
  const other = await cluster.tryKubectl([
    'get',
    resource('VDISession'),
    '-n',
    NAMESPACE,
    '--field-selector=spec.displayName=x',
  ])
  expect(other.code).not.toBe(0)
  expect(other.stderr).toContain('field label not supported')
})

test('kubectl shows what an admin looks for', async ({ cluster }) => {
  const columns = async (kind: Kind, more: readonly string[] = []): Promise<string> => {
    const [head = ''] = (await cluster.kubectl(['get', resource(kind), ...where(kind), ...more])).split('\n')
    return head.trim().split(/ {2,}/).join('|')
  }
  expect(await columns('VDISession')).toBe('NAME|OWNER|TEMPLATE|DESIRED|PHASE|READY|REASON|CLIENTS|AGE')
  expect(await columns('VDITemplate')).toBe('NAME|DISPLAY NAME|SLICES|SESSIONS|RUNNING|READY|AGE')
  expect(await columns('VDIUser')).toBe('NAME|USERNAME|NAMESPACE|SESSIONS|SUSPENDED|READY|AGE')
  expect(await columns('VDISession', ['-o', 'wide'])).toContain('NODE|GPU|ENCODER|LAST ACTIVITY')
})
