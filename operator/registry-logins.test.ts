// Logins of image registries through the whole operator: from the platform's namespace to a person's, and away again.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { StoredObject } from '../e2e/fakes/api-store.ts'
import { SECRET, VDI_TEMPLATE } from '../kube/types.ts'
import { LABEL, PLATFORM_NAMESPACE } from '../shared/product.ts'
import { createWorld, NAMESPACE, type World } from './testing/world.ts'

let world: World
beforeEach(async () => {
  world = await createWorld()
})
afterEach(async () => {
  await world.end()
})

const NAMED = { imagePullSecrets: [{ name: 'registry' }, { name: 'private' }, { name: 'wrong' }] }
function until(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 10_000, interval: 20 })
}
function platformSecret(name: string, login: string, more: { readonly type?: string; readonly label?: boolean }): void {
  world.api.store.put(SECRET, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      namespace: PLATFORM_NAMESPACE,
      ...(more.label !== false && { labels: { [LABEL.registryLogin]: 'users' } }),
    },
    type: more.type ?? 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': login },
  })
}
function copies(): Readonly<Record<string, unknown>> {
  const found = world.api.store.list(SECRET, { namespace: NAMESPACE }) as readonly (StoredObject & {
    readonly data?: Readonly<Record<string, string>>
  })[]
  return Object.fromEntries(found.map(({ metadata, data }) => [metadata.name, data?.['.dockerconfigjson']]))
}

it('is copied while a template names it, kept in step with its source, and taken away with either', async () => {
  platformSecret('registry', 'Zmlyc3Q=', {})
  // not released to people; not a login at all
  platformSecret('private', 'b3Vycw==', { label: false })
  platformSecret('wrong', 'a2V5', { type: 'Opaque' })
  world.user()
  world.template(NAMED)
  await world.operator()
  await until(() => expect(copies()).toEqual({ registry: 'Zmlyc3Q=' }))

  platformSecret('registry', 'c2Vjb25k', {})
  await until(() => expect(copies()).toEqual({ registry: 'c2Vjb25k' }))
  world.template({ imagePullSecrets: [] })
  await until(() => expect(copies()).toEqual({}))
  world.template(NAMED)
  await until(() => expect(copies()).toEqual({ registry: 'c2Vjb25k' }))
  world.api.store.delete(VDI_TEMPLATE, 'office')
  await until(() => expect(copies()).toEqual({}))
})

it('of one who may not use the template is not copied', async () => {
  platformSecret('registry', 'Zmlyc3Q=', {})
  platformSecret('open', 'b3Blbg==', {})
  world.user()
  world.template({ ...NAMED, access: { allowedUsers: ['bob'] } })
  world.api.store.put(VDI_TEMPLATE, {
    apiVersion: 'vdi.kasm-operator.io/v1alpha1',
    kind: 'VDITemplate',
    metadata: { name: 'open' },
    spec: { displayName: 'Open', image: 'registry.test/open:1', imagePullSecrets: [{ name: 'open' }] },
  })
  await world.operator()
  await until(() => expect(copies()).toEqual({ open: 'b3Blbg==' }))
})
