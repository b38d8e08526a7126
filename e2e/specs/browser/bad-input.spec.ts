// Every kubeconfig that cannot work, and every cluster that does not answer as one: each has its sentence and its next step,
// nothing runs before it was allowed, and the page goes on.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttps } from 'node:https'
import { createServer, type Server } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, test } from '../../drivers/app-driver.ts'
import { createFakeApiServer, type FakeApiServer } from '../../fakes/api-server.ts'
import { createAuthority } from '../../fakes/certificates.ts'
import type { KubeconfigOptions } from '../../fakes/fake-kubeconfig.ts'

test.use({ appOptions: { kubeconfigs: [], env: { KASM_PLUGIN_TIMEOUT_MS: '1500' } } })

let api: FakeApiServer
const folder = mkdtempSync(join(tmpdir(), 'kasm-bad-'))
test.beforeAll(async () => {
  api = await createFakeApiServer()
})
test.beforeEach(() => {
  api.faults.clear()
  api.allows = () => true
})
test.afterAll(async () => {
  await api.close()
  rmSync(folder, { recursive: true })
})

/** Pastes a text and asks to add it. */
async function paste(page: Page, text: string): Promise<void> {
  await page.getByRole('button', { name: 'Paste', exact: true }).click()
  await page.getByRole('textbox', { name: 'Kubeconfig' }).fill(text)
  await page.getByRole('button', { name: 'Add cluster' }).click()
}
/** Pastes a kubeconfig for the fake cluster, changed, and asks for it. */
async function pasteFake(page: Page, options: KubeconfigOptions): Promise<void> {
  await paste(page, api.kubeconfig(options))
}
/** What is said above the desktops of the chosen cluster. */
async function says(page: Page, title: string | RegExp, nextStep: string | RegExp): Promise<void> {
  const panel = page.getByRole('region', { name: title })
  await expect(panel).toBeVisible()
  await expect(panel).toContainText(nextStep)
  await expect(panel.getByRole('button', { name: 'Choose another cluster' })).toBeEnabled()
}
/** A script that signs in, or does not. @returns its path */
function script(name: string, body: string): string {
  const path = join(folder, name)
  writeFileSync(path, `#!/bin/sh\n${body}\n`)
  chmodSync(path, 0o755)
  return path
}
const execUser = (command: string, more: Readonly<Record<string, unknown>> = {}) => ({
  exec: { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'Never', ...more },
})
async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test.describe('text that is no kubeconfig', () => {
  const good = (change: (config: Record<string, unknown>) => void): string => {
    const config = JSON.parse(api.kubeconfig()) as Record<string, unknown>
    change(config)
    return JSON.stringify(config)
  }
  const bad: readonly (readonly [string, () => string, RegExp])[] = [
    ['empty', () => '   ', /Paste the text first/],
    ['comments alone', () => '# nothing here\n', /is empty\..*Choose another file, or ask your admin/],
    ['not YAML', () => 'clusters: [\n  : }', /cannot be read as YAML\..*Choose another file/],
    ['no mapping', () => 'just some words', /Choose another file|Export it again/],
    ['an unknown version', () => good((c) => (c['apiVersion'] = 'v9')), /has the version "v9".*Export it again as v1/],
    ['no context', () => good((c) => (c['contexts'] = [])), /names no context to use\..*Set a current context/],
  ]
  for (const [name, text, words] of bad)
    test(`${name} is said in the dialog, which stays open`, async ({ app: { page } }) => {
      await paste(page, text())
      const dialog = page.getByRole('dialog', { name: 'Paste a kubeconfig' })
      await expect(dialog).toContainText(words)
      await expect(dialog.getByRole('textbox')).toBeVisible()
      await dialog.getByRole('button', { name: 'Cancel' }).click()
      await expect(page.getByRole('button', { name: 'Start demo' })).toBeEnabled()
    })

  test('10 MB is refused, and the page goes on', async ({ app: { page } }) => {
    const chosen = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: 'Open a file', exact: true }).click()
    const buffer = Buffer.from(`${api.kubeconfig()}\n# ${'x'.repeat(10_000_000)}`)
    await (await chosen).setFiles({ name: 'big.yaml', mimeType: 'text/plain', buffer })
    await expect(page.getByRole('alert')).toContainText('big.yaml is larger than 2 MB')
    await expect(page.getByRole('alert')).toContainText('Choose another file')
    await expect(page.getByRole('button', { name: 'Start demo' })).toBeEnabled()
  })
})

