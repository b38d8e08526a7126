// `npm run pictures`: builds and takes the README's pictures anew from the running product.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { requireNode24 } from './node-version.ts'

requireNode24()
const root = join(import.meta.dirname, '..')
for (const args of [
  ['scripts/build.ts'],
  ['node_modules/@playwright/test/cli.js', 'test', '--project=browser', '--output=test-results/pictures', 'pictures'],
]) {
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, KASM_PICTURES: '1', KASM_REPORT: 'pictures' },
  })
  if (status !== 0) process.exit(status ?? 1)
}
