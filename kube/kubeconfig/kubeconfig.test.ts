// Reading and vetting kubeconfigs: every bad one has an error of its own, and nothing is run or dialled by looking at it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAuthority } from '../../e2e/fakes/certificates.ts'
import { kubeconfigText, type KubeconfigOptions } from '../../e2e/fakes/fake-kubeconfig.ts'
import { parseKubeconfig } from './document.ts'
import { defaultSource, loadSource, type FoundContext } from './sources.ts'
import { filesOf, vetContext } from './vet.ts'

const NOW = Date.now()
const DAY = 86_400_000
const ca = createAuthority('test-ca')
const text = (options: KubeconfigOptions = {}) => kubeconfigText('https://10.0.0.1:6443', ca.certPem, options)
const base64 = (pem: string) => Buffer.from(pem).toString('base64')

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}
async function contextOf(content: string, pasted = false): Promise<FoundContext> {
  const source = pasted
    ? ({ type: 'text', key: 'k', name: 'pasted', text: content } as const)
    : ({ type: 'files', key: 'k', paths: [await file('config', content)], optional: false } as const)
  const context = (await loadSource(source)).contexts[0]
  if (!context) throw new Error('no context')
  return context
}
const vet = async (content: string, pasted = false) => vetContext(await contextOf(content, pasted), { PATH: '' }, NOW)

describe('a document that cannot be used', () => {
  it.each([
    ['empty', '', 'kubeconfig-empty'],
    ['only blanks and a comment', '\n# nothing\n---\n', 'kubeconfig-empty'],
    ['not YAML', 'a: [1, 2\nb: }', 'kubeconfig-not-yaml'],
    ['a text', 'hello there', 'kubeconfig-not-yaml'],
    ['a list', '- a\n- b\n', 'kubeconfig-not-yaml'],
    ['binary', '\u0000\u0001\u0002', 'kubeconfig-not-yaml'],
    ['an unknown version', 'apiVersion: v2\nkind: Config\n', 'kubeconfig-version'],
    ['another kind of object', 'apiVersion: v1\nkind: Secret\n', 'kubeconfig-version'],
    ['fields of the wrong type', 'apiVersion: v1\nclusters: 7\n', 'kubeconfig-bad-data'],
    ['larger than 2 MB', `apiVersion: v1\n# ${'x'.repeat(2 * 1024 * 1024)}`, 'kubeconfig-too-large'],
  ])('%s', (_, content, code) => {
    expect(() => parseKubeconfig(content, 'some file')).toThrow(expect.objectContaining({ code }))
  })

  it('refuses 10 MB at once, without parsing', () => {
    const huge = `{"apiVersion": "v1", "x": [${'1,'.repeat(5 * 1024 * 1024)}1]}`
    const before = performance.now()
    expect(() => parseKubeconfig(huge, 'huge')).toThrow(expect.objectContaining({ code: 'kubeconfig-too-large' }))
    expect(performance.now() - before).toBeLessThan(50)
  })

  it('never quotes the text of a broken document, since it may hold a token', () => {
    let detail: unknown
    try {
      parseKubeconfig('token: "sec-ret\n  x: [', 'file')
    } catch (error) {
      detail = JSON.stringify(error) + String(error)
    }
    expect(detail).toContain('kubeconfig-not-yaml')
    expect(detail).not.toContain('sec-ret')
  })
})

describe('sources', () => {
  it('reads the KUBECONFIG list with the separator of the operating system', () => {
    expect(defaultSource({ KUBECONFIG: '/a/one:/b/two:' }, 'linux')).toMatchObject({ paths: ['/a/one', '/b/two'] })
    expect(defaultSource({ KUBECONFIG: '/a/one;/b/two' }, 'win32')).toMatchObject({ paths: ['/a/one', '/b/two'] })
  })

  it('falls back to the file in the home folder, whose absence is no problem', async () => {
    const source = defaultSource({ HOME: folder }, 'linux')
    expect(source).toMatchObject({ paths: [`${folder}/.kube/config`] })
    expect(source && (await loadSource(source))).toEqual({ contexts: [], problems: [] })
  })

  it('names a listed file that is missing and still uses the others', async () => {
    const good = await file('good', text())
    const { contexts, problems } = await loadSource({
      type: 'files',
      key: 'k',
      paths: [join(folder, 'absent'), good],
      optional: false,
    })
    expect(contexts.map(({ name }) => name)).toEqual(['fake'])
    expect(problems.map(({ error }) => error.code)).toEqual(['kubeconfig-missing'])
  })

  it('refuses a file of 10 MB without reading it', async () => {
    const path = await file('huge', 'x'.repeat(10 * 1024 * 1024))
    const { problems } = await loadSource({ type: 'files', key: 'k', paths: [path], optional: false })
    expect(problems[0]?.error.code).toBe('kubeconfig-too-large')
  })

  it('merges as kubectl does: the first file wins, a context may use entries of another', async () => {
    const one = await file('one', 'current-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]\n')
    const two = await file(
      'two',
      'contexts: [{name: a, context: {cluster: other}}]\nclusters: [{name: c, cluster: {server: "https://c"}}]\nusers: [{name: u, user: {token: t}}]\n',
    )
    const { contexts } = await loadSource({ type: 'files', key: 'k', paths: [one, two], optional: false })
    expect(contexts).toMatchObject([
      { name: 'a', current: true, clusterName: 'c', cluster: { entry: { server: 'https://c' } } },
    ])
  })

  it('says that no current context is set, and offers the contexts all the same', async () => {
    const path = await file('none', JSON.stringify({ ...JSON.parse(text()), 'current-context': '' }))
    const { contexts, problems } = await loadSource({ type: 'files', key: 'k', paths: [path], optional: false })
    expect(problems[0]?.error.code).toBe('kubeconfig-no-context')
    expect(contexts).toHaveLength(1)
  })
})

