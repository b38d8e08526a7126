// One kubeconfig as text -> a checked document. Ours, because client-node trusts what it reads.
// Policy: whatever is wrong becomes an AppError of its own; unknown fields are ignored, as kubectl ignores them.
import { parse } from 'yaml'
import * as z from 'zod/mini'
import { AppError } from '../../shared/errors.ts'

/** Bytes above which a file is refused without being parsed. */
export const MAX_KUBECONFIG_BYTES = 2 * 1024 * 1024

const text = z.optional(z.nullable(z.string()))
const flag = z.optional(z.nullable(z.boolean()))

export const execSchema = z.object({
  apiVersion: text,
  command: z.string().check(z.minLength(1)),
  args: z.optional(z.nullable(z.array(z.string()))),
  env: z.optional(z.nullable(z.array(z.object({ name: z.string(), value: z.string() })))),
  installHint: text,
  provideClusterInfo: flag,
  interactiveMode: text,
})
export type ExecEntry = z.infer<typeof execSchema>

const clusterSchema = z.object({
  server: text,
  'certificate-authority': text,
  'certificate-authority-data': text,
  'insecure-skip-tls-verify': flag,
  'tls-server-name': text,
  'proxy-url': text,
  extensions: z.optional(z.nullable(z.array(z.object({ name: z.string(), extension: z.unknown() })))),
})
export type ClusterEntry = z.infer<typeof clusterSchema>

const userSchema = z.object({
  'client-certificate': text,
  'client-certificate-data': text,
  'client-key': text,
  'client-key-data': text,
  token: text,
  tokenFile: text,
  username: text,
  password: text,
  as: text,
  'as-groups': z.optional(z.nullable(z.array(z.string()))),
  'auth-provider': z.optional(z.nullable(z.object({ name: text }))),
  exec: z.optional(z.nullable(execSchema)),
})
export type UserEntry = z.infer<typeof userSchema>

const contextSchema = z.object({ cluster: text, user: text, namespace: text })
export type ContextEntry = z.infer<typeof contextSchema>

function orNothing<T extends z.ZodMiniType>(schema: T) {
  return z.optional(z.nullable(schema))
}

const documentSchema = z.object({
  apiVersion: text,
  kind: text,
  'current-context': text,
  clusters: z.optional(z.nullable(z.array(z.object({ name: z.string(), cluster: orNothing(clusterSchema) })))),
  users: z.optional(z.nullable(z.array(z.object({ name: z.string(), user: orNothing(userSchema) })))),
  contexts: z.optional(z.nullable(z.array(z.object({ name: z.string(), context: orNothing(contextSchema) })))),
})

/** A kubeconfig's entries by name; of two with the same name the first wins, as in kubectl. */
export interface KubeconfigDocument {
  readonly currentContext: string | undefined
  readonly clusters: ReadonlyMap<string, ClusterEntry>
  readonly users: ReadonlyMap<string, UserEntry>
  readonly contexts: ReadonlyMap<string, ContextEntry>
}

/**
 * Reads a kubeconfig. Runs nothing and opens no file.
 * @param file how people know it: a file name, "pasted"
 * @throws AppError `kubeconfig-too-large`, `-empty`, `-not-yaml`, `-version`, `-bad-data`
 */
export function parseKubeconfig(source: string, file: string): KubeconfigDocument {
  if (source.length > MAX_KUBECONFIG_BYTES) throw new AppError('kubeconfig-too-large', { file })
  const trimmed = source.replace(/^\uFEFF/, '').trim()
  if (trimmed === '') throw new AppError('kubeconfig-empty', { file })
  const raw = readYaml(trimmed, file)
  // only comments, `---` or `null`
  if (raw === null || raw === undefined) throw new AppError('kubeconfig-empty', { file })
  if (typeof raw !== 'object' || Array.isArray(raw)) throw new AppError('kubeconfig-not-yaml', { file })
  const version = 'apiVersion' in raw ? raw.apiVersion : undefined
  const kind = 'kind' in raw ? raw.kind : undefined
  if ((version ?? 'v1') !== 'v1') throw new AppError('kubeconfig-version', { file, version: JSON.stringify(version) })
  if ((kind ?? 'Config') !== 'Config')
    throw new AppError('kubeconfig-version', { file, version: `kind ${String(kind)}` })
  const checked = documentSchema.safeParse(raw)
  if (!checked.success) {
    const field = checked.error.issues[0]?.path.join('.') ?? ''
    throw new AppError('kubeconfig-bad-data', { field, file }, { detail: checked.error.issues[0]?.message })
  }
  const { clusters, users, contexts } = checked.data
  return {
    currentContext: checked.data['current-context'] || undefined,
    clusters: byName(clusters, ({ cluster }) => cluster ?? {}),
    users: byName(users, ({ user }) => user ?? {}),
    contexts: byName(contexts, ({ context }) => context ?? {}),
  }
}

function byName<E extends { readonly name: string }, T>(
  list: readonly E[] | null | undefined,
  read: (entry: E) => T,
): ReadonlyMap<string, T> {
  const found = new Map<string, T>()
  for (const entry of list ?? []) {
    if (!found.has(entry.name)) found.set(entry.name, read(entry))
  }
  return found
}

function readYaml(source: string, file: string): unknown {
  try {
    return source.startsWith('{') ? parseJsonOrYaml(source) : parse(source, { prettyErrors: false })
  } catch (error) {
    // the parser's message may quote a line with a token in it: only its place is passed on
    const place = error instanceof Error && 'pos' in error ? `near character ${JSON.stringify(error.pos)}` : undefined
    throw new AppError('kubeconfig-not-yaml', { file }, { detail: place })
  }
}

function parseJsonOrYaml(source: string): unknown {
  try {
    return JSON.parse(source)
  } catch {
    // YAML's flow style begins with a brace too
    return parse(source, { prettyErrors: false })
  }
}
