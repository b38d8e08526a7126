// Logins of image registries (imagePullSecrets) in a person's namespace: copies of the platform's own Secrets. Pure.
// Policy: only a Secret that an admin labelled for it is ever copied, only to people who may use a template that names it, and only while
// all of that holds. A person can read what is in their namespace: docs/security.md says what follows.
import { mayUse } from '../../shared/domain/template-access.ts'
import type { TemplateSpec } from '../../shared/domain/template.ts'
import type { VdiUserSpec } from '../../shared/domain/vdi-user.ts'
import { LABEL } from '../../shared/product.ts'
import type { KubeObject } from '../../shared/render/types.ts'
import { SECRET } from '../../kube/types.ts'
import { drifted } from '../drift.ts'
import type { PlannedDelete, PlannedWrite } from '../plan.ts'
import { ownedByUser, type NamedUser } from './objects.ts'

/** The one type of Secret that is copied: a template cannot name anything else out of the platform's namespace. */
export const LOGIN_TYPE = 'kubernetes.io/dockerconfigjson'
const DATA_KEY = '.dockerconfigjson'

export interface RegistryLogins {
  /** The platform's Secrets that this person's templates name. */
  readonly sources: readonly KubeObject[]
  /** Our copies in the person's namespace. */
  readonly copies: readonly KubeObject[]
}

/** A Secret of the platform that may be copied, or a copy of one. */
export function isLogin({ metadata }: KubeObject): boolean {
  return metadata.labels?.[LABEL.registryLogin] !== undefined
}

/** Names of the Secrets that a person's desktops fetch their images with. */
export function loginNames(templates: readonly TemplateSpec[], user: VdiUserSpec): ReadonlySet<string> {
  if (user.suspended) return new Set()
  const usable = templates.filter(({ access }) => mayUse(access, user))
  return new Set(usable.flatMap(({ imagePullSecrets }) => imagePullSecrets.map(({ name }) => name)))
}

/** What is to be written so that the copies say what their sources say. */
export function loginWrites(user: NamedUser, { sources, copies }: RegistryLogins): readonly PlannedWrite[] {
  return sources.flatMap((source) => {
    const copy = copyOf(user, source)
    const found = copies.find(({ metadata }) => metadata.name === copy.metadata.name)
    return drifted(found, copy, true) ? [{ verb: 'apply', resource: SECRET, object: copy } as const] : []
  })
}

/** Copies whose source is gone, or which no template names any more. */
export function loginDeletes({ sources, copies }: RegistryLogins): readonly PlannedDelete[] {
  return copies
    .filter(({ metadata }) => !sources.some((source) => source.metadata.name === metadata.name))
    .map(({ metadata: { name, namespace, uid } }) => ({ resource: SECRET, name, namespace, uid }))
}

/** It goes with the VDIUser, whether the operator runs or not. */
function copyOf(user: NamedUser, source: KubeObject): KubeObject {
  const { data } = source as KubeObject & { readonly data?: Readonly<Record<string, string>> }
  const metadata = ownedByUser(user, source.metadata.name)
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { ...metadata, labels: { ...metadata.labels, [LABEL.registryLogin]: 'copy' } },
    type: LOGIN_TYPE,
    data: { [DATA_KEY]: data?.[DATA_KEY] ?? '' },
  }
}
