// Who may start a template: one rule for the operator, which enforces it, and for the app, which offers by it.
import { WARM_POOL_USER } from '../product.ts'
import type { TemplateSpec } from './template.ts'

/**
 * @param person their name, and groups as the VDIUser has them; the warm pool has whatever is asked of it, since whoever claims is asked too
 * @returns true also where the template names nobody: it is for all
 */
export function mayUse(
  { allowedUsers, allowedGroups }: TemplateSpec['access'],
  person: { readonly username: string; readonly groups: readonly string[] },
): boolean {
  if (allowedUsers.length === 0 && allowedGroups.length === 0) return true
  if (person.username === WARM_POOL_USER) return true
  return allowedUsers.includes(person.username) || person.groups.some((group) => allowedGroups.includes(group))
}
