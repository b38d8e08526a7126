// Gathers from the stores what planUser may know of one VDIUser. Reads only; a spec that does not parse is said, never thrown.
import { userNamespace } from '../../shared/domain/names.ts'
import type { TemplateSpec } from '../../shared/domain/template.ts'
import { parseVdiTemplate } from '../../shared/domain/vdi-objects.ts'
import { vdiUserSpecSchema, vdiUserStatusSchema, type VdiUserSpec } from '../../shared/domain/vdi-user.ts'
import { USER_TEMPLATES_ROLE, WARM_POOL_USER } from '../../shared/product.ts'
import type { KubeObject } from '../../shared/render/types.ts'
import { parseSpec, parseStatus } from '../parse-spec.ts'
import type { Refusal } from '../plan.ts'
import { remembering } from '../remember.ts'
import type { Stores } from '../stores.ts'
import { LIMITS_NAME, QUOTA_NAME, roleIn } from './objects.ts'
import type { ObservedUser } from './observed.ts'
import { isLogin, loginNames } from './registry-logins.ts'

/** What the stores hold of it. */
export type UserStores = Pick<
  Stores,
  | 'users'
  | 'templates'
  | 'namespaces'
  | 'roleBindings'
  | 'quotas'
  | 'limitRanges'
  | 'secrets'
  | 'registryLogins'
  | 'templateReaders'
> & {
  readonly by: Pick<
    Stores['by'],
    'sessionNamespace' | 'userNamespace' | 'networkPolicyNamespace' | 'registryLoginNamespace'
  >
}

/** @param name of the VDIUser; one that is gone is observed too @param refusal of the last plan's writes */
export function observeUser(stores: UserStores, name: string, refusal: Refusal | undefined): ObservedUser {
  const user = stores.users.get(name)
  const spec = parseSpec(vdiUserSpecSchema, user)
  const readers = { binding: readersBinding(stores), usernames: readersOf(stores) }
  if (user === undefined || 'problem' in spec)
    return { user, spec, status: parseStatus(vdiUserStatusSchema, user, {}), ...NOTHING, readers, refusal }
  const place = userNamespace(spec.username)
  return {
    user,
    spec,
    status: parseStatus(vdiUserStatusSchema, user, {}),
    elder: elderOf(user, stores.by.userNamespace.get(place))?.metadata.name,
    namespace: stores.namespaces.get(place),
    roleBinding: stores.roleBindings.get(roleIn(spec), place),
    quota: stores.quotas.get(QUOTA_NAME, place),
    limits: stores.limitRanges.get(LIMITS_NAME, place),
    policies: stores.by.networkPolicyNamespace.get(place),
    logins: {
      sources: loginSources(stores, spec, place),
      copies: stores.by.registryLoginNamespace.get(place),
    },
    sessions: stores.by.sessionNamespace.get(place).length,
    readers,
    refusal,
  }
}

const NOTHING = {
  elder: undefined,
  namespace: undefined,
  roleBinding: undefined,
  quota: undefined,
  limits: undefined,
  policies: [],
  logins: { sources: [], copies: [] },
  sessions: 0,
} as const

const readTemplate = remembering((object: KubeObject): TemplateSpec | undefined => {
  const parsed = parseVdiTemplate(object)
  return parsed.ok ? parsed.object.spec : undefined
})

/** A name that something else of ours has in the person's namespace is left to it. */
function loginSources(stores: UserStores, user: VdiUserSpec, place: string): readonly KubeObject[] {
  const { items } = stores.registryLogins
  if (items.length === 0) return []
  const names = loginNames(
    stores.templates.items.flatMap((object) => readTemplate(object) ?? []),
    user,
  )
  return items.filter(({ metadata: { name } }) => {
    const taken = stores.secrets.get(name, place)
    return names.has(name) && (taken === undefined || isLogin(taken))
  })
}

/** The VDIUser that came before this one for the same person: who came first stays, by name where the second is the same. */
function elderOf(user: KubeObject, same: readonly KubeObject[]): KubeObject | undefined {
  const before = same.filter((other) => other.metadata.uid !== user.metadata.uid && age(other) < age(user))
  return before.toSorted((a, b) => (age(a) < age(b) ? -1 : 1))[0]
}

function age({ metadata }: KubeObject): string {
  return `${metadata.creationTimestamp ?? ''} ${metadata.name}`
}

function readersBinding({ templateReaders }: UserStores): KubeObject | 'missing' | 'unknown' {
  const binding = templateReaders.get(USER_TEMPLATES_ROLE)
  if (binding !== undefined) return binding
  return templateReaders.state === 'live' ? 'missing' : 'unknown'
}

/** Everybody who is let in, each once, sorted: the same people are the same list. Read without the schema, since all users are read for each. */
function readersOf({ users }: UserStores): readonly string[] {
  const names = users.items.flatMap(({ metadata, spec }) => {
    const { username, suspended } = (spec ?? {}) as Partial<VdiUserSpec>
    const isOut = metadata.deletionTimestamp !== undefined || suspended === true || username === WARM_POOL_USER
    return isOut || username === undefined ? [] : [username]
  })
  return [...new Set(names)].toSorted()
}
