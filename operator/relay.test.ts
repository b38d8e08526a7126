// The relay's Secret: made once, rotated when asked, and never replaced because a cache was empty.
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../kube/types.ts'
import { operatorConfigSchema } from './config.ts'
import { planRelaySecret, ROTATE } from './relay.ts'

const CONFIG = operatorConfigSchema.parse({ relay: { urls: ['turn:relay.test:3478'], ttlSeconds: 3600 } }).relay
const NOW = Date.UTC(2026, 10, 24)

function plan(found: KubeObject | undefined, now = NOW, next = 'next-secret'): KubeObject | undefined {
  return planRelaySecret(found, CONFIG, 'platform', now, next)
}
function values(secret: KubeObject | undefined): Readonly<Record<string, string>> {
  const data = (secret?.['data'] ?? {}) as Readonly<Record<string, string>>
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, atob(value)]))
}
function asked(secret: KubeObject | undefined, when: string): KubeObject {
  if (!secret) throw new Error('no secret')
  const { metadata } = secret
  return { ...secret, metadata: { ...metadata, annotations: { ...metadata.annotations, [ROTATE]: when } } }
}

describe("the relay's Secret", () => {
  it('is made where there is none, in the platform’s namespace', () => {
    const made = plan(undefined)
    expect(made?.metadata).toMatchObject({ name: 'kasm-operator-relay', namespace: 'platform' })
    expect(values(made)).toEqual({ secret: 'next-secret' })
    expect(plan(made, NOW + 1)).toBeUndefined()
  })
  it('is nobody’s business while no relay is named', () => {
    const none = operatorConfigSchema.parse({}).relay
    expect(planRelaySecret(undefined, none, 'platform', NOW, 'next')).toBeUndefined()
  })
  it('keeps the one before while it is rotated out, as long as a credential may live', () => {
    const first = plan(undefined, NOW, 'one')
    const rotated = plan(asked(first, 'monday'), NOW + 1000, 'two')
    expect(values(rotated)).toEqual({ secret: 'two', previous: 'one' })
    expect(plan(rotated, NOW + 1000 + 3_600_000, 'three')).toBeUndefined()
    const after = plan(rotated, NOW + 1001 + 3_600_000, 'three')
    expect(values(after)).toEqual({ secret: 'two' })
    expect(plan(after, NOW + 9_000_000, 'three')).toBeUndefined()
  })
  it('is rotated once for each time that it is asked', () => {
    const rotated = plan(asked(plan(undefined, NOW, 'one'), 'monday'), NOW, 'two')
    expect(plan(rotated, NOW + 5, 'three')).toBeUndefined()
    expect(values(plan(asked(rotated, 'tuesday'), NOW + 5, 'three'))).toEqual({ secret: 'three', previous: 'two' })
  })
  it('is made anew at once when an admin takes the key out', () => {
    const made = plan(undefined, NOW, 'one')
    const emptied = { ...(made as KubeObject), data: {} }
    expect(values(plan(emptied, NOW, 'two'))).toEqual({ secret: 'two' })
  })
  it('that somebody else wrote is used as it is', () => {
    const foreign = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' }, data: { secret: btoa('theirs') } }
    expect(plan(foreign)).toBeUndefined()
  })
})
