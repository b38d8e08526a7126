// Builds what the cluster runs: Kubernetes with etcd, kwok and the small images, from Go modules; NVIDIA's device plugin, its mock
// NVML and kube-router from the fixtures. Everything is keyed by version and content; what is there is not made again.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, copyFile, mkdir, readFile, readdir, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packImage, withFolder } from '../../images/oci-image.ts'
import { findFixtures, type Fixtures } from './fixtures.ts'
import { run } from './process.ts'
import { FOLDERS, VERSIONS } from './settings.ts'
import { requireGo } from './toolchain.ts'

export type Log = (line: string) => void

/** What a build left, by path. */
export interface Built {
  /** Folder with a program for each component of Kubernetes, and etcd. */
  readonly kubernetes: string
  readonly kwok: { readonly program: string; readonly stages: string }
  /** Image archives by the part's name. */
  readonly images: Readonly<Record<'pause' | 'busybox' | 'coredns' | 'localPath', string>>
  /** Parts from the fixtures, or why there are none. */
  readonly fixtures:
    { readonly kubeRouter: string; readonly nvidiaPlugin: string; readonly gpus: string } | { readonly notRun: string }
}

const COMPONENTS = ['kubectl', 'kubelet', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy']
/** Flags of every build: what it makes depends on its sources alone. */
export const STRIP = ['-trimpath', '-buildvcs=false']

/** Builds everything that is not in the cache. Throws when a tool is missing or a build fails. */
export async function buildCluster(log: Log): Promise<Built> {
  await mkdir(FOLDERS.built, { recursive: true })
  const go = lazyGo()
  return {
    kubernetes: await buildKubernetes(go, log),
    kwok: await buildKwok(go, log),
    images: {
      pause: await buildPause(go, log),
      busybox: await buildBusybox(log),
      coredns: await buildModuleImage(go, 'coredns', VERSIONS.coredns, 'github.com/coredns/coredns', log),
      localPath: await buildModuleImage(
        ...([
          go,
          'local-path-provisioner',
          VERSIONS.localPath,
          'github.com/rancher/local-path-provisioner',
          log,
        ] as const),
      ),
    },
    fixtures: await buildFixtures(go, log),
  }
}

/** Go is looked for once, and only when something is to be built. */
export function lazyGo(): () => Promise<string> {
  let found: Promise<string> | undefined
  return () => (found ??= requireGo())
}

/** A path in the cache for these inputs. */
export function keyed(name: string, ...inputs: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256')
  for (const input of inputs) hash.update(input).update('\0')
  return join(FOLDERS.built, `${name}-${hash.digest('hex').slice(0, 12)}`)
}

/** Makes `path` by `make`, which writes to the path it is given; it appears whole or not at all. */
export async function once(path: string, log: Log, make: (part: string) => Promise<void>): Promise<string> {
  if (existsSync(path)) return path
  const began = Date.now()
  log(`building ${path.slice(FOLDERS.built.length + 1)}`)
  const part = `${path}.part`
  await rm(part, { recursive: true, force: true })
  await make(part)
  await rename(part, path)
  log(`  took ${Math.round((Date.now() - began) / 1000)} s`)
  return path
}

async function buildKubernetes(go: () => Promise<string>, log: Log): Promise<string> {
  const source = join(import.meta.dirname, 'go', 'kubernetes')
  const names = ['go.mod', 'go.sum', 'main.go']
  const inputs = await Promise.all(names.map((name) => readFile(join(source, name))))
  return once(keyed(`kubernetes-${VERSIONS.kubernetes}`, ...inputs), log, async (part) => {
    await mkdir(part)
    const [major, minor] = VERSIONS.kubernetes.split('.')
    const values = {
      'k8s.io/component-base/version.gitVersion': `v${VERSIONS.kubernetes}`,
      'k8s.io/component-base/version.gitMajor': major,
      'k8s.io/component-base/version.gitMinor': minor,
      'k8s.io/client-go/pkg/version.gitVersion': `v${VERSIONS.kubernetes}`,
    }
    const set = Object.entries(values).map(([name, value]) => `-X ${name}=${value}`)
    const flags = ['-mod=readonly', ...STRIP, '-ldflags', ['-s -w', ...set].join(' ')]
    await run(await go(), ['build', ...flags, '-o', join(part, 'kubernetes'), '.'], {
      cwd: source,
      env: { CGO_ENABLED: '0' },
    })
    for (const name of [...COMPONENTS, 'etcd']) await symlink('kubernetes', join(part, name))
  })
}

/** kwok has no behaviour of its own: its module ships the stages, of which the fast ones and the lease's heartbeat are taken. */
async function buildKwok(go: () => Promise<string>, log: Log): Promise<Built['kwok']> {
  const folder = await once(join(FOLDERS.built, `kwok-${VERSIONS.kwok}`), log, async (part) => {
    await mkdir(part)
    const module = `sigs.k8s.io/kwok@v${VERSIONS.kwok}`
    await run(await go(), ['install', ...STRIP, '-ldflags=-s -w', module.replace('@', '/cmd/kwok@')], {
      env: { CGO_ENABLED: '0', GOBIN: part },
    })
    const modules = (await run(await go(), ['env', 'GOMODCACHE'])).trim()
    const documents: string[] = []
    for (const stage of ['node/fast', 'node/heartbeat-with-lease', 'pod/fast']) {
      const from = join(modules, module, 'kustomize', 'stage', stage)
      const files = (await readdir(from)).filter((name) => /^(node|pod)-.*\.yaml$/.test(name)).sort()
      for (const file of files) documents.push(await readFile(join(from, file), 'utf8'))
    }
    await writeFile(join(part, 'stages.yaml'), documents.join('\n---\n'))
  })
  return { program: join(folder, 'kwok'), stages: join(folder, 'stages.yaml') }
}

async function buildPause(go: () => Promise<string>, log: Log): Promise<string> {
  const source = join(import.meta.dirname, 'go', 'pause')
  return once(`${keyed('pause', await readFile(join(source, 'main.go')))}.tar`, log, (part) =>
    withFolder(async (root) => {
      await run(await go(), ['build', ...STRIP, '-ldflags=-s -w', '-o', join(root, 'pause'), '.'], {
        cwd: source,
        env: { CGO_ENABLED: '0' },
      })
      await packImage({ name: 'localhost/pause:1', entrypoint: ['/pause'] }, root, part)
    }),
  )
}

/** An image with one program that is a Go module. */
async function buildModuleImage(
  go: () => Promise<string>,
  name: string,
  version: string,
  module: string,
  log: Log,
): Promise<string> {
  return once(join(FOLDERS.built, `${name}-${version}.tar`), log, (part) =>
    withFolder(async (root) => {
      await mkdir(join(root, 'tmp'))
      await run(await go(), ['install', ...STRIP, '-ldflags=-s -w', `${module}@v${version}`], {
        env: { CGO_ENABLED: '0', GOBIN: join(root, 'bin') },
      })
      await packImage({ name: `localhost/${name}:${version}`, entrypoint: [`/bin/${name}`] }, root, part)
    }),
  )
}

/** A shell for the provisioner's helper pods and for questions asked from inside the cluster. */
async function buildBusybox(log: Log): Promise<string> {
  const program = '/bin/busybox'
  if (!existsSync(program)) throw new Error('missing: /bin/busybox (Debian package busybox-static)')
  return once(`${keyed('busybox', await readFile(program))}.tar`, log, (part) =>
    withFolder(async (root) => {
      await mkdir(join(root, 'bin'))
      await mkdir(join(root, 'tmp'))
      await copyFile(program, join(root, 'bin', 'busybox'))
      const applets = (await run(program, ['--list'])).split('\n').filter((name) => name !== '' && name !== 'busybox')
      for (const applet of applets) await symlink('busybox', join(root, 'bin', applet))
      await packImage({ name: 'localhost/busybox:1', entrypoint: ['/bin/sh'] }, root, part)
    }),
  )
}

async function buildFixtures(go: () => Promise<string>, log: Log): Promise<Built['fixtures']> {
  const routerPath = ({ kubeRouter }: Fixtures): string => keyed('kube-router', ...kubeRouter.key)
  const pluginPath = ({ nvidia }: Fixtures): string => `${keyed('nvidia-device-plugin', ...nvidia.key)}.tar`
  const isBuilt = (fixtures: Fixtures): boolean => existsSync(routerPath(fixtures)) && existsSync(pluginPath(fixtures))
  const found = await findFixtures(undefined, undefined, isBuilt)
  if ('notRun' in found) return found
  const { kubeRouter: router, nvidia, gpus } = found
  const kubeRouter = await once(routerPath(found), log, (part) =>
    withFolder(async (work) => {
      await router.unpack(work)
      await run(await go(), ['build', ...STRIP, '-ldflags=-s -w', '-o', part, './cmd/kube-router'], {
        cwd: join(work, 'kube-router'),
        env: { CGO_ENABLED: '0' },
      })
    }),
  )
  const nvidiaPlugin = await once(pluginPath(found), log, (part) =>
    withFolder(async (work) => {
      await nvidia.unpack(work)
      await packNvidia(await go(), work, part)
    }),
  )
  return { kubeRouter, nvidiaPlugin, gpus }
}

/** The device plugin loads libnvidia-ml by name: beside it in the image stands NVIDIA's own mock of it. */
async function packNvidia(go: string, work: string, out: string): Promise<void> {
  const root = join(work, 'image')
  const libraries = join(root, 'lib', 'x86_64-linux-gnu')
  for (const folder of [join(root, 'usr', 'bin'), join(root, 'lib64'), join(root, 'tmp'), libraries])
    await mkdir(folder, { recursive: true })
  const quiet = { CGO_ENABLED: '1', CGO_CFLAGS: '-Wno-deprecated-declarations' }
  const version = `-X github.com/NVIDIA/k8s-device-plugin/internal/info.version=v${VERSIONS.nvidiaPlugin}`
  const plugin = ['-mod=vendor', ...STRIP, `-ldflags=-s -w ${version}`, '-o', `${root}/usr/bin/`]
  await run(go, ['build', ...plugin, './cmd/nvidia-device-plugin'], {
    cwd: join(work, 'k8s-device-plugin'),
    env: { ...quiet, CGO_LDFLAGS_ALLOW: '-Wl,--unresolved-symbols=ignore-in-object-files' },
  })
  const mock = ['-mod=vendor', '-tags=nopadding', '-buildmode=c-shared', '-buildvcs=false', '-ldflags=-s -w']
  await run(go, ['build', ...mock, '-o', join(libraries, 'libnvidia-ml.so.1'), './pkg/gpu/mocknvml/bridge'], {
    cwd: join(work, 'k8s-test-infra'),
    env: { ...quiet, CGO_LDFLAGS_ALLOW: '--defsym|-soname' },
  })
  await cp(await realpath('/lib/x86_64-linux-gnu/libc.so.6'), join(libraries, 'libc.so.6'))
  await cp(await realpath('/lib64/ld-linux-x86-64.so.2'), join(root, 'lib64', 'ld-linux-x86-64.so.2'))
  const name = `localhost/nvidia-device-plugin:${VERSIONS.nvidiaPlugin}`
  await packImage({ name, entrypoint: ['/usr/bin/nvidia-device-plugin'] }, root, out)
}
