// A session's record: its access Secret, read. A template copy that cannot be read gives a session without its extras, never none.
import { ANNOTATION, LABEL } from '../../shared/product.ts'
import { templateSpecSchema, type TemplateSpec } from '../../shared/domain/template.ts'
import type { KubeObject } from '../../shared/render/types.ts'
import { annotation, label, timeOf } from './kube-read.ts'

export interface SessionRecord {
  /** The session's name. */
  readonly name: string
  readonly namespace: string
  readonly owner: string
  readonly ownerHash: string
  readonly displayName: string
  readonly templateId: string
  /** The template as it was at the last start. */
  readonly spec: TemplateSpec
  readonly home: string | undefined
  /** RFC 3339, as written: `lastStarted` names one start. */
  readonly created: string | undefined
  readonly lastStarted: string | undefined
  /** Epoch ms. */
  readonly startedAt: number | undefined
  readonly stoppedAt: number | undefined
}

/** Reads a record. @returns undefined for a Secret that is no session's */
export function readRecord(secret: KubeObject): SessionRecord | undefined {
  const name = label(secret, LABEL.session)
  const templateId = label(secret, LABEL.template)
  if (name === undefined || templateId === undefined || secret.metadata.namespace === undefined) return undefined
  const spec = pinnedSpec(secret, templateId)
  return {
    name,
    namespace: secret.metadata.namespace,
    owner: annotation(secret, ANNOTATION.owner) ?? '',
    ownerHash: label(secret, LABEL.ownerHash) ?? '',
    displayName: annotation(secret, ANNOTATION.displayName) ?? spec.displayName,
    templateId,
    spec,
    home: annotation(secret, ANNOTATION.home),
    created: annotation(secret, ANNOTATION.created),
    lastStarted: annotation(secret, ANNOTATION.lastStarted),
    startedAt: timeOf(annotation(secret, ANNOTATION.lastStarted)),
    stoppedAt: timeOf(annotation(secret, ANNOTATION.lastStopped)),
  }
}

function pinnedSpec(secret: KubeObject, templateId: string): TemplateSpec {
  try {
    return templateSpecSchema.parse(JSON.parse(annotation(secret, ANNOTATION.template) ?? ''))
  } catch {
    // written by a later version, or by hand: the desktop itself is not harmed
    return templateSpecSchema.parse({ displayName: templateId, image: 'unknown:0' })
  }
}
