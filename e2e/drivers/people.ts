// People whom an admin lets in by a VDIUser, each with a certificate and a kubeconfig that names no namespace: the app has to find it.
import { randomBytes } from 'node:crypto'
import type { TestCluster } from '../cluster/index.ts'
import { makeUser } from '../cluster/pki.ts'
import { userNamespace } from '../../shared/domain/names.ts'
import { API_GROUP, API_VERSION } from '../../shared/product.ts'
import { KINDS } from './operator-cluster.ts'

/** Somebody with a VDIUser. */
export interface Person {
  readonly username: string
  readonly namespace: string
  /** Of their certificate; without a namespace. */
  readonly kubeconfig: string
}

/** Lets somebody new in; returns when their namespace is ready. @param kind their name begins with it */
export async function admitPerson(cluster: TestCluster, kind = 'person'): Promise<Person> {
  const username = `${kind}-${randomBytes(3).toString('hex')}`
  const namespace = userNamespace(username)
  const kubeconfig = await makeUser(username, 'default')
  const apiVersion = `${API_GROUP}/${API_VERSION}`
  const spec = { username, quota: { sessions: 3, slices: 2 } }
  await cluster.apply(JSON.stringify({ apiVersion, kind: 'VDIUser', metadata: { name: username }, spec }))
  await cluster.kubectl(['wait', KINDS.users, username, '--for=condition=Ready', '--timeout=90s'])
  return { username, namespace, kubeconfig }
}

/** Ends everything that a person has, homes too; returns when it is gone. */
export async function clearPerson(cluster: TestCluster, { namespace }: Pick<Person, 'namespace'>): Promise<void> {
  await cluster.tryKubectl(['delete', KINDS.sessions, '--all', '-n', namespace, '--timeout=60s'])
  await cluster.tryKubectl(['delete', 'pvc', '--all', '-n', namespace, '--timeout=60s'])
}

/** Ends everything that a person has, and lets them in no more. */
export async function dismissPerson(cluster: TestCluster, person: Person): Promise<void> {
  await clearPerson(cluster, person)
  await cluster.tryKubectl(['delete', KINDS.users, person.username, '--timeout=30s'])
}