describe('vetting', () => {
  const client = ca.issue({ commonName: 'jane' })
  const expired = ca.issue({ commonName: 'jane' }, { notBefore: NOW - 9 * DAY, notAfter: NOW - DAY })
  const stranger = createAuthority('stranger')
  const withCertificate = (certificate: { certPem: string; keyPem: string }) =>
    text({
      user: {
        'client-certificate-data': base64(certificate.certPem),
        'client-key-data': base64(certificate.keyPem),
      },
    })

  it.each([
    ['plain http', text({ server: 'http://10.0.0.1' }), 'kubeconfig-plain-http'],
    ['plain http on loopback too', text({ server: 'http://127.0.0.1:8080' }), 'kubeconfig-plain-http'],
    ['no address', text({ server: '' }), 'kubeconfig-bad-data'],
    ['a password in the address', text({ server: 'https://a:b@c' }), 'kubeconfig-bad-data'],
    ['TLS not checked', text({ cluster: { 'insecure-skip-tls-verify': true } }), 'kubeconfig-insecure'],
    ['a file for a proxy', text({ cluster: { 'proxy-url': 'file:///x' } }), 'kubeconfig-bad-data'],
    [
      'a command of an auth-provider',
      text({ user: { 'auth-provider': { name: 'gcp', config: { 'cmd-path': 'touch', 'cmd-args': 'x' } } } }),
      'kubeconfig-auth-provider',
    ],
    ['a CA that is no certificate', text({ ca: 'rubbish' }), 'kubeconfig-bad-data'],
    [
      'a CA file that is missing',
      text({ cluster: { 'certificate-authority-data': '', 'certificate-authority': 'absent.pem' } }),
      'kubeconfig-file-reference',
    ],
    ['a token file that is missing', text({ user: { tokenFile: 'absent' } }), 'kubeconfig-file-reference'],
    [
      'a key file that is missing',
      text({ user: { 'client-certificate-data': base64(client.certPem), 'client-key': 'absent' } }),
      'kubeconfig-file-reference',
    ],
    ['an expired certificate', withCertificate(expired), 'client-certificate-expired'],
    [
      'a key of another certificate',
      withCertificate({ certPem: client.certPem, keyPem: stranger.keyPem }),
      'kubeconfig-bad-data',
    ],
    [
      'a plugin of an unknown version',
      text({ user: { exec: { command: 'x', apiVersion: 'v0' } } }),
      'kubeconfig-bad-data',
    ],
    ['a user that is not there', text().replace('"name": "fake-user"', '"name": "other"'), 'kubeconfig-incomplete'],
    [
      'a cluster that is not there',
      text().replace('"name": "fake-cluster"', '"name": "other"'),
      'kubeconfig-incomplete',
    ],
  ])('refuses %s', async (_, content, code) => {
    await expect(vet(content)).rejects.toMatchObject({ name: 'AppError', code })
  })

  it('takes files from the folder of the kubeconfig and remembers which', async () => {
    await file('ca.pem', ca.certPem)
    await file('token', 'tok-en')
    const context = await contextOf(
      text({
        cluster: { 'certificate-authority-data': '', 'certificate-authority': 'ca.pem' },
        user: { tokenFile: 'token' },
      }),
    )
    expect((await vetContext(context, { PATH: '' }, NOW)).ca).toBe(ca.certPem)
    expect(filesOf(context)).toEqual([join(folder, 'ca.pem'), join(folder, 'token')])
  })

  it('lets pasted text read no file at all', async () => {
    const path = await file('private', 'tok-en')
    await expect(vet(text({ user: { tokenFile: path } }), true)).rejects.toMatchObject({
      code: 'kubeconfig-file-reference',
    })
  })

  it('keeps proxy, TLS name, namespace and impersonation', async () => {
    const vetted = await vet(
      text({
        cluster: { 'proxy-url': 'socks5://proxy:1080', 'tls-server-name': 'kube' },
        user: { token: 't', as: 'other', 'as-groups': ['a', 'b'] },
      }),
    )
    expect(vetted).toMatchObject({
      host: '10.0.0.1:6443',
      namespace: 'team',
      proxyUrl: 'socks5://proxy:1080',
      tlsServerName: 'kube',
      asUser: 'other',
      asGroups: ['a', 'b'],
      credential: { type: 'token', token: 't' },
    })
  })
})
