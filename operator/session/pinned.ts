// The template that the present start was made from, as its access Secret holds it: a template that is edited never changes a running desktop.
// Policy: what cannot be read is as if it were not there.
import { templateSpecSchema, type TemplateSpec } from '../../shared/domain/template.ts'
import { ANNOTATION } from '../../shared/product.ts'
import type { KubeObject } from '../../shared/render/types.ts'
import type { ObservedSession } from './observed.ts'
import { remembering } from '../remember.ts'

/** Thousands of sessions share few templates: their Secrets' texts are read once and held once. */
const READ = new Map<string, TemplateSpec | undefined>()
const REMEMBERED = 64

/** @param secret a session's access Secret */
export const pinnedOf = remembering(({ metadata }: KubeObject): ObservedSession['pinned'] => {
  const text = metadata.annotations?.[ANNOTATION.template]
  const hash = metadata.annotations?.[ANNOTATION.templateHash]
  const spec = text === undefined ? undefined : specOf(text)
  return spec === undefined || hash === undefined ? undefined : { spec, hash }
})

function specOf(text: string): TemplateSpec | undefined {
  if (READ.has(text)) return READ.get(text)
  const spec = read(text)
  const [oldest] = READ.keys()
  if (READ.size >= REMEMBERED && oldest !== undefined) READ.delete(oldest)
  READ.set(text, spec)
  return spec
}

function read(text: string): TemplateSpec | undefined {
  try {
    const parsed = templateSpecSchema.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : undefined
  } catch {
    // no JSON: somebody wrote over it
    return undefined
  }
}
