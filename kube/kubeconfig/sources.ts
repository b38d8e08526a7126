// Where kubeconfigs come from: KUBECONFIG lists, ~/.kube/config, chosen files, pasted text; merged as kubectl merges.
// Policy: a source that cannot be used is a problem with its reason and never hides the others.
import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, posix, resolve, win32 } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import {
  MAX_KUBECONFIG_BYTES,
  parseKubeconfig,
  type ClusterEntry,
  type KubeconfigDocument,
  type UserEntry,
} from './document.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** A group of files that are read as one, or a text. `key` is stable across runs. */
export type KubeconfigSource =
  | { readonly type: 'files'; readonly key: string; readonly paths: readonly string[]; readonly optional: boolean }
  | { readonly type: 'text'; readonly key: string; readonly name: string; readonly text: string }

/** A context with the entries it names, not yet vetted. */
export interface FoundContext {
  readonly name: string
  /** Where it was found, for people. */
  readonly source: string
  readonly current: boolean
  readonly namespace: string | undefined
  readonly clusterName: string
  readonly userName: string
  readonly cluster: Placed<ClusterEntry> | undefined
  readonly user: Placed<UserEntry> | undefined
}
/** An entry and the folder that its relative paths start from; pasted text has none. */
export interface Placed<T> {
  readonly entry: T
  readonly folder: string | undefined
}
export interface SourceProblem {
  readonly source: string
  readonly error: AppError
}
export interface LoadedSource {
  readonly contexts: readonly FoundContext[]
  readonly problems: readonly SourceProblem[]
}

/**
 * The files that kubectl would read: the KUBECONFIG list (`:` between its paths, `;` on Windows), else ~/.kube/config.
 * @param platform `process.platform` of the machine that the paths are for
 */
export function defaultSource(env: Environment, platform: string): KubeconfigSource | undefined {
  const windows = platform === 'win32'
  const listed = (env['KUBECONFIG'] ?? '').split(windows ? ';' : ':').filter((path) => path !== '')
  if (listed.length > 0) {
    return { type: 'files', key: 'default', paths: [...new Set(listed.map((path) => resolve(path)))], optional: false }
  }
  const home = env['HOME'] ?? (windows ? env['USERPROFILE'] : undefined)
  if (!home) return undefined
  const join = windows ? win32.join : posix.join
  return { type: 'files', key: 'default', paths: [join(home, '.kube', 'config')], optional: true }
}

/** Reads a source. Never rejects: what is wrong stands in `problems`. */
export async function loadSource(source: KubeconfigSource): Promise<LoadedSource> {
  if (source.type === 'text') {
    try {
      const document = parseKubeconfig(source.text, source.name)
      return merge([{ document, folder: undefined, label: source.name }])
    } catch (error) {
      return { contexts: [], problems: [problem(source.name, error)] }
    }
  }
  const documents: Part[] = []
  const problems: SourceProblem[] = []
  for (const path of source.paths) {
    try {
      documents.push({
        document: parseKubeconfig(await readKubeconfig(path), path),
        folder: dirname(path),
        label: path,
      })
    } catch (error) {
      const missing = error instanceof AppError && error.code === 'kubeconfig-missing'
      // nobody promised that ~/.kube/config exists
      if (!(missing && source.optional)) problems.push(problem(path, error))
    }
  }
  const merged = merge(documents)
  return { contexts: merged.contexts, problems: [...problems, ...merged.problems] }
}

/**
 * Reads a kubeconfig's text.
 * @throws AppError `kubeconfig-missing` (absent or not readable), `kubeconfig-too-large` without reading it
 */
export async function readKubeconfig(path: string): Promise<string> {
  try {
    const { size } = await stat(path)
    if (size > MAX_KUBECONFIG_BYTES) throw new AppError('kubeconfig-too-large', { file: path })
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof AppError) throw error
    const detail = error instanceof Error ? error.message : String(error)
    throw new AppError('kubeconfig-missing', { file: path }, { detail, cause: error })
  }
}

interface Part {
  readonly document: KubeconfigDocument
  readonly folder: string | undefined
  readonly label: string
}

/** Of entries with one name the first file's wins; a context may name entries of another file. */
function merge(parts: readonly Part[]): LoadedSource {
  const clusters = new Map<string, Placed<ClusterEntry>>()
  const users = new Map<string, Placed<UserEntry>>()
  for (const { document, folder } of parts) {
    for (const [name, entry] of document.clusters) if (!clusters.has(name)) clusters.set(name, { entry, folder })
    for (const [name, entry] of document.users) if (!users.has(name)) users.set(name, { entry, folder })
  }
  const current = parts.find(({ document }) => document.currentContext !== undefined)?.document.currentContext
  const contexts = new Map<string, FoundContext>()
  for (const { document, folder, label } of parts) {
    for (const [name, context] of document.contexts) {
      if (contexts.has(name)) continue
      const clusterName = context.cluster ?? ''
      const userName = context.user ?? ''
      contexts.set(name, {
        name,
        source: folder === undefined ? label : basename(label),
        current: name === current,
        namespace: context.namespace || undefined,
        clusterName,
        userName,
        cluster: clusters.get(clusterName),
        user: users.get(userName),
      })
    }
  }
  const problems: SourceProblem[] = []
  const first = parts[0]
  if (first && (current === undefined || !contexts.has(current))) {
    // its contexts can still be chosen by hand
    problems.push({ source: first.label, error: new AppError('kubeconfig-no-context', { file: first.label }) })
  }
  return { contexts: [...contexts.values()], problems }
}

function problem(source: string, error: unknown): SourceProblem {
  if (error instanceof AppError) return { source, error }
  return { source, error: new AppError('internal', {}, { detail: String(error), cause: error }) }
}
