// Keys of the work queue: one for each object of ours that a planner looks after.
import { assertNever } from '../shared/assert-never.ts'
import { VDI_SESSION, VDI_TEMPLATE, VDI_USER, type Resource } from '../kube/types.ts'

export type Key =
  | { readonly kind: 'session'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'user' | 'template'; readonly name: string }
export type KeyKind = Key['kind']

export function sessionKey(namespace: string, name: string): string {
  return `session/${namespace}/${name}`
}
export function userKey(name: string): string {
  return `user/${name}`
}
export function templateKey(name: string): string {
  return `template/${name}`
}

/** Reads a key back. @throws when it is none */
export function parseKey(text: string): Key {
  const [kind, first = '', second = ''] = text.split('/')
  if (kind === 'session' && second !== '') return { kind, namespace: first, name: second }
  if ((kind === 'user' || kind === 'template') && first !== '') return { kind, name: first }
  throw new Error(`no key of the queue: ${text}`)
}

/** The kind of object that a key names. */
export function resourceOfKey(kind: KeyKind): Resource {
  switch (kind) {
    case 'session':
      return VDI_SESSION
    case 'user':
      return VDI_USER
    case 'template':
      return VDI_TEMPLATE
    default:
      return assertNever(kind)
  }
}
