// Templates from ConfigMaps labelled `<API_GROUP>/template=true`: read and checked. One that is not valid is reported, never guessed at.
import { parse } from 'yaml'
import { AppError } from '../../../shared/errors.ts'
import { builtinTemplates } from '../../../shared/domain/builtin-templates.ts'
import { TEMPLATE_ID } from '../../../shared/domain/names.ts'
import { templateSpecSchema, type Template } from '../../../shared/domain/template.ts'
import { issueSentence } from '../../../shared/domain/vdi-objects.ts'
import { TEMPLATE_KEY } from '../../../shared/product.ts'
import type { KubeObject } from '../../../shared/render/types.ts'
import type { ProviderSnapshot } from '../provider.ts'
import { readOnce } from '../read-once.ts'

/** A template longer than this is no template, characters. */
const MAX_LENGTH = 65_536

interface Catalogue {
  readonly templates: readonly Template[]
  readonly problems: ProviderSnapshot['problems']
}

/**
 * All templates: the built-in ones, and those of ConfigMaps, which replace a built-in of the same id. Read again only after a change.
 * @param desktopImage our own desktop's image
 */
export function createTemplateCatalogue(desktopImage: string): (configMaps: readonly KubeObject[]) => Catalogue {
  const builtin = builtinTemplates(desktopImage)
  return readOnce((configMaps) => {
    const { templates, problems } = configMapTemplates(configMaps)
    const ids = new Set(templates.map(({ id }) => id))
    return { templates: [...builtin.filter(({ id }) => !ids.has(id)), ...templates], problems }
  })
}

/** Reads templates; the ConfigMap's name is the template's id. */
export function configMapTemplates(configMaps: readonly KubeObject[]): Catalogue {
  const templates: Template[] = []
  const problems: Catalogue['problems'][number][] = []
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
  const [issue] = result.error.issues
  return issue ? issueSentence(issue) : 'it does not match the schema'
}
