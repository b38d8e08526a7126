// The built-in templates as VDITemplates: files of the chart, and one file of phase 2.
import { builtinTemplates } from '../../../shared/domain/builtin-templates.ts'
import { API_GROUP, API_VERSION } from '../../../shared/product.ts'
import { platformLabels } from './names.ts'

/** Each with its name. */
export function vdiTemplates(): readonly { readonly name: string; readonly object: unknown }[] {
  return builtinTemplates().map(({ id, spec }) => ({
    name: id,
    object: {
      apiVersion: `${API_GROUP}/${API_VERSION}`,
      kind: 'VDITemplate',
      metadata: { name: id, labels: platformLabels('template') },
      spec,
    },
  }))
}
