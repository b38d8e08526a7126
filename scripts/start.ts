// `npm start`: the app. In Electron where its runtime is installed, else in the web host with the reason said once.
// A missing or stale build is made first, so that a fresh checkout starts with one command.
import { spawn } from 'node:child_process'
import { existsSync, globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { requireNode24 } from './node-version.ts'

requireNode24()
const root = join(import.meta.dirname, '..')

/** Runs a program in the foreground. @returns its exit code */
function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', env })
    // Ctrl-C reaches the child through the terminal; a signal to this process alone is passed on
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
    process.on('SIGINT', () => undefined)
    child.on('error', reject)
    child.on('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 0)))
  })
}

/** The Electron program when its runtime is there. Never `require('electron')`: that would start a download. */
function electronProgram(): string | null {
  const name =
    process.platform === 'win32'
      ? 'electron.exe'
      : process.platform === 'darwin'
        ? 'Electron.app/Contents/MacOS/Electron'
        : 'electron'
  const path = process.env['KASM_ELECTRON'] ?? join(root, 'node_modules/electron/dist', name)
  return existsSync(path) ? path : null
}

/** Whether out/ is missing or older than any source file. */
function buildIsStale(): boolean {
  const built = ['out/renderer/index.html', 'out/preload/index.cjs', 'out/main/index.js', 'out/gateway/main-local.js']
  if (!built.every((file) => existsSync(join(root, file)))) return true
  const oldest = Math.min(...built.map((file) => statSync(join(root, file)).mtimeMs))
  const sources = globSync('{shared,kube,main,preload,renderer,gateway}/**/*.{ts,tsx,css,html,svg}', { cwd: root })
  return [...sources, 'package-lock.json'].some((file) => statSync(join(root, file)).mtimeMs > oldest)
}

if (buildIsStale()) {
  const code = await run(process.execPath, ['scripts/build.ts'])
  if (code !== 0) process.exit(code)
}
const electron = process.argv.includes('--web') ? null : electronProgram()
if (electron !== null) process.exit(await run(electron, ['.', ...process.argv.slice(2)]))
const why = process.argv.includes('--web')
  ? 'You asked for the web host.'
  : 'The Electron runtime is not installed here, so the app runs in your browser.'
console.log(why)
process.exit(await run(process.execPath, ['out/gateway/main-local.js'], { ...process.env, KASM_HOST_NOTE: why }))
