// What a login shell adds to an app that was started from a dock, with real shells and a profile of our own.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { shellEnvironment } from './shell-environment.ts'

const platform = process.platform
let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kasm-shell-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))
const dock = () => ({ HOME: home, SHELL: '/bin/sh', PATH: '/usr/bin:/bin' })
function fakeShell(script: string): string {
  const path = join(home, 'shell')
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o700)
  return path
}

describe.skipIf(platform === 'win32')('the environment of the login shell', () => {
  it('is what its profile sets, of the names that we use; what the process has stays', async () => {
    writeFileSync(
      join(home, '.profile'),
      [
        'echo welcome back; echo PATH=/from/a/banner',
        'export PATH=/opt/cloud/bin:/usr/bin KUBECONFIG=/home/me/team.yaml HTTPS_PROXY=http://proxy.test:3128',
        'export NO_PROXY=other.test LD_PRELOAD= NODE_OPTIONS=--inspect SECRET=x',
      ].join('\n'),
    )
    const env = { ...dock(), NO_PROXY: 'corp.test' }
    expect(await shellEnvironment(env, { platform })).toStrictEqual({
      ...env,
      PATH: '/opt/cloud/bin:/usr/bin',
      KUBECONFIG: '/home/me/team.yaml',
      HTTPS_PROXY: 'http://proxy.test:3128',
    })
  })
  it.each([
    ['is not there', () => '/nowhere/shell'],
    ['fails', () => fakeShell('exit 3')],
    ['hangs, with a child', () => fakeShell('sleep 60 & sleep 60')],
    ['prints without end', () => fakeShell('while :; do echo PATH=/evil; done')],
    ['is no path', () => 'sh'],
  ])('is left out when the shell %s', async (_, shell) => {
    const env = { ...dock(), SHELL: shell() }
    expect(await shellEnvironment(env, { platform, timeoutMs: 500 })).toStrictEqual(env)
  })
  it('is not asked for where a terminal started the app, or on Windows', async () => {
    const env = { ...dock(), SHELL: fakeShell('touch "$HOME/ran"; echo "$2" | sh'), TERM: 'xterm' }
    expect(await shellEnvironment(env, { platform })).toBe(env)
    const { TERM: _, ...rest } = env
    expect(await shellEnvironment(rest, { platform: 'win32' })).toBe(rest)
  })
})
