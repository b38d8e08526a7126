// The VDITemplates that a person is offered. One that cannot be read is reported, never guessed at.
import { AppError } from '../../../shared/errors.ts'
import { mayUse } from '../../../shared/domain/template-access.ts'
import type { Template } from '../../../shared/domain/template.ts'
import { parseVdiTemplate, templateOf } from '../../../shared/domain/vdi-objects.ts'
import type { KubeObject } from '../../../shared/render/types.ts'
import type { ProviderSnapshot } from '../provider.ts'

export interface OfferedTemplates {
  readonly templates: readonly Template[]
  /** Template id -> what the operator may refuse it for. */
  readonly notes: ReadonlyMap<string, string>
  readonly problems: ProviderSnapshot['problems']
}

/**
 * Reads the templates. Which groups a person is in is the operator's knowledge (VDIUser): the API server's word for it is a hint,
 * so a template for other groups is still offered, with what may be in its way.
 */
export function offeredTemplates(
  objects: readonly KubeObject[],
  user: { readonly username: string; readonly groups: readonly string[] },
): OfferedTemplates {
  const templates: Template[] = []
  const notes = new Map<string, string>()
  const problems: OfferedTemplates['problems'][number][] = []
  for (const object of objects) {
    const { name } = object.metadata
    const read = parseVdiTemplate(object)
    if (!read.ok) {
      problems.push({ source: name, error: new AppError('template-invalid', { name, problem: read.problem }).toView() })
      continue
    }
    const template = templateOf(read.object)
    const { access } = template.spec
    const { allowedGroups } = access
    const isIn = mayUse(access, user)
    if (!isIn && allowedGroups.length === 0) continue
    templates.push(template)
    if (!isIn) notes.set(name, `For ${listed(allowedGroups)}: your admin decides who that is.`)
  }
  return { templates, notes, problems }
}

function listed(groups: readonly string[]): string {
  const shown = groups.slice(0, 3)
  return shown.length < groups.length ? `${shown.join(', ')} and others` : shown.join(', ')
}
