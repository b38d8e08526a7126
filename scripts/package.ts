// `npm run package [-- electron-builder arguments]`: builds and packs installers for this machine's operating system.
// electron-builder fetches the Electron runtime and its own tools; where they cannot be fetched it says so and nothing is packed.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { requireNode24 } from './node-version.ts'

requireNode24()
const root = join(import.meta.dirname, '..')
for (const args of [
  ['scripts/build.ts'],
  [
    'node_modules/electron-builder/cli.js',
    '--config',
    'electron-builder.yml',
    '--publish',
    'never',
    ...process.argv.slice(2),
  ],
]) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
