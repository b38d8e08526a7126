// The relay's companion: which secrets coturn gets, when it is restarted, and what a broken Secret does not do.
import { mkdtemp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createRelayAgent, endProgram } from './agent.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relay-agent-'))
  await mkdir(join(folder, 'secrets'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const put = (key: string, value: string): Promise<void> => writeFile(join(folder, 'secrets', key), value)
const settings = (): Promise<string> => readFile(join(folder, 'out'), 'utf8')

function agent(): { readonly look: () => Promise<boolean>; readonly restarts: () => number } {
  let restarts = 0
  const { look } = createRelayAgent({
    secrets: join(folder, 'secrets'),
    watched: [join(folder, 'tls.crt')],
    out: join(folder, 'out'),
    restart: async () => {
      restarts += 1
    },
  })
  return { look, restarts: () => restarts }
}

test('the first look writes the secret and restarts nothing', async () => {
  await put('secret', 'new\n')
  const { look, restarts } = agent()
  expect(await look()).toBe(true)
  expect(await settings()).toBe('static-auth-secret=new\n')
  expect(await look()).toBe(false)
  expect(restarts()).toBe(0)
})

test('while a secret is rotated out both are good, and each change restarts once', async () => {
  await put('secret', 'old')
  const { look, restarts } = agent()
  await look()
  await put('previous', 'old')
  await put('secret', 'new')
  await look()
  expect(await settings()).toBe('static-auth-secret=new\nstatic-auth-secret=old\n')
  await rm(join(folder, 'secrets', 'previous'))
  await look()
  expect(await settings()).toBe('static-auth-secret=new\n')
  expect(restarts()).toBe(2)
})

test('a renewed certificate restarts', async () => {
  await put('secret', 'one')
  const { look, restarts } = agent()
  await look()
  await writeFile(join(folder, 'tls.crt'), 'certificate')
  expect(await look()).toBe(true)
  expect(restarts()).toBe(1)
})

test.each([
  ['no secret', undefined],
  ['an empty one', ' \n'],
  ['one that would smuggle in a setting', 'x\nallowed-peer-ip=0.0.0.0-255.255.255.255'],
])('%s changes nothing and says so', async (_what, value) => {
  await put('secret', 'good')
  const { look, restarts } = agent()
  await look()
  await rm(join(folder, 'secrets', 'secret'))
  await put('previous', 'older')
  if (value !== undefined) await put('secret', value)
  await expect(look()).rejects.toThrow('secret')
  expect(await settings()).toBe('static-auth-secret=good\n')
  expect(restarts()).toBe(0)
})

test('only the named program is asked to end', async () => {
  const proc = join(folder, 'proc')
  await mkdir(join(proc, '999999999'), { recursive: true })
  await symlink('/usr/bin/other', join(proc, '999999999', 'exe'))
  expect(await endProgram('turnserver', proc)).toBe(0)
})
