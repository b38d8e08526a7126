// The manifests of the repository as an admin applies them: a copy with the secrets filled in that git does not hold, and a table of
// everything in it that can be applied. The table is made from the folders, so that a new one is in it by itself.
import { randomBytes } from 'node:crypto'
import { cpSync, existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'
import { NETWORK } from '../cluster/settings.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const FOLDERS = ['manifests', 'docs/examples']

/** One command of an admin: `kubectl apply -k` of a folder, or `-f` of a file. */
export interface Applicable {
  /** Relative to the copy. */
  readonly path: string
  readonly args: readonly string[]
}

/**
 * Copies every manifest and fills in what an admin has to.
 * @param rename namespaces that get other names in the copy, so that specs do not meet in them
 */
export function fillManifests(folder: string, rename: (namespace: string) => string = (name) => name): void {
  for (const name of FOLDERS) cpSync(join(ROOT, name), join(folder, name), { recursive: true })
  const found = globSync('**/*', { cwd: folder })
  for (const path of found.filter((name) => name.endsWith('kustomization.yaml'))) {
    const place = join(folder, dirname(path))
    const { secretGenerator = [] } = readKustomization(join(folder, path))
    if (secretGenerator.some(({ envs }) => envs?.includes('access.env')))
      writeFileSync(join(place, 'access.env'), `password=${randomBytes(32).toString('hex')}\n`)
    const example = join(place, 'relay.conf.example')
    if (existsSync(example)) writeFileSync(join(place, 'relay.conf'), relaySettings(readFileSync(example, 'utf8')))
  }
  const names = namespacesOf(folder).filter((name) => rename(name) !== name)
  for (const path of found.filter((name) => /\.(yaml|json)$/.test(name))) {
    const text = readFileSync(join(folder, path), 'utf8')
    writeFileSync(
      join(folder, path),
      names.reduce((changed, name) => changed.replaceAll(name, rename(name)), text),
    )
  }
}

/** Everything in the copy that is whole by itself: each kustomization, and each file that none of them takes in. */
export function applicables(folder: string): readonly Applicable[] {
  const kustomizations = globSync('**/kustomization.yaml', { cwd: folder }).toSorted()
  const taken = new Set(
    kustomizations.flatMap((path) =>
      (readKustomization(join(folder, path)).resources ?? []).map((name) => join(dirname(path), name)),
    ),
  )
  const files = manifestFiles(folder).filter((path) => !taken.has(path))
  return [
    ...kustomizations.map((path) => ({ path: dirname(path), args: ['-k', join(folder, dirname(path))] })),
    ...files.map((path) => ({ path, args: ['-f', join(folder, path)] })),
  ]
}

/** Files with Kubernetes objects, relative to the copy. */
export function manifestFiles(folder: string): readonly string[] {
  return globSync('**/*.yaml', { cwd: folder })
    .filter((path) => !path.endsWith('kustomization.yaml'))
    .filter((path) => readFileSync(join(folder, path), 'utf8').includes('apiVersion:'))
    .toSorted()
}

/** Namespaces that the manifests of the copy name, those of Kubernetes itself left out. */
export function namespacesOf(folder: string): readonly string[] {
  const names = manifestFiles(folder).flatMap((path) =>
    parseAllDocuments(readFileSync(join(folder, path), 'utf8')).flatMap((document) => {
      const { kind, metadata } = (document.toJS() ?? {}) as {
        readonly kind?: string
        readonly metadata?: { readonly name?: string; readonly namespace?: string }
      }
      return (kind === 'Namespace' ? metadata?.name : metadata?.namespace) ?? []
    }),
  )
  return [...new Set(names)].filter((name) => !name.startsWith('kube-')).toSorted()
}

interface Kustomization {
  readonly resources?: readonly string[]
  readonly secretGenerator?: readonly { readonly envs?: readonly string[] }[]
}
function readKustomization(path: string): Kustomization {
  return (parse(readFileSync(path, 'utf8')) ?? {}) as Kustomization
}

/** As in the example, with this cluster's ranges. */
function relaySettings(example: string): string {
  const ends = (['.0', '.255'] as const).map((end) => NETWORK.podCidr.replace('.0/24', end))
  const filled = example
    .replace('static-auth-secret=', `static-auth-secret=${randomBytes(32).toString('hex')}`)
    .replace('10.42.0.0-10.42.255.255', ends.join('-'))
  if (!filled.includes(`allowed-peer-ip=${ends.join('-')}`)) throw new Error('the example has no range to fill in')
  return filled
}
