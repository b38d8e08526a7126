// Which desktops to start before anybody clicks, so that the click finds them running. Pure: the provider makes them.
// Only templates that want it and keep a home, of which this person has no desktop yet; at most one of them takes a slice.
import type { Template } from '../../../shared/domain/template.ts'
import type { VdiSessionObject } from '../../../shared/domain/vdi-objects.ts'
import { isTerminating } from '../kube-read.ts'
import { isWanted } from './session-object.ts'

export interface AheadStart {
  readonly template: Template
  /** The one of an earlier day that nobody opened: it is started again. */
  readonly again: VdiSessionObject | undefined
}

/**
 * @param sessions all of this person
 * @param isBlocked it could not start now, as far as is known here: the operator knows the slices, and leaves its own share free
 */
export function startsAhead(
  templates: readonly Template[],
  sessions: readonly VdiSessionObject[],
  isBlocked: (template: Template, again: VdiSessionObject | undefined) => boolean,
): readonly AheadStart[] {
  const starts: AheadStart[] = []
  for (const template of templates) {
    const { startAhead, storage, gpu } = template.spec
    if (!startAhead.enabled || !storage.home) continue
    const own = sessions.filter(({ spec }) => spec.templateRef.name === template.id)
    if (own.some((session) => !session.spec.startAhead || isWanted(session) || isTerminating(session))) continue
    if (isBlocked(template, own[0])) continue
    if (gpu.slices > 0 && starts.some((start) => start.template.spec.gpu.slices > 0)) continue
    starts.push({ template, again: own[0] })
  }
  return starts
}

/** The desktop that was started ahead for this template, when it may still be taken. */
export function startedAhead(templateId: string, sessions: readonly VdiSessionObject[]): VdiSessionObject | undefined {
  return sessions.find(
    (session) => session.spec.startAhead && session.spec.templateRef.name === templateId && !isTerminating(session),
  )
}
