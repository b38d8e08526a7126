// Programs and parts that only some specs need, made when they are asked for: Helm and kubeconform for the chart, Traefik for routes.
// From Go modules, kept in the cluster's cache by version; what is there is not made again. A cold build: Helm 80 s, Traefik 7 minutes.
import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packImage, withFolder } from '../../images/oci-image.ts'
import { keyed, lazyGo, once, STRIP, type Log } from './build.ts'
import { run } from './process.ts'
import { FOLDERS, VERSIONS } from './settings.ts'

const go = lazyGo()

/** @returns Helm's path */
export function buildHelm(log: Log): Promise<string> {
  return installed('helm', VERSIONS.helm, 'helm.sh/helm/v4/cmd/helm', log)
}

/** @returns kubeconform's path */
export function buildKubeconform(log: Log): Promise<string> {
  return installed('kubeconform', VERSIONS.kubeconform, 'github.com/yannh/kubeconform/cmd/kubeconform', log)
}

async function installed(name: string, version: string, module: string, log: Log): Promise<string> {
  await mkdir(FOLDERS.built, { recursive: true })
  const folder = await once(join(FOLDERS.built, `${name}-${version}`), log, async (part) => {
    await mkdir(part)
    await run(await go(), ['install', ...STRIP, '-ldflags=-s -w', `${module}@v${version}`], {
      env: { CGO_ENABLED: '0', GOBIN: part },
    })
  })
  return join(folder, name)
}

/**
 * Kinds that our manifests use and a bare Kubernetes does not have: Traefik's routes, and K3s' HelmChart.
 * @returns a YAML file of CustomResourceDefinitions as their makers publish them
 */
export async function foreignDefinitions(log: Log): Promise<string> {
  await mkdir(FOLDERS.built, { recursive: true })
  const { traefik, helmController } = VERSIONS
  const name = `definitions-traefik-${traefik}-helm-controller-${helmController}.yaml`
  return once(join(FOLDERS.built, name), log, async (part) => {
    const charts = await moduleFolder(`github.com/k3s-io/helm-controller@v${helmController}`)
    const files = [
      join(await moduleFolder(`github.com/traefik/traefik/v3@v${traefik}`), TRAEFIK_REFERENCE, TRAEFIK_DEFINITIONS),
      join(charts, 'pkg/crds/yaml/generated/helm.cattle.io_helmcharts.yaml'),
    ]
    const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')))
    await writeFile(part, texts.join('\n---\n'))
  })
}

/** Fetches a module's source; nothing is built. */
async function moduleFolder(module: string): Promise<string> {
  const told = await run(await go(), ['mod', 'download', '-json', module], { cwd: tmpdir() })
  return (JSON.parse(told) as { readonly Dir: string }).Dir
}

const TRAEFIK_REFERENCE = 'docs/content/reference/dynamic-configuration'
const TRAEFIK_DEFINITIONS = 'kubernetes-crd-definition-v1.yml'

/** Traefik as an image, and what its module says of its kinds and rights. */
export interface TraefikBuilt {
  readonly archive: string
  /** YAML: its CustomResourceDefinitions, and the ClusterRole that it needs. */
  readonly definitions: string
  readonly role: string
}

/** Builds Traefik, the largest of all parts (2,500 packages). */
export async function buildTraefik(log: Log): Promise<TraefikBuilt> {
  await mkdir(FOLDERS.built, { recursive: true })
  const source = join(import.meta.dirname, 'go', 'traefik')
  const inputs = await Promise.all(['go.mod', 'go.sum'].map((name) => readFile(join(source, name))))
  const folder = await once(keyed(`traefik-${VERSIONS.traefik}`, ...inputs), log, async (part) => {
    await mkdir(part)
    const module = 'github.com/traefik/traefik/v3'
    await withFolder(async (root) => {
      await mkdir(join(root, 'tmp'))
      const flags = ['-mod=readonly', ...STRIP, '-ldflags=-s -w', '-o', join(root, 'traefik')]
      await run(await go(), ['build', ...flags, `${module}/cmd/traefik`], { cwd: source, env: { CGO_ENABLED: '0' } })
      const image = { name: `localhost/traefik:${VERSIONS.traefik}`, entrypoint: ['/traefik'] }
      await packImage(image, root, join(part, 'image.tar'))
    })
    const home = (await run(await go(), ['list', '-m', '-f', '{{.Dir}}', module], { cwd: source })).trim()
    const reference = join(home, TRAEFIK_REFERENCE)
    await copyFile(join(reference, TRAEFIK_DEFINITIONS), join(part, 'crds.yaml'))
    // the module cache is read-only, and a copy would stay so
    await chmod(join(part, 'crds.yaml'), 0o644)
    const rights = await readFile(join(reference, 'kubernetes-crd-rbac.yml'), 'utf8')
    // the binding that comes with the role names another namespace
    const role = rights.split(/^---$/m).find((document) => /^kind: ClusterRole$/m.test(document))
    if (role === undefined) throw new Error("Traefik's module has no ClusterRole where it had one")
    await writeFile(join(part, 'role.yaml'), role)
  })
  return {
    archive: join(folder, 'image.tar'),
    definitions: join(folder, 'crds.yaml'),
    role: join(folder, 'role.yaml'),
  }
}
