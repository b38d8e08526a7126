// Templates from ConfigMaps labelled `<API_GROUP>/template=true`: read and checked. One that is not valid is reported, never guessed at.
import { parse } from 'yaml'
import type * as z from 'zod/mini'
import { AppError, type AppErrorView } from '../../../shared/errors.ts'
import { builtinTemplates } from '../../../shared/domain/builtin-templates.ts'
import { TEMPLATE_ID } from '../../../shared/domain/names.ts'
import { templateSpecSchema, type Template } from '../../../shared/domain/template.ts'
import { TEMPLATE_KEY } from '../../../shared/product.ts'
import type { KubeObject } from '../../../shared/render/types.ts'

/** A template longer than this is no template, characters. */
const MAX_LENGTH = 65_536

export interface TemplateProblem {
  readonly source: string
  readonly error: AppErrorView
}

/**
 * All templates: the built-in ones, and those of ConfigMaps, which replace a built-in of the same id. Read again only after a change.
 * @param desktopImage our own desktop's image
 */
export function createTemplateCatalogue(
  desktopImage: string,
): (configMaps: readonly KubeObject[]) => ReturnType<typeof configMapTemplates> {
  const builtin = builtinTemplates(desktopImage)
  let known: { readonly key: string; readonly value: ReturnType<typeof configMapTemplates> } | undefined
  return (configMaps) => {
    const key = configMaps.map(({ metadata }) => `${metadata.uid}@${metadata.resourceVersion}`).join(' ')
    if (known?.key === key) return known.value
    const { templates, problems } = configMapTemplates(configMaps)
    const ids = new Set(templates.map(({ id }) => id))
    const value = { templates: [...builtin.filter(({ id }) => !ids.has(id)), ...templates], problems }
    known = { key, value }
    return value
  }
}

/** Reads templates; the ConfigMap's name is the template's id. */
export function configMapTemplates(configMaps: readonly KubeObject[]): {
  readonly templates: readonly Template[]
  readonly problems: readonly TemplateProblem[]
} {
  const templates: Template[] = []
  const problems: TemplateProblem[] = []
  for (const object of configMaps) {
    const name = object.metadata.name
    const read = readTemplate(object)
    if (typeof read !== 'string') templates.push(read)
    else problems.push({ source: name, error: new AppError('template-invalid', { name, problem: read }).toView() })
  }
  return { templates, problems }
}

/** The template, or what is wrong with it. */
function readTemplate(object: KubeObject): Template | string {
  const id = object.metadata.name
  if (!TEMPLATE_ID.test(id)) return 'its name must be a DNS label of at most 40 characters'
  const data = object['data'] as Readonly<Record<string, string>> | undefined
  const text = data?.[TEMPLATE_KEY]
  if (text === undefined) return `the key ${TEMPLATE_KEY} is missing`
  if (text.length > MAX_LENGTH) return 'it is too long'
  let value: unknown
  try {
    value = parse(text, { maxAliasCount: 20 })
  } catch (thrown) {
    return `it cannot be read as YAML: ${thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : ''}`
  }
  const result = templateSpecSchema.safeParse(value)
  if (result.success) return { id, origin: 'configmap', spec: result.data }
  const issue = result.error.issues[0]
  return issue ? sentence(issue) : 'it does not match the schema'
}

function sentence(issue: z.core.$ZodIssue): string {
  const path = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys')
    return `${path ? `${path} has` : 'it has'} the unknown key ${issue.keys.join(', ')}`
  const message = issue.message || issue.code
  return path ? `${path}: ${message}` : message
}
