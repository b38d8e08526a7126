// The environment of the person's login shell, for an app that was started from a dock or menu: there PATH holds no sign-in programs,
// and KUBECONFIG or a proxy that a profile sets is not known. A shell that fails or hangs changes nothing.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { isAbsolute } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

export interface ShellOptions {
  readonly platform: string
  /** For the shell to answer, ms. */
  readonly timeoutMs?: number | undefined
}

/** What is taken from the shell: where programs and kubeconfigs are, how the network is left, and whose cloud account it is. */
const TAKEN = /^(PATH|KUBECONFIG|(HTTPS?|NO|ALL)_PROXY|SSL_CERT_(FILE|DIR)|(AWS|AZURE|CLOUDSDK|GOOGLE)_\w+)$/i
const MAX_OUTPUT = 1024 * 1024

/**
 * The process's environment with what the login shell adds: its PATH, and other values where the process has none. Never throws.
 * @param env of the process; one that was started from a terminal (`TERM`) has all of it already
 */
export async function shellEnvironment(env: Environment, options: ShellOptions): Promise<Environment> {
  const shell = env['SHELL']
  if (options.platform === 'win32' || env['TERM'] !== undefined || !shell || !isAbsolute(shell)) return env
  const told = await askShell(shell, env, options.timeoutMs ?? 5_000)
  const fresh = Object.entries(told).filter(([name]) => name === 'PATH' || env[name] === undefined)
  return { ...env, ...Object.fromEntries(fresh) }
}

function askShell(shell: string, env: Environment, timeoutMs: number): Promise<Environment> {
  // profiles may print anything before
  const mark = `mark-${randomBytes(8).toString('hex')}`
  return new Promise((resolve) => {
    const child = spawn(shell, ['-ilc', `echo ${mark}; command env`], {
      // a session of its own: an interactive shell would otherwise ask the terminal that is not there
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...env },
    })
    let output = ''
    const end = (): void => {
      clearTimeout(timer)
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      } catch {
        // it has ended by itself
      }
      child.stdout.destroy()
      resolve(readLines(output.split(`${mark}\n`)[1] ?? ''))
    }
    const timer = setTimeout(() => {
      output = ''
      end()
    }, timeoutMs)
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
      if (output.length > MAX_OUTPUT) end()
    })
    // no such shell
    child.on('error', end)
    child.on('close', end)
  })
}

/** `NAME=value` lines; the further lines of a value that has several are no such lines, or of no name that is taken. */
function readLines(text: string): Environment {
  const pairs = text.split('\n').flatMap((line) => {
    const [, name = '', value = ''] = /^(\w+)=(.+)$/.exec(line) ?? []
    return TAKEN.test(name) ? [[name, value] as const] : []
  })
  return Object.fromEntries(pairs)
}
