// Runs an exec plugin that a person allowed, and keeps its credential until shortly before it expires.
// Policy: no shell, a clean environment, a time limit for the whole process group; whoever asks meanwhile shares the run.
import { spawn } from 'node:child_process'
import { delimiter } from 'node:path'
import * as z from 'zod/mini'
import { AppError } from '../../shared/errors.ts'
import { fingerprintOf, searchPath, type ExecPlugin } from './plugin.ts'
import type { Environment } from './sources.ts'

/** What a plugin gave. */
export interface PluginCredential {
  readonly token: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
}

export interface PluginRunner {
  /** The credential, from the last run when that still holds. @throws AppError `plugin-*` */
  credential(): Promise<PluginCredential>
  /**
   * Forgets the credential that the server refused: the next call runs the plugin again.
   * @param refused what was refused; when a newer one is there already, that stays
   */
  invalidate(refused?: object): void
  /** Ends a run that is under way. */
  dispose(): void
}

export interface PluginRunnerOptions {
  readonly env: Environment
  /** Whether a person allowed this fingerprint. Asked before every run. */
  isTrusted(fingerprint: string): boolean
  /** Epoch ms. */
  now(): number
  /** For one run, ms; default 30,000. */
  readonly timeoutMs?: number | undefined
}

/** A credential is renewed this long before its end, ms, so that no request meets the end on its way. */
const SKEW_MS = 30_000
/** After a failed run the next one waits this long, ms: a plugin may open a browser, and reflectors ask again by themselves. */
const FAILURE_HOLDS_MS = 60_000
const MAX_OUTPUT = 1024 * 1024
const KEPT_STDERR = 2048

const answerSchema = z.object({
  kind: z.literal('ExecCredential'),
  apiVersion: z.string(),
  status: z.object({
    expirationTimestamp: z.optional(z.nullable(z.string())),
    token: z.optional(z.nullable(z.string())),
    clientCertificateData: z.optional(z.nullable(z.string())),
    clientKeyData: z.optional(z.nullable(z.string())),
  }),
})

/** Makes the runner of one plugin; nothing runs before a credential is asked for. */
export function createPluginRunner(plugin: ExecPlugin, options: PluginRunnerOptions): PluginRunner {
  const command = plugin.command
  const ended = new AbortController()
  let running: Promise<PluginCredential> | undefined
  let failed: { readonly error: AppError; readonly at: number } | undefined
  let kept: { readonly credential: PluginCredential; readonly expiresAt: number } | undefined

  return {
    credential: () => {
      const now = options.now()
      if (kept && now < kept.expiresAt - SKEW_MS) return Promise.resolve(kept.credential)
      if (failed && now < failed.at + FAILURE_HOLDS_MS) return Promise.reject(failed.error)
      running ??= run()
        .catch((error: unknown) => {
          if (error instanceof AppError && error.code !== 'cancelled') failed = { error, at: options.now() }
          throw error
        })
        .finally(() => {
          running = undefined
        })
      return running
    },
    invalidate: (refused) => {
      if (refused === undefined || kept?.credential === refused) kept = undefined
    },
    dispose: () => ended.abort(),
  }

  async function run(): Promise<PluginCredential> {
    if (plugin.path === undefined) throw new AppError('plugin-missing', { command }, { detail: plugin.installHint })
    // the program may have been replaced since it was allowed
    const present = await fingerprintOf(plugin)
    if (!options.isTrusted(present)) throw new AppError('plugin-not-allowed', { command: plugin.path })
    if (plugin.needsTerminal) {
      throw new AppError('plugin-failed', { command }, { detail: 'It needs a terminal (interactiveMode: Always).' })
    }
    const { credential, expiresAt } = readAnswer(await runProgram(plugin, plugin.path, options, ended.signal), plugin)
    kept = { credential, expiresAt }
    return credential
  }
}

function readAnswer(output: string, plugin: ExecPlugin): { credential: PluginCredential; expiresAt: number } {
  const command = plugin.command
  // what it printed may hold a token: it goes into no message
  let raw: unknown
  try {
    raw = JSON.parse(output)
  } catch {
    throw new AppError('plugin-output', { command }, { detail: 'The answer is not JSON.' })
  }
  const answer = answerSchema.safeParse(raw)
  if (!answer.success) {
    const field = answer.error.issues[0]?.path.join('.')
    throw new AppError('plugin-output', { command }, { detail: `${field}: ${answer.error.issues[0]?.message}` })
  }
  const { status, apiVersion } = answer.data
  if (apiVersion !== plugin.apiVersion) {
    throw new AppError('plugin-output', { command }, { detail: `apiVersion is not ${plugin.apiVersion}` })
  }
  const token = status.token || undefined
  const cert = status.clientCertificateData || undefined
  const key = status.clientKeyData || undefined
  if (token === undefined && (cert === undefined || key === undefined)) {
    throw new AppError('plugin-output', { command }, { detail: 'The answer has neither a token nor a certificate.' })
  }
  const expiresAt = status.expirationTimestamp ? Date.parse(status.expirationTimestamp) : Infinity
  return { credential: { token, cert, key }, expiresAt: Number.isNaN(expiresAt) ? 0 : expiresAt }
}

