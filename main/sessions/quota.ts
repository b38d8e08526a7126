// What a namespace's quotas leave room for: a template that cannot fit says so before anybody waits. Pure.
import { parseQuantity } from '../../shared/domain/quantity.ts'
import type { TemplateSpec } from '../../shared/domain/template.ts'
import { AppError } from '../../shared/errors.ts'
import { API_GROUP } from '../../shared/product.ts'
import type { KubeObject } from '../../shared/render/types.ts'

interface Quota extends KubeObject {
  readonly spec?: { readonly scopes?: readonly string[]; readonly scopeSelector?: unknown }
  readonly status?: {
    readonly hard?: Readonly<Record<string, string>>
    readonly used?: Readonly<Record<string, string>>
  }
}

/**
 * Why a new desktop of this template would be refused by a quota, or undefined.
 * @param newHome its home is not there yet
 * @param newSession its VDISession is not there yet: one that is stopped has its place already
 */
export function quotaBlock(
  quotas: readonly KubeObject[],
  spec: TemplateSpec,
  newHome: boolean,
  newSession = true,
): { readonly sentence: string; readonly canWait: boolean } | undefined {
  const needs = needsOf(spec, newHome, newSession)
  for (const { spec: about, status } of quotas as readonly Quota[]) {
    if (!isAboutDesktops(about)) continue
    for (const [name, hard] of Object.entries(status?.hard ?? {})) {
      const need = needs.get(name)
      const limit = parseQuantity(hard)
      const used = parseQuantity(status?.used?.[name] ?? '0')
      if (need === undefined || limit === null || used === null || used + need <= limit) continue
      return { sentence: new AppError('start-quota').sentence, canWait: false }
    }
  }
  return undefined
}

/** Scopes that every desktop is in: it has no deadline, and asks for something. A quota with any other may be about others alone. */
const OWN_SCOPES: readonly string[] = ['NotTerminating', 'NotBestEffort']

function isAboutDesktops({ scopes = [], scopeSelector }: NonNullable<Quota['spec']> = {}): boolean {
  return scopeSelector === undefined && scopes.every((scope) => OWN_SCOPES.includes(scope))
}

function needsOf(spec: TemplateSpec, newHome: boolean, newSession: boolean): ReadonlyMap<string, number> {
  const { requests, limits } = spec.resources
  const needs = new Map<string, number>([
    ['pods', 1],
    ['count/pods', 1],
    ['secrets', 1],
    ['count/secrets', 1],
    [`count/vdisessions.${API_GROUP}`, newSession ? 1 : 0],
  ])
  for (const name of new Set([...Object.keys(requests), ...Object.keys(limits)])) {
    const request = parseQuantity(requests[name] ?? limits[name] ?? '') ?? 0
    needs.set(`requests.${name}`, request)
    if (name === 'cpu' || name === 'memory') needs.set(name, request)
    if (limits[name] !== undefined) needs.set(`limits.${name}`, parseQuantity(limits[name]) ?? 0)
  }
  if (spec.gpu.slices > 0) needs.set(`requests.${spec.gpu.resourceName}`, spec.gpu.slices)
  if (newHome && spec.storage.home) {
    needs.set('persistentvolumeclaims', 1)
    needs.set('count/persistentvolumeclaims', 1)
    needs.set('requests.storage', parseQuantity(spec.storage.home.size) ?? 0)
  }
  return needs
}