test.describe('files that KUBECONFIG names', () => {
  const at = (name: string) => join(folder, name)
  writeFileSync(at('empty.yaml'), '')
  writeFileSync(at('broken.yaml'), 'a: [')
  writeFileSync(at('huge.yaml'), `a: ${'x'.repeat(10_000_000)}`)
  const kubeconfigs = ['empty.yaml', 'broken.yaml', 'huge.yaml', 'absent.yaml'].map(at)
  test.use({ appOptions: { kubeconfigs, env: {} } })

  test('are each listed with the reason', async ({ app: { page } }) => {
    await expect(page.getByRole('heading', { name: 'Could not be used' })).toBeVisible()
    for (const words of [/empty\.yaml is empty/, /broken\.yaml is not a kubeconfig/, /huge\.yaml is larger than 2 MB/])
      await expect(page.getByRole('heading', { level: 3, name: words })).toBeVisible()
  })
})

test.describe('kubeconfigs whose parts do not work', () => {
  test('files that are missing', async ({ app: { page } }) => {
    await pasteFake(page, { user: { 'client-certificate': '/nowhere/me.crt', 'client-key': '/nowhere/me.key' } })
    await says(page, /The kubeconfig points to \/nowhere\/me\.(crt|key), which cannot be read/, 'Put the file there')
  })

  test('no such user', async ({ app: { page } }) => {
    const config = JSON.parse(api.kubeconfig()) as { users: unknown[] }
    config.users = []
    await paste(page, JSON.stringify(config))
    await says(page, /names the user “fake-user”, which the kubeconfig does not have/, 'Export the kubeconfig again')
  })

  test('an expired certificate', async ({ app: { page } }) => {
    const { certPem, keyPem } = api.ca.issue({ commonName: 'jane' }, { notBefore: 0, notAfter: 86_400_000 })
    const base64 = (text: string) => Buffer.from(text).toString('base64')
    await pasteFake(page, { user: { 'client-certificate-data': base64(certPem), 'client-key-data': base64(keyPem) } })
    await says(page, 'Your certificate for this cluster has expired', 'Ask your admin for a new kubeconfig')
  })

  test('a wrong CA', async ({ app: { page } }) => {
    await pasteFake(page, { ca: createAuthority('another').certPem })
    await says(page, /is not signed by the CA in your kubeconfig/, 'Ask your admin for a new kubeconfig')
  })

  test('plain http', async ({ app: { page } }) => {
    await pasteFake(page, { server: 'http://127.0.0.1:1' })
    await says(page, /The cluster’s address is plain http/, 'Use an https address')
  })

  test('a check of certificates that is turned off', async ({ app: { page } }) => {
    await pasteFake(page, { cluster: { 'insecure-skip-tls-verify': true, 'certificate-authority-data': undefined } })
    await says(page, /turns off the check of the server’s certificate/, 'Ask your admin for the cluster’s CA')
  })

  test('a token that the cluster does not know', async ({ app: { page } }) => {
    await pasteFake(page, { token: 'revoked' })
    await says(page, 'Your sign-in has run out', 'Sign in again')
    await expect(page.getByRole('button', { name: /^Switch cluster.*Signed out/ })).toBeVisible()
  })
})

