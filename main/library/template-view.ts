// A template as the UI shows it: the words of its badges and what is known about its start. Pure.
import { sizeBadge } from '../../shared/domain/quantity.ts'
import type { Template } from '../../shared/domain/template.ts'
import type { TemplateView } from '../../shared/domain/template-view.ts'
import type { MeasuredStart } from './usual-times.ts'

/** @param blocked why it cannot start now, when it cannot @param note what to know before it is started */
export function templateView(
  clusterId: string,
  template: Template,
  usual: MeasuredStart | undefined,
  blocked: { readonly sentence: string; readonly canWait: boolean } | undefined,
  note?: string,
): TemplateView {
  const { id, spec } = template
  return {
    id,
    clusterId,
    name: spec.displayName,
    description: spec.description,
    icon: spec.icon,
    slices: spec.gpu.slices,
    size: sizeBadge(spec),
    hasHome: spec.storage.home !== undefined,
    ...(usual ? { usualReadyMs: usual.readyMs, usualStages: usual.stages } : {}),
    ...(blocked ? { blocked } : {}),
    ...(note === undefined ? {} : { note }),
    ...(spec.security.level === 'restricted' ? {} : { securityNote: spec.security.reason }),
  }
}
