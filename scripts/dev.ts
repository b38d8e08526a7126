// `npm run dev`: rebuilds on every change and restarts the web host. The CSP stays on, so what works here works built.
import { spawn, type ChildProcess } from 'node:child_process'
import { build } from 'vite'
import { targets } from './build-targets.ts'
import { requireNode24 } from './node-version.ts'

requireNode24()
let host: ChildProcess | undefined

async function restartHost(): Promise<void> {
  const old = host
  if (old && old.exitCode === null) {
    await new Promise((resolve) => {
      old.once('exit', resolve)
      old.kill('SIGTERM')
    })
  }
  host = spawn(process.execPath, ['out/gateway/main-local.js'], {
    stdio: 'inherit',
    env: { ...process.env, KASM_HOST_NOTE: 'Development build.' },
  })
}

for (const name of ['renderer', 'gateway']) {
  const config = targets[name]
  if (!config) continue
  await build({
    ...config,
    build: { ...config.build, watch: {} },
    plugins: [
      ...(config.plugins ?? []),
      { name: 'restart-host', closeBundle: () => (name === 'gateway' ? restartHost() : undefined) },
    ],
  })
}
