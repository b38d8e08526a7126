// How many desktops of a template wait for somebody, which of them go, and what is said of them.
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../kube/types.ts'
import type { WantedCondition } from '../../shared/domain/conditions.ts'
import { WARM_POOL_NAMESPACE } from '../../shared/domain/names.ts'
import { templateSpecSchema, type TemplateSpec } from '../../shared/domain/template.ts'
import { LABEL, WARM_POOL_USER } from '../../shared/product.ts'
import type { Refusal } from '../plan.ts'
import { planPool, type PoolInput, type PoolMember, type PoolPlan } from './warm-pool.ts'

const NOW = Date.parse('2026-11-29T10:00:00Z')
const MINUTE = 60_000
const HASH = 'present'
const ago = (ms: number): string => new Date(NOW - ms).toISOString()

function spec(more: object = {}): TemplateSpec {
  return templateSpecSchema.parse({
    displayName: 'Kiosk',
    image: 'registry.example/kiosk:1',
    warmPool: { replicas: 2 },
    ...more,
  })
}
function session(name: string): KubeObject {
  const metadata = { name, namespace: WARM_POOL_NAMESPACE, uid: `uid-${name}`, resourceVersion: `7-${name}` }
  return { apiVersion: 'v1', kind: 'VDISession', metadata }
}
function member(name: string, more: Partial<PoolMember> = {}): PoolMember {
  return { session: session(name), state: 'ready', hash: HASH, pod: 'placed', told: undefined, ...more }
}
function plan(
  members: readonly PoolMember[],
  more: Partial<PoolInput> & { readonly wantedElsewhere?: number } = {},
): PoolPlan {
  const { wantedElsewhere = 0, ...rest } = more
  const pool = { isThere: true, members, wantedElsewhere }
  return planPool(
    { name: 'kiosk', uid: 'uid', spec: spec(), hash: HASH, pool, status: {}, refusal: undefined, ...rest },
    NOW,
  )
}
const made = ({ writes }: PoolPlan): number => writes.length
const gone = ({ deletes }: PoolPlan): readonly string[] => deletes.map(({ name }) => name)
const said = ({ conditions }: PoolPlan): Partial<WantedCondition> | undefined => conditions[0]
const refusal = (more: Partial<Refusal> = {}): Refusal => ({
  kind: 'quota',
  message: 'exceeded quota',
  of: 'VDISession',
  at: NOW - 1000,
  count: 1,
  ...more,
})

describe('the pool of a template', () => {
  it('makes one after the other, each of a name of its own, for nobody', () => {
    const first = plan([])
    expect(first.writes).toMatchObject([
      {
        verb: 'create',
        object: {
          metadata: { namespace: WARM_POOL_NAMESPACE, labels: { [LABEL.warmPool]: 'true' } },
          spec: { owner: WARM_POOL_USER, templateRef: { name: 'kiosk' } },
        },
      },
    ])
    const name = (now: number): string =>
      planPool(
        {
          ...{ name: 'k'.repeat(40), uid: 'uid', spec: spec(), hash: HASH, status: {}, refusal: undefined },
          pool: { isThere: true, members: [], wantedElsewhere: 0 },
        },
        now,
      ).writes[0]?.object.metadata.name ?? ''
    expect(name(NOW)).not.toBe(name(NOW + 1))
    expect(name(NOW)).toMatch(/^warm-k{40}-[a-z2-7]{6}$/)
    expect(made(plan([member('a', { state: 'coming', pod: 'none' })]))).toBe(0)
    expect(made(plan([member('a', { state: 'coming', pod: 'waiting' })]))).toBe(0)
    expect(made(plan([member('a', { state: 'coming' })]))).toBe(1)
    expect(made(plan([member('a'), member('b')]))).toBe(0)
  })

  it('fills up while others are somebody’s, or end', () => {
    const others = ['claimed', 'ending'] as const
    const still = plan([...others.map((state) => member(state, { state })), member('a')])
    expect([made(still), gone(still)]).toEqual([1, []])
  })

  it('drops those of another version of the template, and one whose owner is gone, in the very version that was seen', () => {
    const { deletes, writes } = plan([member('old', { hash: 'before' }), member('lost', { state: 'orphaned' })])
    expect(deletes).toMatchObject([
      { name: 'old', uid: 'uid-old', resourceVersion: '7-old' },
      { name: 'lost', uid: 'uid-lost' },
    ])
    expect(writes).toHaveLength(1)
    expect(gone(plan([member('begins', { state: 'coming', pod: 'none', hash: undefined })]))).toEqual([])
    // theirs for as long as they like
    expect(gone(plan([member('theirs', { state: 'claimed', hash: 'before' })]))).toEqual([])
  })

  it('keeps the ready ones when there are too many', () => {
    const few = spec({ warmPool: { replicas: 1 } })
    expect(
      gone(plan([member('coming', { state: 'coming' }), member('ready'), member('younger')], { spec: few })),
    ).toEqual(['younger', 'coming'])
  })

  it('says how many wait, and why there are fewer', () => {
    expect(said(plan([member('a'), member('b')]))).toMatchObject({
      status: 'True',
      message: '2 of 2 wait for somebody.',
    })
    const told = { reason: 'InsufficientGPU', message: 'No slice.' }
    const waiting = plan([member('a'), member('b', { state: 'coming', pod: 'none', told })])
    expect(waiting.status).toEqual({ warm: 1 })
    expect(said(waiting)).toMatchObject({
      status: 'False',
      reason: 'InsufficientGPU',
      message: '1 of 2 wait for somebody. No slice.',
    })
    const none = plan([], { spec: spec({ warmPool: { replicas: 0 } }) })
    expect([none.status, none.conditions]).toEqual([{}, []])
  })

  it('is none for a template with a home, in a cluster without a pool, and of a template that is gone', () => {
    const home = plan([member('a')], { spec: spec({ storage: { home: { size: '1Gi' } } }) })
    expect([made(home), gone(home), said(home)?.reason]).toEqual([0, ['a'], 'NeedsHome'])
    expect(said(home)?.message).toContain('startAhead')
    const pool = { isThere: false, members: [member('a'), member('theirs', { state: 'claimed' })], wantedElsewhere: 0 }
    const shut = plan([], { pool })
    expect([made(shut), gone(shut), said(shut)?.reason]).toEqual([0, ['a'], 'NoPool'])
    const deleted = plan([member('a'), member('theirs', { state: 'claimed' })], { spec: undefined, hash: '' })
    expect([made(deleted), gone(deleted), deleted.conditions]).toEqual([0, ['a'], []])
  })
})