function runProgram(
  plugin: ExecPlugin,
  path: string,
  options: PluginRunnerOptions,
  signal: AbortSignal,
): Promise<string> {
  const command = plugin.command
  const timeoutMs = options.timeoutMs ?? 30_000
  return new Promise((resolve, reject) => {
    const posix = process.platform !== 'win32'
    const child = spawn(path, [...plugin.args], {
      // the file is the one that was allowed; shims of version managers and snaps tell what they are by their name
      argv0: command,
      shell: false,
      windowsHide: true,
      // a group of its own, so that what the plugin started ends with it
      detached: posix,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environment(plugin, options.env),
    })
    let output = ''
    let errors = ''
    const settle = (finish: () => void): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      child.stdout.destroy()
      child.stderr.destroy()
      finish()
    }
    const kill = (): void => {
      try {
        if (posix && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
        else child.kill('SIGKILL')
      } catch {
        // it has ended by itself
      }
    }
    const fail = (error: AppError): void => {
      kill()
      settle(() => reject(error))
    }
    const onAbort = (): void => fail(new AppError('cancelled'))
    const timer = setTimeout(
      () => fail(new AppError('plugin-timeout', { command, seconds: Math.ceil(timeoutMs / 1000) })),
      timeoutMs,
    )
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort)
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
      if (output.length > MAX_OUTPUT) fail(new AppError('plugin-output', { command }, { detail: 'Too much output.' }))
    })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      errors = (errors + chunk).slice(-KEPT_STDERR)
    })
    child.on('error', (error) => {
      const code = 'code' in error && error.code === 'ENOENT' ? 'plugin-missing' : 'plugin-failed'
      settle(() => reject(new AppError(code, { command }, { detail: error.message, cause: error })))
    })
    child.on('close', (code, killedBy) => {
      if (code === 0) settle(() => resolve(output))
      else {
        const how = killedBy ? `ended by ${killedBy}` : `exit code ${code}`
        settle(() => reject(new AppError('plugin-failed', { command }, { detail: `${how}. ${errors.trim()}`.trim() })))
      }
    })
  })
}

const PASSED_ON =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_.*|TZ|TMPDIR|TEMP|TMP|XDG_.*|SSH_AUTH_SOCK|KRB5.*|DISPLAY|WAYLAND_DISPLAY|DBUS_SESSION_BUS_ADDRESS|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|PATHEXT|USERPROFILE|USERNAME|USERDOMAIN|HOMEDRIVE|HOMEPATH|APPDATA|LOCALAPPDATA|PROGRAMDATA|PROGRAMFILES.*|HTTPS?_PROXY|NO_PROXY|ALL_PROXY|SSL_CERT_.*|KUBECONFIG|AWS_.*|AZURE_.*|CLOUDSDK_.*|GOOGLE_.*)$/i

/** What a plugin sees: a person's basics and its cloud's settings, then the kubeconfig's own, then Kubernetes' question. */
function environment(plugin: ExecPlugin, env: Environment): Record<string, string> {
  const clean: Record<string, string> = {}
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && PASSED_ON.test(name)) clean[name] = value
  }
  clean['PATH'] = searchPath(env).join(delimiter)
  for (const { name, value } of plugin.env) clean[name] = value
  clean['KUBERNETES_EXEC_INFO'] = JSON.stringify({
    apiVersion: plugin.apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false, ...(plugin.provideClusterInfo && { cluster: clusterInfo(plugin) }) },
  })
  return clean
}

function clusterInfo({ cluster }: ExecPlugin): Readonly<Record<string, unknown>> {
  return {
    server: cluster.server,
    ...(cluster.tlsServerName !== undefined && { 'tls-server-name': cluster.tlsServerName }),
    ...(cluster.ca !== undefined && { 'certificate-authority-data': Buffer.from(cluster.ca).toString('base64') }),
    ...(cluster.proxyUrl !== undefined && { 'proxy-url': cluster.proxyUrl }),
    ...(cluster.config !== undefined && { config: cluster.config }),
  }
}