test.describe('programs that sign in', () => {
  const group = (page: Page) => page.getByRole('group', { name: 'Sign-in program of fake' })

  test('do not run before they are allowed, and then sign in', async ({ app: { page } }) => {
    const proof = join(folder, 'ran')
    const credential = {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: 'user-token' },
    }
    const command = script('sign-in', `echo "$@" >> ${proof}\necho '${JSON.stringify(credential)}'`)
    await pasteFake(page, { user: execUser(command, { args: ['--for', 'a team'] }) })
    await expect(group(page)).toContainText('It runs as you. Allow it only if you trust')
    await expect(group(page)).toContainText(`${command} --for "a team"`)
    await expect(page.getByRole('button', { name: /^Switch cluster.*Waits for your consent/ })).toBeVisible()
    await page.reload()
    await expect(group(page)).toBeVisible()
    await group(page).getByRole('button', { name: 'Not now' }).click()
    await page.getByRole('button', { name: 'Show the sign-in program of fake' }).click()
    expect(existsSync(proof)).toBe(false)
    await group(page).getByRole('button', { name: 'Allow and connect' }).click()
    await expect(page.getByRole('button', { name: /^Switch cluster.*Live/ })).toBeVisible()
    expect(readFileSync(proof, 'utf8')).toBe('--for a team\n')
  })

  test('that are not installed are named, with the kubeconfig’s own hint', async ({ app: { page } }) => {
    await pasteFake(page, {
      user: execUser('no-such-sign-in', { installHint: 'Get it from the intranet.' }),
    })
    await says(page, 'The sign-in program no-such-sign-in is not installed', 'Install it, then try again')
    await page.getByRole('button', { name: 'Details' }).click()
    await expect(page.getByText('Get it from the intranet.')).toBeVisible()
  })

  const faulty: readonly (readonly [string, string, RegExp, RegExp])[] = [
    ['hang', 'exec sleep 60', /did not answer within/, /Run it in a terminal to see what it waits for/],
    ['print garbage', 'echo hello', /something that is not a credential/, /Run it in a terminal to see its answer/],
    ['fail', 'echo no luck >&2; exit 3', /failed$/, /Run it in a terminal to see why/],
  ]
  for (const [name, body, title, nextStep] of faulty)
    test(`that ${name} are told apart`, async ({ app: { page } }) => {
      await pasteFake(page, { user: execUser(script(`does-${name.replace(' ', '-')}`, body)) })
      await group(page).getByRole('button', { name: 'Allow and connect' }).click()
      await says(page, title, nextStep)
    })
})

test.describe('clusters that do not answer as one', () => {
  test('a server that is not Kubernetes', async ({ app: { page } }) => {
    const ca = createAuthority('web-ca')
    const { certPem, keyPem } = ca.issue({ commonName: 'web' }, { server: true })
    const web = createHttps({ cert: certPem, key: keyPem }, (_request, response) => response.end('<h1>It works</h1>'))
    try {
      const server = await listening(web)
      await pasteFake(page, { server, ca: ca.certPem })
      await says(page, /^The server at 127\.0\.0\.1:\d+ is not a Kubernetes API server$/, 'Check the address')
    } finally {
      web.close()
      web.closeAllConnections()
    }
  })

  test('nothing that listens there', async ({ app: { page } }) => {
    const server = createServer()
    const url = await listening(server)
    await new Promise((resolve) => server.close(resolve))
    await pasteFake(page, { server: url })
    await says(page, /^The cluster at 127\.0\.0\.1:\d+ cannot be reached$/, 'Check your network or VPN')
  })

  test('one that is overloaded comes by itself when it answers', async ({ app: { page } }) => {
    const mend = api.faults.add({ type: 'status', status: 503 })
    await pasteFake(page, {})
    await says(page, /^The cluster at 127\.0\.0\.1:\d+ does not answer in time$/, 'it connects by itself')
    mend()
    await expect(page.getByRole('button', { name: /^Switch cluster.*Live/ })).toBeVisible({ timeout: 20_000 })
  })

  test('one without rights asks for a namespace, and works in the one that is named', async ({ app: { page } }) => {
    api.allows = ({ namespace }) => namespace === 'vdi-jane'
    await pasteFake(page, { namespace: '' })
    await says(page, 'You may not start desktops in the namespace default', 'Name a namespace in which you may')
    const field = page.getByRole('textbox', { name: 'Namespace' })
    await field.fill('Not A Name')
    await page.getByRole('button', { name: 'Use this namespace' }).click()
    await expect(page.getByText('Lower-case letters, digits and hyphens; at most 63.')).toBeVisible()
    await field.fill('vdi-jane')
    await page.getByRole('button', { name: 'Use this namespace' }).click()
    await expect(page.getByRole('button', { name: /^Switch cluster.*Live/ })).toBeVisible()
    await expect(page.getByRole('list', { name: 'Templates' })).toBeVisible()
    expect(api.requests.some(({ namespace, kind }) => namespace === 'vdi-jane' && kind === 'watch')).toBe(true)
  })

  test('one that forbids the named namespace says which right is missing', async ({ app: { page } }) => {
    api.allows = ({ resource }) => resource !== 'secrets'
    await pasteFake(page, {})
    await says(page, 'You may not create secrets in the namespace team', 'Ask your admin for the rights')
  })
})
