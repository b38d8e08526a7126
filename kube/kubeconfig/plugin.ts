// An exec plugin as a kubeconfig names it: which program it is, and the fingerprint under which a person allows it.
// Policy: nothing runs here. Trust is given to path, arguments, environment and the program's bytes; a change of any asks again.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { access, constants, realpath, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, isAbsolute, join } from 'node:path'
import type { PluginRequest } from '../../shared/domain/cluster.ts'
import { AppError } from '../../shared/errors.ts'
import type { ExecEntry } from './document.ts'
import type { Environment } from './sources.ts'

/** What a plugin may be told about its cluster (`provideClusterInfo`). */
export interface PluginCluster {
  readonly server: string
  readonly ca: string | undefined
  readonly tlsServerName: string | undefined
  readonly proxyUrl: string | undefined
  readonly config: unknown
}

export interface ExecPlugin {
  /** As the kubeconfig writes it. */
  readonly command: string
  /** Absolute; absent when there is no such program. */
  readonly path: string | undefined
  readonly args: readonly string[]
  readonly env: readonly { readonly name: string; readonly value: string }[]
  readonly apiVersion: 'client.authentication.k8s.io/v1' | 'client.authentication.k8s.io/v1beta1'
  readonly installHint: string | undefined
  readonly provideClusterInfo: boolean
  readonly needsTerminal: boolean
  readonly cluster: PluginCluster
  /** As of when it was described; `fingerprintOf` tells the present one. */
  readonly fingerprint: string
}

/**
 * Describes a plugin without running it.
 * @param context `folder`: where a relative command starts from (a kubeconfig's own); `env`: its PATH
 * @throws AppError `kubeconfig-bad-data` for an API version that is not known
 */
export async function describePlugin(
  entry: ExecEntry,
  context: { readonly env: Environment; readonly folder: string | undefined; readonly cluster: PluginCluster },
): Promise<ExecPlugin> {
  const apiVersion = entry.apiVersion
  if (apiVersion !== 'client.authentication.k8s.io/v1' && apiVersion !== 'client.authentication.k8s.io/v1beta1') {
    throw new AppError('kubeconfig-bad-data', { field: 'exec.apiVersion', file: entry.command })
  }
  const path = await findProgram(entry.command, context.env, context.folder)
  const described = { path, args: entry.args ?? [], env: entry.env ?? [] }
  return {
    ...described,
    command: entry.command,
    apiVersion,
    installHint: entry.installHint || undefined,
    provideClusterInfo: entry.provideClusterInfo ?? false,
    needsTerminal: entry.interactiveMode === 'Always',
    cluster: context.cluster,
    fingerprint: await fingerprintOf({ command: entry.command, ...described }),
  }
}

/** The hash of path, arguments, environment and the program's present bytes. */
export async function fingerprintOf(plugin: Pick<ExecPlugin, 'command' | 'path' | 'args' | 'env'>): Promise<string> {
  const digest = plugin.path === undefined ? 'absent' : await fileDigest(plugin.path)
  const env = plugin.env.map(({ name, value }) => [name, value])
  const parts = JSON.stringify([plugin.command, plugin.path ?? null, plugin.args, env, digest])
  return createHash('sha256').update(parts).digest('hex')
}

/** What a person is shown before anything runs. */
export function pluginRequest(plugin: ExecPlugin): PluginRequest {
  return {
    fingerprint: plugin.fingerprint,
    command: plugin.command,
    ...(plugin.path !== undefined && { resolvedPath: plugin.path }),
    args: [...plugin.args],
    ...(plugin.installHint !== undefined && { installHint: plugin.installHint }),
  }
}

/** Folders in which sign-in programs live, for apps that were started without a shell's PATH. */
export function searchPath(env: Environment): readonly string[] {
  const listed = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder))
  if (process.platform === 'win32') return listed
  const home = env['HOME'] ?? homedir()
  const usual = ['/usr/local/bin', '/opt/homebrew/bin', '/usr/bin', '/bin', join(home, '.local/bin'), join(home, 'bin')]
  return [...new Set([...listed, ...usual])]
}

async function findProgram(command: string, env: Environment, folder: string | undefined): Promise<string | undefined> {
  // Windows runs .cmd and .bat through a shell, which is never used here
  const names = process.platform === 'win32' && !/\.(exe|com)$/i.test(command) ? [`${command}.exe`] : [command]
  const bare = !/[/\\]/.test(command)
  const folders = isAbsolute(command) ? [''] : bare ? searchPath(env) : folder === undefined ? [] : [folder]
  for (const place of folders) {
    for (const name of names) {
      const path = place === '' ? name : join(place, name)
      if (await isProgram(path)) return await realpath(path)
    }
  }
  return undefined
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    // not there, or not ours to run: the search goes on
    return false
  }
}

async function fileDigest(path: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
    return hash.digest('hex')
  } catch {
    // gone since it was found: no digest that was trusted before equals this
    return 'unreadable'
  }
}
