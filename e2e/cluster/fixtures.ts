// Sources that the project may use but does not carry: kube-router, NVIDIA's device plugin and its mock NVML. From the folder of
// fixtures where it is there, else cloned in the same versions where the internet is there, else NOT RUN with the reason.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run, tryRun, type RunResult } from './process.ts'
import { VERSIONS, fixturesFolder } from './settings.ts'
import { findProgram } from './toolchain.ts'

/** Sources of one build. */
export interface Sources {
  /** What the build's name in the cache depends on. */
  readonly key: readonly (string | Buffer)[]
  /** Lays the sources' folders into a folder. */
  unpack(into: string): Promise<void>
}
export interface Fixtures {
  /** Folder `kube-router`. */
  readonly kubeRouter: Sources
  /** Folders `k8s-device-plugin` and `k8s-test-infra`. */
  readonly nvidia: Sources
  /** File that says which GPUs the mock shows. */
  readonly gpus: string
}

const FORGE = 'https://github.com'
const ROUTER = { repository: 'cloudnativelabs/kube-router', at: { tag: `v${VERSIONS.kubeRouter}` } } as const
const PLUGIN = { repository: 'NVIDIA/k8s-device-plugin', at: { tag: `v${VERSIONS.nvidiaPlugin}` } } as const
/** It has no releases: the fixture's commit is the last one before this second. */
const MOCK = { repository: 'NVIDIA/k8s-test-infra', at: { before: '2026-08-21T15:42:04Z' } } as const
/** A name that cannot be looked up fails at once; a network that swallows everything must not hold the build up. */
const ANSWER_MS = 5000

interface Clone {
  readonly repository: string
  readonly at: { readonly tag: string } | { readonly before: string }
}
/** `git` with these arguments; replaced in tests. */
export type Git = (args: readonly string[], signal?: AbortSignal) => Promise<RunResult>

// without a terminal: a repository that asks for a password is not there
const systemGit: Git = (args, signal) =>
  tryRun('git', args, { env: { GIT_TERMINAL_PROMPT: '0' }, ...(signal === undefined ? {} : { signal }) })

/**
 * @param folder of the fixtures, or null
 * @param git how to clone
 * @param isBuilt whether everything of these sources was built before, so that they are not needed again
 */
export async function findFixtures(
  folder: string | null = fixturesFolder(),
  git: Git = systemGit,
  isBuilt: (fixtures: Fixtures) => boolean = () => false,
): Promise<Fixtures | { readonly notRun: string }> {
  if (folder !== null) return fromArchives(join(folder, 'k3s-parts'))
  const clones: Fixtures = {
    kubeRouter: fromClones([ROUTER], git),
    nvidia: fromClones([PLUGIN, MOCK], git),
    gpus: join(import.meta.dirname, 'manifests', 'mock-gpus.yaml'),
  }
  if (isBuilt(clones)) return clones
  const problem =
    findProgram('gcc') === null ? 'gcc is missing (apt-get install gcc libc6-dev)' : await cannotClone(git)
  if (problem === null) return clones
  const what = 'GPU slices and network policies NOT RUN'
  return { notRun: `${what}: no folder of fixtures (set KASM_FIXTURES), and ${problem}` }
}

async function fromArchives(parts: string): Promise<Fixtures> {
  const sources = async (...names: readonly string[]): Promise<Sources> => ({
    key: await Promise.all(names.map((name) => readFile(join(parts, name)))),
    async unpack(into) {
      for (const name of names) await run('tar', ['-xJf', join(parts, name), '-C', into])
    },
  })
  return {
    kubeRouter: await sources(`kube-router/kube-router-${VERSIONS.kubeRouter}.tar.xz`),
    nvidia: await sources(`nvidia/nvidia-device-plugin-${VERSIONS.nvidiaPlugin}.tar.xz`, 'nvidia/mock-nvml.tar.xz'),
    gpus: join(parts, 'nvidia', 'two-l40s.yaml'),
  }
}

/** @returns null when all the repositories answer in time, else why not */
async function cannotClone(git: Git): Promise<string | null> {
  for (const { repository } of [ROUTER, PLUGIN, MOCK]) {
    try {
      const { code } = await git(
        ['ls-remote', '--quiet', `${FORGE}/${repository}`, 'HEAD'],
        AbortSignal.timeout(ANSWER_MS),
      )
      if (code !== 0) return `${repository} cannot be reached`
    } catch {
      // no git, or no answer in time
      return `${repository} does not answer`
    }
  }
  return null
}

function fromClones(clones: readonly Clone[], git: Git): Sources {
  const must = async (args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await git(args)
    if (code !== 0) throw new Error(`git ${args.slice(0, 3).join(' ')} ended with ${code}: ${stderr.trim()}`)
    return stdout.trim()
  }
  return {
    key: ['clone', JSON.stringify(clones)],
    async unpack(into) {
      for (const { repository, at } of clones) {
        const url = `${FORGE}/${repository}`
        const folder = join(into, repository.split('/')[1] ?? repository)
        if ('tag' in at) {
          await must(['clone', '--quiet', '--depth=1', `--branch=${at.tag}`, url, folder])
          continue
        }
        await must(['clone', '--quiet', '--filter=blob:none', '--no-checkout', url, folder])
        const commit = await must(['-C', folder, 'rev-list', '-1', `--before=${at.before}`, 'HEAD'])
        if (commit === '') throw new Error(`${repository} has no commit before ${at.before}`)
        await must(['-C', folder, 'checkout', '--quiet', commit])
      }
    },
  }
}
