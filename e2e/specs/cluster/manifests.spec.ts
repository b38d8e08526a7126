// What an admin may apply, judged without installing it: the chart's values by Helm, and all that the chart makes of them and every manifest
// of the repository by kubeconform and by the API server, which is asked and takes nothing.
// The definitions are put in place for that, and those of Traefik and K3s, as their makers publish them.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'
import type { TestCluster } from '../../cluster/index.ts'
import { tryRun } from '../../cluster/process.ts'
import { VERSIONS } from '../../cluster/settings.ts'
import { buildKubeconform, foreignDefinitions } from '../../cluster/tools.ts'
import { expect, test } from '../../drivers/cluster-app.ts'
import { schemaLocation, writeSchemas } from '../../drivers/kube-schemas.ts'
import { applicables, fillManifests, manifestFiles, namespacesOf } from '../../drivers/manifests.ts'
import { CHART, helmOf, uninstallOperator, type ChartValues } from '../../drivers/operator-cluster.ts'
import { installKinds } from '../../drivers/own-kinds.ts'
import { customResources } from '../../../scripts/generate/crds.ts'
import type { KubeObject } from '../../../shared/render/types.ts'
import { PLATFORM_NAMESPACE, PRODUCT_ID } from '../../../shared/product.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const PHASE_2 = join(ROOT, 'manifests', 'phase-2')
/** Objects without a namespace of their own are asked about here. */
const HERE = 'judged-here'
const USER = { name: 'judged-carol', spec: { username: 'judged-carol' } }

/** Values as different admins have them. */
const VALUE_SETS: Readonly<Record<string, ChartValues>> = {
  'the defaults': {},
  'everything on': {
    imagePullSecrets: [{ name: 'registry' }],
    image: { digest: `sha256:${'a'.repeat(64)}` },
    priorityClassName: 'system-cluster-critical',
    nodeSelector: { disk: 'ssd' },
    tolerations: [{ key: 'edge', operator: 'Exists', effect: 'NoSchedule' }],
    affinity: { nodeAffinity: {} },
    podLabels: { team: 'vdi' },
    podAnnotations: { note: 'x' },
    serviceAccount: { annotations: { cloud: 'identity' } },
    users: [USER],
    warmPool: { enabled: true },
    homes: { install: true, nodeSelector: { disk: 'fast' } },
    relay: {
      install: true,
      addresses: ['relay.example', '2001:db8::1'],
      kind: 'DaemonSet',
      externalIp: '203.0.113.7/10.0.0.7',
      tls: { secretName: 'relay-tls' },
    },
    gpu: { timeSlicing: { install: true, namespace: 'default' }, runtimeClass: { install: true, name: 'chart-spec' } },
    config: { ingress: { kind: 'traefik', host: 'desktops.example' }, defaultQuota: { memory: '16Gi' } },
  },
  'as little as possible': {
    replicas: 1,
    crds: { install: false },
    admission: { install: false },
    networkPolicy: { install: false },
    templates: { install: false },
  },
}

test.describe.configure({ mode: 'serial', timeout: 240_000 })

let folder = ''
test.beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kasm-judged-'))
})
test.afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** What the chart makes of values, as GitOps would have it: nobody is asked. */
async function rendered(cluster: TestCluster, values: ChartValues): Promise<string> {
  const { helm } = await helmOf(cluster)
  const args = ['template', PRODUCT_ID, CHART, '-n', PLATFORM_NAMESPACE, '--kube-version', VERSIONS.kubernetes]
  return helm([...args, '--no-hooks=false', '--values=-'], { input: JSON.stringify(values) })
}

function objectsOf(text: string): readonly KubeObject[] {
  return parseAllDocuments(text).flatMap((document) => {
    const object = document.toJS() as KubeObject | null
    return object === null ? [] : [object]
  })
}

for (const [name, values] of Object.entries(VALUE_SETS))
  test(`helm lint takes ${name}`, async ({ cluster }) => {
    const { helm } = await helmOf(cluster)
    const args = ['lint', '--strict', CHART, '--kube-version', VERSIONS.kubernetes, '--values=-']
    expect(await helm(args, { input: JSON.stringify(values) })).toContain('0 chart(s) failed')
  })

