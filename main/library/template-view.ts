// A template as the UI shows it: the words of its badges and what is known about its start. Pure.
import type { Template, TemplateView } from '../../shared/domain/template.ts'
import type { MeasuredStart } from './usual-times.ts'

/** @param blocked why it cannot start now, when it cannot */
export function templateView(
  clusterId: string,
  template: Template,
  usual: MeasuredStart | undefined,
  blocked: { readonly sentence: string; readonly canWait: boolean } | undefined,
): TemplateView {
  const { id, spec } = template
  return {
    id,
    clusterId,
    name: spec.displayName,
    description: spec.description,
    icon: spec.icon,
    slices: spec.gpu.slices,
    size: sizeWords(spec.resources.limits, spec.resources.requests),
    hasHome: spec.storage.home !== undefined,
    ...(usual ? { usualReadyMs: usual.readyMs, usualStages: usual.stages } : {}),
    ...(blocked ? { blocked } : {}),
    ...(spec.security.level === 'restricted' ? {} : { securityNote: spec.security.reason }),
  }
}

type Quantities = Readonly<Record<string, string>>

/** "4 cores, 16 GB" from limits, else from requests; empty when neither names any. */
export function sizeWords(limits: Quantities, requests: Quantities): string {
  const cpu = cores(limits['cpu'] ?? requests['cpu'])
  const memory = gigabytes(limits['memory'] ?? requests['memory'])
  return [cpu, memory].filter((part) => part !== '').join(', ')
}

/** Kubernetes writes cores as `4`, `0.5` or `500m`. */
function cores(quantity: string | undefined): string {
  const match = /^([0-9.]+)(m?)$/.exec(quantity ?? '')
  if (!match) return ''
  const value = Number(match[1]) / (match[2] === 'm' ? 1000 : 1)
  return `${trim(value)} ${value === 1 ? 'core' : 'cores'}`
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
}

/** People read "16 GB" for 16Gi: binary units keep their number, as every desktop's label does. */
function gigabytes(quantity: string | undefined): string {
  const match = /^([0-9.]+)(Ki|Mi|Gi|Ti|k|M|G|T)?$/.exec(quantity ?? '')
  if (!match) return ''
  const unit = match[2] ?? ''
  const bytes = Number(match[1]) * Number(UNITS[unit] ?? 1)
  const [giga, mega] = unit.endsWith('i') ? [2 ** 30, 2 ** 20] : [1e9, 1e6]
  return bytes >= giga ? `${trim(bytes / giga)} GB` : `${trim(bytes / mega)} MB`
}

function trim(value: number): string {
  return String(Math.round(value * 10) / 10)
}
