// What a person may hold at once, where a quota of their namespace cannot count it: a desktop that was claimed runs in the pool's namespace.
// Pure. The same limits as the ResourceQuota's, by the same names.
import { hasEnded, requestOf, type PodObject } from '../../shared/domain/cluster-objects.ts'
import { parseQuantity } from '../../shared/domain/quantity.ts'
import type { TemplateSpec } from '../../shared/domain/template.ts'
import type { OperatorConfig } from '../config.ts'
import { limitsOf } from '../user/objects.ts'
import type { ObservedSession } from './observed.ts'

/**
 * Whether one more desktop would be more than its person may hold, here and in the pool together.
 * @returns the limit in words, or undefined where there is room
 */
export function overShare(
  { user, share, spec }: ObservedSession,
  template: TemplateSpec,
  config: OperatorConfig,
): string | undefined {
  if (user === undefined || share === undefined) return undefined
  const limits = limitsOf(user.spec, config)
  const pods = [...share.here, ...share.inPool].filter((pod) => !hasEnded(pod))
  const { gpu, resources } = template
  const slices = spec.withoutGpu || gpu.resourceName !== config.sliceResource ? 0 : gpu.slices
  const rows: readonly (readonly [string, number, number | undefined, (pod: PodObject) => number])[] = [
    ['slices', slices, limits.slices, (pod) => requestOf(pod, config.sliceResource)],
    ['CPU', amount(resources.requests['cpu']), limit(limits.cpu), (pod) => sum(pod, 'requests', 'cpu')],
    ['memory', amount(resources.limits['memory']), limit(limits.memory), (pod) => sum(pod, 'limits', 'memory')],
  ]
  for (const [name, asked, most, of] of rows) {
    const held = pods.reduce((total, pod) => total + of(pod), 0)
    if (asked > 0 && most !== undefined && held + asked > most)
      return `${name}: ${held} of ${most} held, ${asked} more asked for`
  }
  return undefined
}

function sum({ spec }: PodObject, kind: 'requests' | 'limits', resource: string): number {
  return (spec?.containers ?? []).reduce((total, { resources }) => total + amount(resources?.[kind]?.[resource]), 0)
}

function amount(quantity: string | undefined): number {
  return quantity === undefined ? 0 : (parseQuantity(quantity) ?? 0)
}

function limit(quantity: string | undefined): number | undefined {
  return quantity === undefined ? undefined : (parseQuantity(quantity) ?? undefined)
}