for (const [name, values, words] of [
  ['an unknown value', { replica: 3 }, 'replica'],
  ['a setting of the wrong type', { config: { activitySeconds: 'often' } }, 'activitySeconds'],
  ['the tag latest', { image: { tag: 'latest' } }, 'latest'],
  ['a folder of homes outside of any', { homes: { install: true, path: '/srv/../etc' } }, 'homes.path'],
  ['a relay that nobody can reach', { relay: { install: true } }, 'relay.addresses'],
  ['a template that is none', { templates: { names: ['toaster'] } }, 'toaster'],
] as const)
  test(`${name} is refused with its name`, async ({ cluster }) => {
    const { tryHelm } = await helmOf(cluster)
    const refused = await tryHelm(['template', CHART, '--values=-'], { input: JSON.stringify(values) })
    expect(refused.code).not.toBe(0)
    expect(refused.stderr).toContain(words)
  })

test('phase 2 is what the chart makes without templates', async ({ cluster }) => {
  const fromChart = objectsOf(await rendered(cluster, { templates: { install: false } }))
    .filter(({ metadata }) => metadata.annotations?.['helm.sh/hook'] === undefined)
    .map(plain)
  const kustomized = objectsOf(await cluster.kubectl(['kustomize', PHASE_2])).filter(({ kind }) => kind !== 'Namespace')
  const fromPhase = kustomized.map(plain)
  const byKey = (object: KubeObject): string =>
    `${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}`
  expect(fromChart.map(byKey).sort()).toEqual(fromPhase.map(byKey).sort())
  for (const object of fromPhase) {
    const same = fromChart.find((other) => byKey(other) === byKey(object))
    expect(same, byKey(object)).toEqual(object)
  }
})

/** What differs on purpose: Helm's own labels, and a checksum over one or the other spelling of the same settings. */
function plain(object: KubeObject): KubeObject {
  const text = JSON.stringify(object, (key, value: unknown) => {
    if (['app.kubernetes.io/instance', 'app.kubernetes.io/version', 'app.kubernetes.io/managed-by'].includes(key))
      return undefined
    if (key === 'helm.sh/chart' || key === 'checksum/config') return undefined
    return key === 'config.json' ? (JSON.parse(String(value)) as unknown) : value
  })
  return JSON.parse(text) as KubeObject
}

test('K3s’ example names this chart, with values that it takes', async ({ cluster }) => {
  const example = parse(readFileSync(join(ROOT, 'docs/examples/k3s-helmchart.yaml'), 'utf8')) as {
    readonly spec: { readonly chart: string; readonly targetNamespace: string; readonly valuesContent: string }
  }
  const { version } = parse(readFileSync(join(CHART, 'Chart.yaml'), 'utf8')) as { readonly version: string }
  expect(example.spec.chart).toMatch(new RegExp(`/${PRODUCT_ID}-${version.replaceAll('.', String.raw`\.`)}\\.tgz$`))
  expect(example.spec.targetNamespace).toBe(PLATFORM_NAMESPACE)
  const made = objectsOf(await rendered(cluster, parse(example.spec.valuesContent) as ChartValues))
  const settings = made.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === PRODUCT_ID)
  expect(JSON.stringify(settings)).toContain('desktops.example.com')
})

