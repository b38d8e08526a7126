// Whose kubeconfig it is, and what becomes of the file: its owner, its mode, a link, a second time, the way back.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  chownSync,
} from 'node:fs'
import { lstatSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { LocalContext } from './kubeconfig-merge.ts'
import { addContexts, callingPerson, dropContexts, kubeconfigOf, objectName, type Person } from './person.ts'

const CONTEXTS: readonly LocalContext[] = [
  { name: 'kasm-local', cluster: { server: 'https://10.78.0.1:6443' }, user: { 'client-key-data': 'QQ==' } },
]

test.each([
  ['anna', 'anna'],
  ['Anna.Lee@corp', 'anna-lee-corp'],
  ['_x_', 'x'],
  ['名', 'person'],
])('%s is called %s in the cluster', (name, expected) => {
  expect(objectName(name)).toBe(expected)
})

test('without sudo the caller is the one who runs this', async () => {
  const { username, uid, homedir } = userInfo()
  expect(await callingPerson({})).toMatchObject({ name: username, uid, home: homedir })
})

const asRoot = process.platform === 'linux' && process.getuid?.() === 0

test.runIf(asRoot)(
  'under sudo the caller is the one whom sudo names, with the home that the system knows',
  async () => {
    const daemon = await callingPerson({ SUDO_UID: '1', SUDO_USER: 'mallory', HOME: '/root' })
    expect(daemon).toMatchObject({ name: 'daemon', uid: 1, gid: 1 })
    expect(daemon.home).not.toBe('/root')
  },
)

describe('the file', () => {
  let home: string
  let person: Person
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'kasm-person-'))
    // somebody else than root where that can be tried
    const ids = asRoot ? { uid: 65_534, gid: 65_534 } : { uid: userInfo().uid, gid: userInfo().gid }
    if (asRoot) chownSync(home, ids.uid, ids.gid)
    person = { name: 'anna', home, ...ids }
  })
  afterEach(() => rmSync(home, { recursive: true, force: true }))

  test('is made for the person alone, is left alone the second time, and goes again', () => {
    const path = kubeconfigOf(person)
    expect(addContexts(person, CONTEXTS)).toBe(true)
    const made = statSync(path)
    expect([made.uid, made.gid, made.mode & 0o777]).toEqual([person.uid, person.gid, 0o600])
    expect(addContexts(person, CONTEXTS)).toBe(false)
    expect(statSync(path).mtimeMs).toBe(made.mtimeMs)
    expect(dropContexts(person)).toBe(true)
    expect(existsSync(path)).toBe(false)
    expect(dropContexts(person)).toBe(false)
    if (asRoot) expect(process.geteuid?.()).toBe(0)
  })

  test('behind a link is changed where it lies', () => {
    mkdirSync(join(home, '.kube'))
    const real = join(home, 'dotfile')
    writeFileSync(real, 'apiVersion: v1\nkind: Config\n')
    symlinkSync(real, kubeconfigOf(person))
    for (const path of [join(home, '.kube'), real]) if (asRoot) chownSync(path, person.uid, person.gid)
    addContexts(person, CONTEXTS)
    expect(lstatSync(kubeconfigOf(person)).isSymbolicLink()).toBe(true)
    expect(readFileSync(real, 'utf8')).toContain('kasm-local')
  })

  test.runIf(asRoot)("that is not the person's is out of reach", () => {
    mkdirSync(join(home, '.kube'))
    const secret = join(home, 'of-root')
    writeFileSync(secret, 'apiVersion: v1\n', { mode: 0o600 })
    symlinkSync(secret, kubeconfigOf(person))
    expect(() => addContexts(person, CONTEXTS)).toThrow(/EACCES/)
    expect(readFileSync(secret, 'utf8')).toBe('apiVersion: v1\n')
    expect(process.geteuid?.()).toBe(0)
  })

  test('that is no kubeconfig is named and left as it is', () => {
    mkdirSync(join(home, '.kube'))
    writeFileSync(kubeconfigOf(person), 'just words', { mode: 0o644 })
    expect(() => addContexts(person, CONTEXTS)).toThrow(`${kubeconfigOf(person)}: not a kubeconfig`)
    expect(readFileSync(kubeconfigOf(person), 'utf8')).toBe('just words')
  })
})
