// Type-checks every zone with its own tsconfig: a zone's `lib` and `types` are part of its border.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'

const zones = ['shared', 'kube', 'main', 'preload', 'renderer', 'gateway', 'operator', 'e2e', 'images', 'scripts']
const results = await Promise.all(
  zones
    .filter((zone) => existsSync(`${zone}/tsconfig.json`))
    .map(
      (zone) =>
        new Promise<boolean>((resolve) => {
          const child = spawn(process.execPath, ['node_modules/typescript/bin/tsc', '-p', zone], { stdio: 'inherit' })
          child.on('exit', (code) => resolve(code === 0))
        }),
    ),
)
process.exitCode = results.every(Boolean) ? 0 : 1
