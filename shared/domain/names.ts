// Names of a session's objects, and the app-wide id of a session. All fit a DNS label: a template id has at most 40 characters.
import { USER_NAMESPACE_PREFIX, WARM_POOL_USER } from '../product.ts'
import { base32, ownerHash } from './hash.ts'

/** A template id that names can be made from. */
export const TEMPLATE_ID = /^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/
/** Random bytes in a session's name. */
export const SESSION_NAME_BYTES = 4

/**
 * A new session's name; the pod has it too.
 * @param random SESSION_NAME_BYTES random bytes
 */
export function sessionName(templateId: string, random: Uint8Array): string {
  return `${templateId}-${base32(random, 6)}`
}
/** The claim that is a person's home in a template. */
export function homeName(templateId: string, ownerHash: string): string {
  return `home-${templateId}-${ownerHash}`
}
/** The Secret that is a session's record and holds its credential. */
export function accessName(session: string): string {
  return `${session}-access`
}
/** The Service whose node port leads to a session's media port. */
export function mediaName(session: string): string {
  return `${session}-media`
}

/** The namespace that the operator makes for a user. @param username as the API server names it */
export function userNamespace(username: string): string {
  return `${USER_NAMESPACE_PREFIX}${ownerHash(username)}`
}

/** Where desktops of the warm pool are, claimed or not. */
export const WARM_POOL_NAMESPACE = userNamespace(WARM_POOL_USER)

/** The parts of a session's id. */
export interface SessionRef {
  readonly clusterId: string
  readonly namespace: string
  readonly name: string
}
/** `<clusterId>/<namespace>/<name>`. */
export function sessionId({ clusterId, namespace, name }: SessionRef): string {
  return `${clusterId}/${namespace}/${name}`
}
/** Reads a session's id back; a cluster's id may hold slashes. @returns null when it is none */
export function parseSessionId(id: string): SessionRef | null {
  const parts = id.split('/')
  const name = parts.pop()
  const namespace = parts.pop()
  const clusterId = parts.join('/')
  return name && namespace && clusterId ? { clusterId, namespace, name } : null
}