test.describe('asked of the API server', () => {
  let copy = ''
  let foreign = ''
  let made: readonly string[] = []

  test.beforeAll(async ({ cluster }) => {
    copy = join(folder, 'copy')
    mkdirSync(copy)
    // beside other specs, which have desktops in namespaces of the manifests' names
    fillManifests(copy, (name) => (name === PLATFORM_NAMESPACE ? name : `judged-${name}`))
    made = [HERE, ...namespacesOf(copy)]
    const namespaces = made.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }))
    await cluster.kubectl(['apply', '--server-side', '-f', '-'], {
      input: namespaces.map((one) => JSON.stringify(one)).join('\n---\n'),
    })
    foreign = await foreignDefinitions(console.log)
    await installKinds(cluster, customResources())
    // larger than an annotation may be
    await cluster.kubectl(['apply', '--server-side', '-f', foreign])
    await cluster.kubectl(['wait', '--for=condition=Established', '--timeout=30s', '-f', foreign])
  })
  test.afterAll(async ({ cluster }) => {
    // the definitions of others stay: nobody minds them, and to take them all away keeps the server busy for a minute
    const left = made.filter((name) => name !== PLATFORM_NAMESPACE)
    await cluster.kubectl(['delete', 'namespace', ...left, '--ignore-not-found', '--wait=false'])
    await uninstallOperator(cluster)
  })

  test('kubeconform finds nothing wrong, by the schemas of this very server', async ({ cluster }) => {
    const schemas = join(folder, 'schemas')
    // the server tells of new definitions after a moment
    await expect
      .poll(async () => (await cluster.tryKubectl(['explain', 'helmcharts.spec.valuesContent'])).code, {
        timeout: 20_000,
      })
      .toBe(0)
    expect(await writeSchemas(cluster, schemas)).toBeGreaterThan(60)
    const files = join(folder, 'files')
    mkdirSync(files)
    for (const [name, values] of Object.entries(VALUE_SETS))
      writeFileSync(join(files, `${name}.yaml`), await rendered(cluster, values))
    const judged = await tryRun(await buildKubeconform(console.log), [
      ...['-strict', '-summary', '-schema-location', schemaLocation(schemas)],
      ...[files, ...manifestFiles(copy).map((path) => join(copy, path))],
    ])
    expect(judged.stdout + judged.stderr).toContain('Invalid: 0, Errors: 0, Skipped: 0')
  })

  test('everything that the chart makes is taken, whatever the values', async ({ cluster }) => {
    for (const name of readdirSync(join(folder, 'files'))) {
      const taken = await cluster.tryKubectl([...DRY_RUN, '-f', join(folder, 'files', name)])
      expect(taken, name).toMatchObject({ code: 0, stderr: '' })
    }
  })

  test('every manifest and example is taken, without a warning', async ({ cluster }) => {
    const all = applicables(copy)
    // one of each kind, so that an empty table is no success
    for (const path of [
      'manifests/phase-0',
      'manifests/phase-1',
      'manifests/phase-2',
      'manifests/direct-role/role.yaml',
    ])
      expect(all.map((one) => one.path)).toContain(path)
    for (const { path, args } of all) {
      await test.step(path, async () => {
        const taken = await cluster.tryKubectl([...DRY_RUN, ...namespaceOf(path), ...args])
        expect(taken, path).toMatchObject({ code: 0, stderr: '' })
        const lines = taken.stdout.trim().split('\n')
        expect(lines.length, path).toBeGreaterThan(0)
        expect(
          lines.filter((line) => !line.endsWith('(server dry run)')),
          path,
        ).toEqual([])
      })
    }
  })

  test('a fault in any of them is seen', async ({ cluster }) => {
    const wrong = join(folder, 'wrong.yaml')
    for (const [kind, spec] of [
      ['helm.cattle.io/v1 HelmChart', { valuesContents: 'x' }],
      ['traefik.io/v1alpha1 IngressRoute', { routes: [], entrypoint: [] }],
      ['vdi.kasm-operator.io/v1alpha1 VDIUser', { username: 'x', quota: { sessions: -1 } }],
    ] as const) {
      const [apiVersion, name] = kind.split(' ')
      writeFileSync(wrong, JSON.stringify({ apiVersion, kind: name, metadata: { name: 'wrong' }, spec }))
      expect((await cluster.tryKubectl([...DRY_RUN, '-n', HERE, '-f', wrong])).code, kind).not.toBe(0)
    }
  })
})

const DRY_RUN = ['apply', '--dry-run=server', '--server-side', '--force-conflicts', '--validate=strict']

/** Where those go that say no namespace. */
function namespaceOf(path: string): readonly string[] {
  return path.endsWith('role.yaml') || path.endsWith('vdisession.yaml') ? ['-n', HERE] : []
}
