// docs/install.md, as an admin types it: every block marked `sh` in one shell after the other, on the real cluster.
// `kubectl`, `helm` and `k3s ctr` are this cluster's; sudo is left out, since the tests are root.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestCluster } from '../../cluster/index.ts'
import { tryRun } from '../../cluster/process.ts'
import { buildHelm } from '../../cluster/tools.ts'
import { expect, test } from '../../drivers/cluster-app.ts'
import { uninstallOperator } from '../../drivers/operator-cluster.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')

test.describe.configure({ mode: 'serial', timeout: 400_000 })

let folder = ''
test.beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kasm-install-'))
})
test.afterAll(async ({ cluster }) => {
  rmSync(folder, { recursive: true, force: true })
  await cluster.tryKubectl(['delete', 'csr', 'alice', '--ignore-not-found'])
  await uninstallOperator(cluster)
})

/** Blocks of a document by their language, with the heading that they stand under. */
function blocks(document: string, language: string): readonly { readonly under: string; readonly text: string }[] {
  const found: { under: string; text: string }[] = []
  let under = ''
  let open: { language: string; lines: string[] } | undefined
  for (const line of document.split('\n')) {
    const fence = /^```(\w*)$/.exec(line)
    if (open !== undefined && fence?.[1] === '') {
      if (open.language === language) found.push({ under, text: open.lines.join('\n') })
      open = undefined
    } else if (open !== undefined) open.lines.push(line)
    else if (fence !== null) open = { language: fence[1] ?? '', lines: [] }
    else if (line.startsWith('## ')) under = line.slice(3)
  }
  return found
}

/** Programs under the names that the document uses. */
async function programs(cluster: TestCluster): Promise<string> {
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  const script = (name: string, text: string): void => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`)
    chmodSync(join(bin, name), 0o755)
  }
  symlinkSync(cluster.kubectlPath, join(bin, 'kubectl'))
  symlinkSync(await buildHelm(console.log), join(bin, 'helm'))
  symlinkSync(process.execPath, join(bin, 'node'))
  script('sudo', 'exec "$@"')
  // what is on the node already is not imported again
  const importer = join(ROOT, 'e2e/cluster/node.ts')
  script(
    'k3s',
    `test "$1 $2 $3" = "ctr images import" || exit 9\nexec node -e 'import(process.argv[1]).then((m) => m.importImage(process.argv[2]))' ${importer} "$4"`,
  )
  return bin
}

test('every command of docs/install.md does what it says', async ({ cluster }) => {
  const steps = blocks(readFileSync(join(ROOT, 'docs/install.md'), 'utf8'), 'sh')
  expect(steps.map(({ under }) => under[0])).toEqual(expect.arrayContaining(['2', '3', '4', '5', '6']))
  const marks = steps.map(({ under, text }) => `echo '### ${under.replaceAll("'", '')}'\n${text}`)
  // as in a checkout; what the commands write stays out of it
  for (const name of [
    'images',
    'charts',
    'shared',
    'scripts',
    'operator',
    'kube',
    'node_modules',
    'package.json',
    'out',
  ])
    symlinkSync(join(ROOT, name), join(folder, name))
  const env = {
    PATH: `${await programs(cluster)}:${process.env['PATH'] ?? ''}`,
    KUBECONFIG: cluster.kubeconfigPath,
    HELM_CACHE_HOME: join(folder, 'helm'),
    HELM_CONFIG_HOME: join(folder, 'helm'),
    HELM_DATA_HOME: join(folder, 'helm'),
  }
  const shell = await tryRun('bash', ['-euo', 'pipefail', '-c', marks.join('\n')], { cwd: folder, env })
  expect(shell.code, `${shell.stdout}\n${shell.stderr}`).toBe(0)
  expect(shell.stdout).toContain('light-desktop')
  expect(shell.stdout).toContain('vdisession.vdi.kasm-operator.io/first condition met')
  // alice's file says who she is, and holds nobody else
  const alice = readFileSync(join(folder, 'alice.kubeconfig'), 'utf8')
  expect(alice.match(/client-key-data/g)).toHaveLength(1)
  const as = ['--kubeconfig', join(folder, 'alice.kubeconfig')]
  const who = await tryRun(cluster.kubectlPath, [...as, 'auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'])
  expect(who.stdout).toBe('alice')
})
