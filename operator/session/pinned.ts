// The template that the present start was made from, as its access Secret holds it: a template that is edited never changes a running desktop.
// Policy: what cannot be read is as if it were not there.
import { templateSpecSchema } from '../../shared/domain/template.ts'
import { ANNOTATION } from '../../shared/product.ts'
import type { KubeObject } from '../../shared/render/types.ts'
import type { ObservedSession } from './observed.ts'
import { remembering } from './remember.ts'

/** @param secret a session's access Secret */
export const pinnedOf = remembering(({ metadata }: KubeObject): ObservedSession['pinned'] => {
  const text = metadata.annotations?.[ANNOTATION.template]
  const hash = metadata.annotations?.[ANNOTATION.templateHash]
  if (text === undefined || hash === undefined) return undefined
  try {
    const parsed = templateSpecSchema.safeParse(JSON.parse(text))
    return parsed.success ? { spec: parsed.data, hash } : undefined
  } catch {
    // no JSON: somebody wrote over it
    return undefined
  }
})
