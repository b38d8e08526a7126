// The chart as an admin meets it: judged before it is installed, installed by Helm with the operator's own image, tested, and taken away.
// The same files serve GitOps (`helm template`) and kubectl (`manifests/`): all of them are checked by Helm, kubeconform and the API server.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import type { TestCluster } from '../../cluster/index.ts'
import { tryRun } from '../../cluster/process.ts'
import { NETWORK, VERSIONS } from '../../cluster/settings.ts'
import { buildKubeconform } from '../../cluster/tools.ts'
import { expect, test } from '../../drivers/cluster-app.ts'
import { schemaLocation, writeSchemas } from '../../drivers/kube-schemas.ts'
import {
  CHART,
  CLUSTER_VALUES,
  CRDS,
  helmOf,
  INSTALL_ARGS,
  KINDS,
  installOperator,
  merged,
  uninstallOperator,
  type ChartValues,
} from '../../drivers/operator-cluster.ts'
import { turnAllows } from '../../drivers/turn.ts'
import { buildCoturnImage } from '../../../images/coturn/build.ts'
import { imageCache } from '../../../images/debian.ts'
import { userNamespace } from '../../../shared/domain/names.ts'
import { PLATFORM_NAMESPACE, PRODUCT_ID } from '../../../shared/product.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const PHASE_2 = join(ROOT, 'manifests', 'phase-2')
/** Someone of these tests alone. */
const USER = { name: 'chart-carol', spec: { username: 'chart-carol' } }

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
let kubeconform = ''
test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kasm-chart-'))
  kubeconform = await buildKubeconform(console.log)
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

interface Named {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
}

function objectsOf(text: string): readonly Named[] {
  return parseAllDocuments(text).flatMap((document) => {
    const object = document.toJS() as Named | null
    return object === null ? [] : [object]
  })
}

test.describe('before it is installed', () => {
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
    const kustomized = objectsOf(await cluster.kubectl(['kustomize', PHASE_2])).filter(
      ({ kind }) => kind !== 'Namespace',
    )
    const fromPhase = kustomized.map(plain)
    const byKey = (object: Named): string => `${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}`
    expect(fromChart.map(byKey).sort()).toEqual(fromPhase.map(byKey).sort())
    for (const object of fromPhase) {
      const same = fromChart.find((other) => byKey(other) === byKey(object))
      expect(same, byKey(object)).toEqual(object)
    }
  })
})

/** What differs on purpose: Helm's own labels, and a checksum over one or the other spelling of the same settings. */
function plain(object: Named): Named {
  const text = JSON.stringify(object, (key, value: unknown) => {
    if (['app.kubernetes.io/instance', 'app.kubernetes.io/version', 'app.kubernetes.io/managed-by'].includes(key))
      return undefined
    if (key === 'helm.sh/chart' || key === 'checksum/config') return undefined
    return key === 'config.json' ? (JSON.parse(String(value)) as unknown) : value
  })
  return JSON.parse(text) as Named
}

