// Starts the built web host as `npm start` does, with folders and kubeconfigs of the test's own.
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SettingsPatch } from '../../shared/domain/settings.ts'

const root = join(import.meta.dirname, '../..')

export interface WebHostOptions {
  readonly kubeconfigs: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly dataDir: string
  readonly home: string
  /** What its person has set before; nothing means the defaults. */
  readonly settings?: SettingsPatch
}

/** Of specs: half the pictures show the same, and two cores encode, decode and paint them. */
export const SPEC_SETTINGS: SettingsPatch = { frameRate: 30 }

export interface WebHost {
  /** With its one-time token. */
  readonly url: string
  readonly origin: string
  readonly pid: number
  /** What it printed so far. */
  output(): string
  /** Ends it as Ctrl-C would. @returns its exit code */
  stop(): Promise<number | null>
}

/** @throws when it ends before it says where it listens */
export async function launchWebHost(options: WebHostOptions): Promise<WebHost> {
  if (options.settings !== undefined) {
    mkdirSync(options.dataDir, { recursive: true, mode: 0o700 })
    const document = { version: 1, values: options.settings }
    writeFileSync(join(options.dataDir, 'settings.json'), JSON.stringify(document), { mode: 0o600, flag: 'wx' })
  }
  const child = spawn(process.execPath, ['out/gateway/main-local.js'], {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      HOME: options.home,
      KUBECONFIG: options.kubeconfigs.join(process.platform === 'win32' ? ';' : ':'),
      KASM_DATA_DIR: options.dataDir,
      KASM_NO_OPEN: '1',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString()
      const found = /http:\/\/(?:127\.0\.0\.1|localhost):\d+\/\S*/.exec(output)
      if (found) resolve(found[0])
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    void exited.then((code) => reject(new Error(`the web host ended with ${code}: ${output}`)))
  })
  return {
    url,
    origin: new URL(url).origin,
    pid: child.pid ?? -1,
    output: () => output,
    stop() {
      if (child.exitCode === null) child.kill('SIGTERM')
      return exited
    },
  }
}
