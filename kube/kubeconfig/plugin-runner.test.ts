// Exec plugins: nothing runs before it is allowed, and everything that a plugin can do wrong ends in an error of its own.
import { chmod, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { describePlugin, pluginRequest, type ExecPlugin } from './plugin.ts'
import { createPluginRunner, type PluginRunnerOptions } from './plugin-runner.ts'

const VERSION = 'client.authentication.k8s.io/v1'
const cluster = {
  server: 'https://kube',
  ca: undefined,
  tlsServerName: undefined,
  proxyUrl: undefined,
  config: undefined,
}

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plugin-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

/** A plugin that leaves a line in `runs` each time. */
async function plugin(script: string, entry: object = {}): Promise<ExecPlugin> {
  const path = join(folder, 'login')
  await writeFile(path, `#!/bin/sh\necho run >> "${folder}/runs"\n${script}\n`)
  await chmod(path, 0o755)
  return await describe_(path, entry)
}
function describe_(command: string, entry: object = {}): Promise<ExecPlugin> {
  return describePlugin({ apiVersion: VERSION, command, ...entry }, { env: { PATH: folder }, folder, cluster })
}
async function runs(): Promise<number> {
  const text = await readFile(join(folder, 'runs'), 'utf8').catch(() => '')
  return text.split('\n').filter(Boolean).length
}
function runner(described: ExecPlugin, options: Partial<PluginRunnerOptions> = {}) {
  const env = { PATH: '/usr/bin:/bin', SECRET_OF_THE_APP: 'x', HOME: folder }
  return createPluginRunner(described, {
    env,
    isTrusted: (fingerprint) => fingerprint === described.fingerprint,
    now: () => 1_000_000,
    timeoutMs: 10_000,
    ...options,
  })
}
const answer = (status: object) => `echo '${JSON.stringify({ apiVersion: VERSION, kind: 'ExecCredential', status })}'`

describe.skipIf(process.platform === 'win32')('exec plugins', () => {
  it('runs nothing that was not allowed', async () => {
    const one = runner(await plugin(answer({ token: 't' })), { isTrusted: () => false })
    await expect(one.credential()).rejects.toMatchObject({ code: 'plugin-not-allowed' })
    expect(await runs()).toBe(0)
  })

  it('calls a program by the name that the kubeconfig uses: many are links to one that looks at its name', async () => {
    await symlink(process.execPath, join(folder, 'shim-login'))
    const status = '{ token: process.argv0 }'
    const script = `console.log(JSON.stringify({ apiVersion: '${VERSION}', kind: 'ExecCredential', status: ${status} }))`
    const one = runner(await describe_('shim-login', { args: ['-e', script] }))
    expect(await one.credential()).toMatchObject({ token: 'shim-login' })
  })

  it('runs nothing when the program was replaced after it was allowed', async () => {
    const allowed = await plugin(answer({ token: 't' }))
    await plugin(`${answer({ token: 't' })} # another`)
    await expect(runner(allowed).credential()).rejects.toMatchObject({ code: 'plugin-not-allowed' })
    expect(await runs()).toBe(0)
  })

  it('gives another fingerprint to other arguments and another environment', async () => {
    const plain = await plugin('true')
    const args = await plugin('true', { args: ['-x'] })
    const env = await plugin('true', { env: [{ name: 'A', value: 'b' }] })
    expect(new Set([plain, args, env].map(({ fingerprint }) => fingerprint)).size).toBe(3)
    expect(pluginRequest(args)).toMatchObject({
      args: ['-x'],
      resolvedPath: expect.stringContaining('login') as string,
    })
  })

  it('finds programs on the PATH, and says which are absent', async () => {
    await plugin('true')
    expect((await describe_('login')).path).toBeDefined()
    const absent = await describe_('no-such-login', { installHint: 'Get it from IT.' })
    expect(absent.path).toBeUndefined()
    await expect(runner(absent).credential()).rejects.toMatchObject({
      code: 'plugin-missing',
      detail: 'Get it from IT.',
    })
  })

  it('shares a run among all who ask, and keeps its answer until shortly before it ends', async () => {
    let now = 1_000_000
    const expires = new Date(now + 100_000).toISOString()
    const one = runner(await plugin(answer({ token: 't', expirationTimestamp: expires })), { now: () => now })
    const all = await Promise.all(Array.from({ length: 8 }, () => one.credential()))
    expect(all.every(({ token }) => token === 't')).toBe(true)
    await one.credential()
    expect(await runs()).toBe(1)
    now += 80_000
    await one.credential()
    expect(await runs()).toBe(2)
  })

  it('runs again once the server has refused the credential', async () => {
    const one = runner(await plugin(answer({ token: 't' })))
    await one.credential()
    one.invalidate()
    await one.credential()
    expect(await runs()).toBe(2)
  })

  it('asks in Kubernetes’ words and hides the app’s environment', async () => {
    const script = `env > "${folder}/env"\n${answer({ token: 't' })}`
    await runner(await plugin(script, { provideClusterInfo: true, env: [{ name: 'MINE', value: 'yes' }] })).credential()
    const env = await readFile(join(folder, 'env'), 'utf8')
    expect(env).toContain('MINE=yes')
    expect(env).not.toContain('SECRET_OF_THE_APP')
    const info = /^KUBERNETES_EXEC_INFO=(.*)$/m.exec(env)?.[1] ?? ''
    expect(JSON.parse(info)).toEqual({
      apiVersion: VERSION,
      kind: 'ExecCredential',
      spec: { interactive: false, cluster: { server: 'https://kube' } },
    })
  })

  it.each([
    ['prints garbage', 'echo hello sec-ret', 'plugin-output'],
    ['prints nothing', 'true', 'plugin-output'],
    ['gives neither token nor certificate', answer({}), 'plugin-output'],
    ['gives another version', answer({ token: 't' }).replace('/v1', '/v1beta1'), 'plugin-output'],
    ['exits with 1', 'echo why it failed >&2; exit 1', 'plugin-failed'],
    ['floods', 'exec yes', 'plugin-output'],
  ])('a plugin that %s', async (_, script, code) => {
    const failure = await runner(await plugin(script))
      .credential()
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({ code })
    expect(JSON.stringify(failure)).not.toContain('sec-ret')
  })

  it('is not run again at once after it failed, since it may open a browser', async () => {
    let now = 1_000_000
    const one = runner(await plugin('exit 1'), { now: () => now })
    await expect(one.credential()).rejects.toMatchObject({ code: 'plugin-failed' })
    await expect(one.credential()).rejects.toMatchObject({ code: 'plugin-failed' })
    expect(await runs()).toBe(1)
    now += 61_000
    await expect(one.credential()).rejects.toMatchObject({ code: 'plugin-failed' })
    expect(await runs()).toBe(2)
  })

  it('keeps a newer credential when an older one is refused late', async () => {
    const one = runner(await plugin(answer({ token: 't' })))
    const old = await one.credential()
    one.invalidate(old)
    await one.credential()
    one.invalidate(old)
    await one.credential()
    expect(await runs()).toBe(2)
  })

  it('ends a plugin that hangs, with everything that it started', async () => {
    const one = runner(await plugin(`sleep 300 & echo $! > "${folder}/pid"; wait`), { timeoutMs: 300 })
    await expect(one.credential()).rejects.toMatchObject({ code: 'plugin-timeout' })
    const pid = Number(await readFile(join(folder, 'pid'), 'utf8'))
    await vi.waitFor(async () => {
      // gone, or dead and not yet collected
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => 'State:\tZ')
      expect(status).toMatch(/State:\s+Z/)
    })
  })

  it('refuses a plugin that needs a terminal', async () => {
    const one = runner(await plugin(answer({ token: 't' }), { interactiveMode: 'Always' }))
    await expect(one.credential()).rejects.toMatchObject({ code: 'plugin-failed' })
    expect(await runs()).toBe(0)
  })
})
