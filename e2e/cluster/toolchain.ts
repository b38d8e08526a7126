// Finds what the cluster is built and run with, and says in one message everything that is missing and where to get it.
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { tryRun } from './process.ts'

const GO_MINIMUM = [1, 26] as const

/** Debian packages by a file that each brings. */
const PACKAGES: readonly (readonly [string, string])[] = [
  ['containerd', 'containerd'],
  ['containerd', 'ctr'],
  ['runc', 'runc'],
  ['containernetworking-plugins', '/usr/lib/cni/bridge'],
  ['iptables', 'iptables'],
  ['conntrack', 'conntrack'],
  ['iproute2', 'ip'],
  ['util-linux', 'nsenter'],
  ['openssl', 'openssl'],
  ['busybox-static', '/bin/busybox'],
  ['ipset', 'ipset'],
  ['mmdebstrap', 'mmdebstrap'],
]
const FIXTURE_PACKAGES: readonly (readonly [string, string])[] = [
  ['gcc', 'gcc'],
  ['libc6-dev', '/usr/include/stdlib.h'],
  ['xz-utils', 'xz'],
]

/** @returns the program's path, or null */
export function findProgram(name: string): string | null {
  if (name.startsWith('/')) return existsSync(name) ? name : null
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin']
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null
}

/** Packages whose files are not there. @param withFixtures also those that the fixtures' archives need to be built */
export function missingPackages(withFixtures: boolean): string[] {
  const wanted = withFixtures ? [...PACKAGES, ...FIXTURE_PACKAGES] : PACKAGES
  return [...new Set(wanted.filter(([, file]) => findProgram(file) === null).map(([name]) => name))]
}

/** @returns a Go that is new enough, or null */
export async function findGo(): Promise<string | null> {
  const candidates = [process.env['KASM_GO'], findProgram('go'), '/usr/local/go/bin/go']
  for (const path of candidates) {
    if (path === undefined || path === null || !existsSync(path)) continue
    const { stdout } = await tryRun(path, ['env', 'GOVERSION'], { env: { GOTOOLCHAIN: 'local' } })
    const [, major, minor] = /^go(\d+)\.(\d+)/.exec(stdout) ?? []
    if (Number(major) > GO_MINIMUM[0] || (Number(major) === GO_MINIMUM[0] && Number(minor) >= GO_MINIMUM[1]))
      return path
  }
  return null
}

/** Why this process may not run a real node here; empty when it may. */
export function rootProblems(): string[] {
  if (process.platform !== 'linux') return ['a real node needs Linux']
  return process.getuid?.() === 0 ? [] : ['a real node needs root (sudo)']
}

/** Why the real cluster cannot run on this machine; empty when it can. */
export function machineProblems(withFixtures: boolean): string[] {
  const problems = rootProblems()
  if (process.platform !== 'linux') return problems
  const missing = missingPackages(withFixtures)
  return missing.length === 0 ? problems : [...problems, `missing packages: apt-get install ${missing.join(' ')}`]
}

/** @returns Go's path; throws with the way to get it */
export async function requireGo(): Promise<string> {
  const go = await findGo()
  if (go !== null) return go
  throw new Error(
    `Go ${GO_MINIMUM.join('.')} or newer is needed to build Kubernetes: unpack the archive of the Go project into /usr/local/go, or name the program in KASM_GO`,
  )
}