describe('one that fails', () => {
  it('goes at once, and the next ones come ever later', () => {
    const first = plan([member('bad', { state: 'failed', pod: 'none' })])
    expect([made(first), gone(first), first.nextAt]).toEqual([0, ['bad'], NOW + 30_000])
    expect(first.status.warmFailures).toEqual([ago(0)])
    const after = (...failures: readonly number[]): PoolPlan =>
      plan([], { status: { warmFailures: failures.map(ago) } })
    expect([made(after(29_000)), after(29_000).nextAt]).toEqual([0, NOW + 1000])
    expect(made(after(30_000))).toBe(1)
    expect(said(after(29_000))?.reason).toBe('PodFailed')
    expect(after(2 * MINUTE, MINUTE, 29_000).nextAt).toBe(NOW - 29_000 + 120_000)
    // never longer than a quarter of an hour, and an hour later it is forgotten
    const many = Array.from({ length: 8 }, (_, at) => (8 - at) * MINUTE)
    expect(after(...many).nextAt).toBe(NOW - MINUTE + 15 * MINUTE)
    const forgotten = after(61 * MINUTE)
    expect([made(forgotten), forgotten.status]).toEqual([1, { warm: 0 }])
  })
})

describe('a refusal', () => {
  it('is told in the server’s words and asked again ever later, and is the template’s fault in nothing else', () => {
    const full = plan([], { refusal: refusal() })
    expect([made(full), full.nextAt]).toEqual([0, NOW - 1000 + 5000])
    expect(said(full)).toMatchObject({ reason: 'QuotaExceeded', message: expect.stringContaining('exceeded quota') })
    expect(said(plan([], { refusal: refusal({ kind: 'other' }) }))?.reason).toBe('AdmissionDenied')
    expect(made(plan([], { refusal: refusal({ at: NOW - 6000 }) }))).toBe(1)
    expect(made(plan([], { refusal: refusal({ of: 'DaemonSet' }) }))).toBe(1)
  })
})

describe('a person who waits for a slice', () => {
  const gpu = spec({ gpu: { slices: 1, runtimeClassName: 'nvidia' } })
  const three = [
    member('ready'),
    member('placed', { state: 'coming' }),
    member('waiting', { state: 'coming', pod: 'waiting' }),
  ]

  it.each([
    [0, ['waiting']],
    [1, ['waiting']],
    [2, ['waiting', 'placed']],
    [9, ['waiting', 'placed', 'ready']],
  ])('gets %i slices of the pool, those first that nobody could use yet', (wantedElsewhere, names) => {
    const now = plan(three, { spec: gpu, wantedElsewhere })
    expect(gone(now).toSorted()).toEqual([...names].toSorted())
    expect(made(now)).toBe(0)
  })

  it('gets nothing from one that holds none', () => {
    expect(gone(plan([member('a', { state: 'coming', pod: 'none' })], { spec: gpu, wantedElsewhere: 1 }))).toEqual([])
    expect(gone(plan([member('a')], { wantedElsewhere: 1 }))).toEqual([])
  })
})
