// Gathers from the stores what planTemplate may know of one VDITemplate. Reads only; a spec that does not parse is said, never thrown.
import { templateSpecSchema, type TemplateSpec } from '../../shared/domain/template.ts'
import { vdiTemplateStatusSchema } from '../../shared/domain/vdi-template.ts'
import type { KubeObject } from '../../shared/render/types.ts'
import { parseSpec, parseStatus, type SpecProblem } from '../parse-spec.ts'
import type { Refusal } from '../plan.ts'
import type { Stores } from '../stores.ts'
import type { Platform } from '../user/observed.ts'
import { observePool, ofPeople, type PoolStores } from './observe-pool.ts'
import type { ObservedTemplate } from './observed.ts'
import { prePullName } from './pre-pull.ts'

/** What the stores hold of it. */
export type TemplateStores = PoolStores &
  Pick<Stores, 'templates' | 'daemonSets' | 'networkPolicies'> & {
    readonly by: Pick<Stores['by'], 'sessionTemplate' | 'poolClaimer'>
  }

/** @param name of the VDITemplate; one that is gone is observed too @param refusal of the last plan's writes */
export function observeTemplate(
  stores: TemplateStores,
  name: string,
  refusal: Refusal | undefined,
  platform: Platform,
): ObservedTemplate {
  const template = stores.templates.get(name)
  const sessions = ofPeople(stores.by.sessionTemplate.get(name))
  const spec = templateSpec(template)
  const prePull = prePullName(name)
  return {
    name,
    template,
    spec,
    status: parseStatus(vdiTemplateStatusSchema, template, {}),
    sessions: sessions.length,
    running: sessions.filter(({ metadata }) => {
      const place = `${metadata.namespace ?? ''}/${metadata.name}`
      return stores.by.podSession.get(place).length + stores.by.poolClaimer.get(place).length > 0
    }).length,
    daemonSet: stores.daemonSets.get(prePull, platform.namespace),
    policy: stores.networkPolicies.get(prePull, platform.namespace),
    pool: observePool(stores, name, template === undefined || 'problem' in spec ? undefined : spec),
    refusal,
  }
}

/** One message is worth its own words: a template that asks for two slices is a misunderstanding of what slices are. */
function templateSpec(template: KubeObject | undefined): TemplateSpec | SpecProblem {
  const { gpu } = (template?.['spec'] ?? {}) as { readonly gpu?: { readonly slices?: unknown } }
  if (typeof gpu?.slices === 'number' && gpu.slices > 1)
    return {
      problem:
        'spec.gpu.slices: a desktop gets one slice at most, since slices share one GPU in time and a second one gives it nothing more',
    }
  return parseSpec(templateSpecSchema, template)
}
