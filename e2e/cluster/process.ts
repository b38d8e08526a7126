// Runs programs: short ones to their end, daemons in the background with their pid and start time remembered.
// A program that fails throws with its own last words; a pid is signalled only while it is still the process that was started.
import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, openSync, closeSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly input?: string
  /** Show the output instead of collecting it. */
  readonly show?: boolean
  readonly signal?: AbortSignal
}
export interface RunResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end; never throws for its exit code. Throws when it cannot be started. */
export function tryRun(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['pipe', options.show === true ? 'inherit' : 'pipe', options.show === true ? 'inherit' : 'pipe'],
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk))
    child.on('error', (error) => reject(new Error(`${command}: ${error.message}`)))
    child.on('close', (code) =>
      resolve({ code: code ?? 1, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
    )
    // a program that ends without reading its input is judged by its exit code
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(options.input ?? '')
  })
}

/** Runs a program to its end. @returns what it printed. Throws when it fails. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await tryRun(command, args, options)
  if (code !== 0) {
    const words = (stderr || stdout).trim().split('\n').slice(-12).join('\n')
    throw new Error(`${command} ${args.slice(0, 4).join(' ')} ended with ${code}: ${words}`)
  }
  return stdout
}

/** A running daemon: `started` tells it from a later process of the same pid. */
export interface Daemon {
  readonly name: string
  readonly pid: number
  /** Start time in clock ticks since boot (field 22 of /proc/PID/stat). */
  readonly started: string
}

/** @returns the start time of a process, or null when it is gone or only waits to be buried */
export function startTime(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? null : (fields[19] ?? null)
  } catch {
    // gone
    return null
  }
}

export function isAlive(daemon: Daemon): boolean {
  return startTime(daemon.pid) === daemon.started
}

/**
 * Starts a daemon that outlives this process.
 * @param record file that gets one line a daemon, for whoever stops it later
 */
export function startDaemon(
  name: string,
  command: string,
  args: readonly string[],
  files: { readonly log: string; readonly record: string },
): Daemon {
  const log = openSync(files.log, 'a')
  const child = spawn(command, args, { detached: true, stdio: ['ignore', log, log] })
  closeSync(log)
  // the caller finds out by the missing pid
  child.on('error', () => undefined)
  if (child.pid === undefined) throw new Error(`${name} could not be started: ${command}`)
  child.unref()
  const daemon = { name, pid: child.pid, started: startTime(child.pid) ?? '' }
  appendFileSync(files.record, `${JSON.stringify(daemon)}\n`)
  return daemon
}

/** @returns the daemons that a record names */
export function readDaemons(record: string): Daemon[] {
  if (!existsSync(record)) return []
  return readFileSync(record, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Daemon)
}

/** Asks processes to end, waits, then insists. */
export async function stopAll(daemons: readonly Daemon[], graceMs = 5000): Promise<void> {
  const signal = (name: NodeJS.Signals): void => {
    for (const daemon of daemons) {
      if (!isAlive(daemon)) continue
      try {
        process.kill(daemon.pid, name)
      } catch {
        // ended in between
      }
    }
  }
  signal('SIGTERM')
  const end = Date.now() + graceMs
  while (Date.now() < end && daemons.some(isAlive)) await delay(50)
  signal('SIGKILL')
  while (daemons.some(isAlive)) await delay(20)
}

/**
 * Waits until `check` answers something other than null or false.
 * @param what for the error's sentence
 * @param whileAlive gives up early when this daemon has died
 */
export async function until<T>(
  what: string,
  timeoutMs: number,
  check: () => Promise<T | null | false>,
  whileAlive?: Daemon,
): Promise<T> {
  const end = Date.now() + timeoutMs
  let last: unknown
  while (Date.now() < end) {
    try {
      const value = await check()
      if (value !== null && value !== false) return value
    } catch (error) {
      last = error
    }
    if (whileAlive !== undefined && !isAlive(whileAlive)) throw new Error(`${what}: ${whileAlive.name} has died`)
    await delay(150)
  }
  throw new Error(
    `${what} did not happen within ${timeoutMs / 1000} s${last instanceof Error ? `: ${last.message}` : ''}`,
  )
}
