// The person who called, behind sudo as well: the kubeconfig where their app looks gets the local cluster's contexts, and loses them.
// Files are touched with that person's rights alone, so that no link of theirs leads root astray.
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { parse } from 'yaml'
import { mergeContexts, removeContexts, type LocalContext } from './kubeconfig-merge.ts'
import { run } from './process.ts'
import { RUN } from './settings.ts'

export interface Person {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly home: string
}

/** @param env of this process; sudo says there who called it. Throws when the system does not know that user. */
export async function callingPerson(env: Readonly<Record<string, string | undefined>>): Promise<Person> {
  const uid = env['SUDO_UID']
  if (uid === undefined || process.getuid?.() !== 0) {
    const { username: name, uid: own, gid, homedir: home } = userInfo()
    return { name, uid: own, gid, home }
  }
  // sudo leaves HOME as it was on some systems and changes it on others
  const [name, , , gid, , home] = (await run('getent', ['passwd', uid])).trim().split(':')
  if (name === undefined || gid === undefined || home === undefined) throw new Error(`no such user: ${uid}`)
  return { name, uid: Number(uid), gid: Number(gid), home }
}

/** A person's name as it may stand in names of Kubernetes objects. */
export function objectName(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replaceAll(/^-+|-+$/g, '')
  return plain === '' ? 'person' : plain
}

/** Where the app and kubectl look when nothing else is said. */
export const kubeconfigOf = (person: Person): string => join(person.home, '.kube', 'config')

/** Does something with a person's rights. Must not wait in between: the rights are the whole process's. */
function actingAs<T>(person: Person, act: () => T): T {
  const { getuid, setegid, seteuid, getgroups, setgroups } = process
  if (getuid?.() !== 0 || person.uid === 0 || !setegid || !seteuid || !getgroups || !setgroups) return act()
  const groups = getgroups()
  setgroups([person.gid])
  setegid(person.gid)
  seteuid(person.uid)
  try {
    return act()
  } finally {
    seteuid(0)
    setegid(0)
    setgroups(groups)
  }
}

/** Replaces a file in one step, readable by its owner alone. A link stays one. */
function replaceFile(path: string, text: string): void {
  const target = existsSync(path) ? realpathSync(path) : path
  const part = `${target}.kasm-local`
  rmSync(part, { force: true })
  writeFileSync(part, text, { mode: 0o600, flag: 'wx' })
  renameSync(part, target)
}

/** The only context of a kubeconfig of ours, under another name. */
export function contextFrom(name: string, kubeconfig: string): LocalContext {
  const { clusters, users, contexts } = parse(readFileSync(kubeconfig, 'utf8')) as {
    clusters: readonly { cluster: LocalContext['cluster'] }[]
    users: readonly { user: LocalContext['user'] }[]
    contexts: readonly { context: { namespace?: string } }[]
  }
  const namespace = contexts[0]?.context.namespace
  const rest = namespace === undefined ? {} : { namespace }
  return { name, cluster: clusters[0]?.cluster ?? {}, user: users[0]?.user ?? {}, ...rest }
}

/**
 * Adds contexts to a person's kubeconfig.
 * @returns whether the file changed. Throws, with the file untouched, when it cannot be read or a name is taken.
 */
export function addContexts(person: Person, contexts: readonly LocalContext[]): boolean {
  const path = kubeconfigOf(person)
  const changed = actingAs(person, () => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o750 })
    const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined
    const after = named(path, () => mergeContexts(before, contexts))
    if (after === before) chmodSync(path, 0o600)
    else replaceFile(path, after)
    return after !== before
  })
  return changed
}

/** Remembers whose kubeconfig names the running cluster. */
export function rememberPerson(person: Person): void {
  if (!knownPeople().some(({ uid }) => uid === person.uid)) appendFileSync(RUN.people, `${JSON.stringify(person)}\n`)
}

/** Takes the cluster's contexts out of a person's kubeconfig. @returns whether there were any */
export function dropContexts(person: Person): boolean {
  const path = kubeconfigOf(person)
  return actingAs(person, () => {
    if (!existsSync(path)) return false
    const before = readFileSync(path, 'utf8')
    const after = named(path, () => removeContexts(before))
    if (after === null) rmSync(realpathSync(path))
    else if (after !== before) replaceFile(path, after)
    return after !== before
  })
}

/** Everyone whose kubeconfig names the running cluster. */
export function knownPeople(): readonly Person[] {
  if (!existsSync(RUN.people)) return []
  const lines = readFileSync(RUN.people, 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Person)
}

function named<T>(path: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}