test.describe('installed', () => {
  test.afterAll(async ({ cluster }) => {
    await uninstallOperator(cluster)
  })

  test('one command brings the operator up, with templates and users', async ({ cluster }) => {
    await installOperator(cluster, { users: [USER] })
    const ready = 'jsonpath={.status.readyReplicas}'
    expect(await cluster.kubectl(['get', 'deployment', '-n', PLATFORM_NAMESPACE, PRODUCT_ID, '-o', ready])).toBe('2')
    const templates = await cluster.kubectl(['get', KINDS.templates, '-o', 'jsonpath={.items[*].metadata.name}'])
    expect(templates.split(' ').sort()).toEqual(['browser-kiosk', 'full-desktop', 'light-desktop'])
    const namespace = userNamespace(USER.spec.username)
    const told = `jsonpath={.status.namespace}=${namespace}`
    await cluster.kubectl(['wait', `${KINDS.users}/${USER.name}`, `--for=${told}`, '--timeout=30s'])
    await cluster.kubectl(['get', 'namespace', namespace])
  })

  test('helm test passes', async ({ cluster }) => {
    const { helm } = await helmOf(cluster)
    const said = await helm(['test', PRODUCT_ID, '--namespace', PLATFORM_NAMESPACE, '--logs', '--timeout=90s'])
    expect(said).toContain('/readyz 200')
    expect(said).toContain('Succeeded')
  })

  test('the pods run as nobody with nothing to write, and only one leads', async ({ cluster }) => {
    const selector = ['-n', PLATFORM_NAMESPACE, '-l', 'app.kubernetes.io/component=operator']
    const { items } = JSON.parse(await cluster.kubectl(['get', 'pods', ...selector, '-o', 'json'])) as {
      readonly items: readonly {
        readonly status: { readonly containerStatuses: readonly { restartCount: number }[] }
      }[]
    }
    expect(items.map(({ status }) => status.containerStatuses.map(({ restartCount }) => restartCount))).toEqual([
      [0],
      [0],
    ])
    // Pod Security restricted takes them although the namespace does not ask for it
    const label = ['label', '--overwrite', '--dry-run=server', 'namespace', PLATFORM_NAMESPACE]
    const judged = await cluster.tryKubectl([...label, 'pod-security.kubernetes.io/enforce=restricted'])
    expect(judged).toMatchObject({ code: 0, stderr: '' })
    const leases = await cluster.kubectl(['get', 'leases', '-n', PLATFORM_NAMESPACE, '-o', 'name'])
    expect(leases.trim().split('\n')).toHaveLength(1)
  })

  test('a user whom the API server refuses fails the upgrade by name, and nobody else is lost', async ({ cluster }) => {
    const { tryHelm } = await helmOf(cluster)
    const bad = { name: 'chart-bad', spec: { username: 'chart-bad', quota: { slices: -1 } } }
    const input = JSON.stringify(merged(CLUSTER_VALUES, { users: [USER, bad] }))
    const refused = await tryHelm(INSTALL_ARGS, { input })
    expect(refused.code).not.toBe(0)
    const job = ['-n', PLATFORM_NAMESPACE, '-l', 'app.kubernetes.io/component=objects', '--tail=20']
    expect(await cluster.kubectl(['logs', ...job])).toContain('spec.quota.slices')
    await cluster.kubectl(['get', KINDS.users, USER.name])
    await installOperator(cluster, { users: [USER] })
  })

  test('everything that it can make is taken by kubeconform and by the API server', async ({ cluster }) => {
    const schemas = join(folder, 'schemas')
    expect(await writeSchemas(cluster, schemas)).toBeGreaterThan(60)
    const files = join(folder, 'files')
    mkdirSync(files)
    for (const [name, values] of Object.entries(VALUE_SETS))
      writeFileSync(join(files, `${name}.yaml`), await rendered(cluster, values))
    const plainFiles = manifestFiles()
    const judged = await tryRun(kubeconform, [
      ...['-strict', '-summary', '-schema-location', schemaLocation(schemas)],
      // kinds of others, which this cluster does not have
      ...['-skip', 'Kustomization,HelmChart,IngressRoute,Middleware'],
      ...[files, ...plainFiles],
    ])
    expect(judged.stdout + judged.stderr).toContain('Invalid: 0, Errors: 0')

    await test.step('server-side dry run', async () => {
      for (const name of readdirSync(files)) {
        const args = ['apply', '--dry-run=server', '--server-side', '--force-conflicts', '--validate=strict']
        const taken = await cluster.tryKubectl([...args, '-f', join(files, name)])
        expect(taken, name).toMatchObject({ code: 0, stderr: '' })
      }
      const phase = ['apply', '--dry-run=server', '--server-side', '--force-conflicts', '--validate=strict']
      for (const what of [
        ['-k', PHASE_2],
        ['-f', join(PHASE_2, 'templates.yaml')],
      ])
        expect(await cluster.tryKubectl([...phase, ...what]), what.join(' ')).toMatchObject({ code: 0, stderr: '' })
    })
  })

  test('the relay takes the secret that the operator made, and a new one without cutting anybody off', async ({
    cluster,
  }) => {
    if (process.env['KASM_COTURN_ARCHIVE'] === undefined)
      await cluster.importImage(await buildCoturnImage(imageCache(), console.log))
    // not the port of phase 1's relay, which may be on the node too
    const server = { host: cluster.nodeIp, port: 13_478 }
    const pods = NETWORK.podCidr.replace('.0/24', '')
    await installOperator(cluster, {
      users: [USER],
      relay: {
        install: true,
        addresses: [server.host],
        port: server.port,
        minPort: 50_160,
        maxPort: 50_200,
        allowedPeers: [`${pods}.0-${pods}.255`],
      },
    })
    const secret = async (key: string): Promise<string> => {
      const args = ['get', 'secret', '-n', PLATFORM_NAMESPACE, 'kasm-operator-relay']
      return Buffer.from(await cluster.kubectl([...args, '-o', `jsonpath={.data.${key}}`]), 'base64').toString()
    }
    const first = await secret('secret')
    expect(first.length).toBeGreaterThan(30)
    expect(await turnAllows(server, first, `${pods}.9`)).toMatchObject({ allowed: true })
    expect(await turnAllows(server, 'guessed', `${pods}.9`)).toMatchObject({ allowed: false })
    // the API server, the node itself and the cloud's metadata are nobody's desktop
    const others = [NETWORK.apiServiceIp, cluster.nodeIp, '169.254.169.254']
    const answers = await Promise.all(others.map((peer) => turnAllows(server, first, peer)))
    expect(answers.map(({ allowed }) => allowed)).toEqual(others.map(() => false))

    const rotate = `vdi.kasm-operator.io/rotate=${Date.now()}`
    await cluster.kubectl(['annotate', 'secret', '-n', PLATFORM_NAMESPACE, 'kasm-operator-relay', rotate])
    await expect.poll(() => secret('previous'), { timeout: 20_000 }).toBe(first)
    const second = await secret('secret')
    expect(second).not.toBe(first)
    // the kubelet brings the new secret within a minute, or at the pod's next change; coturn is then started again
    const relays = ['pod', '-n', PLATFORM_NAMESPACE, '-l', 'app.kubernetes.io/component=relay']
    await cluster.kubectl(['annotate', ...relays, `spec/looked-at=${Date.now()}`])
    const taken = async (): Promise<boolean> => (await turnAllows(server, second, `${pods}.9`)).allowed
    await expect.poll(taken, { timeout: 100_000, intervals: [1000] }).toBe(true)
    expect(await turnAllows(server, first, `${pods}.9`)).toMatchObject({ allowed: true })
  })

  test('uninstalled, it leaves the definitions with all that people have', async ({ cluster }) => {
    const { helm } = await helmOf(cluster)
    await helm(['uninstall', PRODUCT_ID, '--namespace', PLATFORM_NAMESPACE, '--wait', '--timeout=90s'])
    // the Job of the refused user stays to be read; everything else goes
    const ours = ['-n', PLATFORM_NAMESPACE, '-l', 'app.kubernetes.io/component notin (objects)', '-o', 'name']
    const left = (): Promise<string> => cluster.kubectl(['get', 'all,configmaps,serviceaccounts,secrets', ...ours])
    const named = async (): Promise<readonly string[]> =>
      (await left())
        .split('\n')
        .filter((name) => name.includes(PRODUCT_ID) && !name.startsWith('secret/kasm-operator-relay'))
    await expect.poll(named, { timeout: 45_000 }).toEqual([])
    await cluster.kubectl(['get', 'crd', ...CRDS])
    await cluster.kubectl(['get', KINDS.users, USER.name])
    await cluster.kubectl(['get', 'namespace', userNamespace(USER.spec.username)])
  })
})

/** Every manifest of the repository that is whole by itself. */
function manifestFiles(): readonly string[] {
  const folders = ['manifests', 'docs/examples']
  return folders.flatMap((name) =>
    readdirSync(join(ROOT, name), { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile() && file.name.endsWith('.yaml') && file.name !== 'kustomization.yaml')
      .map((file) => join(file.parentPath, file.name))
      .filter((path) => readFileSync(path, 'utf8').includes('apiVersion:')),
  )
}
