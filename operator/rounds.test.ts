// Rounds: refusals are kept for the next plan, forgotten when what they depended on changes, and never asked about in a hot loop.
import { beforeEach, describe, expect, it } from 'vitest'
import { createFakeTimers, type FakeTimers } from '../kube/testing/fake-timers.ts'
import { ApiError, POD, type KubeClient } from '../kube/types.ts'
import { SILENT } from './log.ts'
import { NO_PLAN, type Plan, type Refusal } from './plan.ts'
import { createRounds, type Rounds } from './rounds.ts'

let timers: FakeTimers
let answer: () => Promise<never>
let ready: boolean
let basis: string
let planned: Plan
let seen: (Refusal | undefined)[]
let rounds: Rounds

const POD_PLAN: Plan = {
  ...NO_PLAN,
  writes: [{ verb: 'create', resource: POD, object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } } }],
  nextAt: 5_000_000,
}
const QUOTA = new ApiError(403, 'Forbidden', 'exceeded quota: limits')

beforeEach(() => {
  timers = createFakeTimers()
  answer = () => Promise.reject(QUOTA)
  ready = true
  basis = 'one'
  planned = POD_PLAN
  seen = []
  const controller = {
    plan: (_key: unknown, refusal: Refusal | undefined) => {
      seen.push(refusal)
      return { object: undefined, plan: planned, basis }
    },
  }
  rounds = createRounds({
    controllers: { session: controller, user: controller, template: controller },
    client: { create: () => answer() } as unknown as KubeClient,
    stores: {
      get ready() {
        return ready
      },
      of: () => undefined,
    },
    events: { record: () => undefined, drained: () => Promise.resolve() },
    now: () => timers.now(),
    timers,
    log: SILENT,
  })
})
function work(): Promise<{ readonly nextAt?: number | undefined }> {
  return rounds.work('user/ann', new AbortController().signal)
}

describe('a round', () => {
  it('plans nothing before every kind was listed', async () => {
    ready = false
    await expect(work()).rejects.toThrow('not every kind')
    expect(seen).toEqual([])
  })
  it('that got through asks for the plan’s own time', async () => {
    answer = () => Promise.resolve({ metadata: {} } as never)
    expect(await work()).toEqual({ nextAt: 5_000_000 })
    expect(rounds.refused).toBe(0)
  })
  it('that made a desktop’s pod is followed by another one although no event comes', async () => {
    answer = () => Promise.resolve({ metadata: {} } as never)
    const next = await rounds.work('session/team/one', new AbortController().signal)
    expect(next).toEqual({ nextAt: timers.now() + 1000 })
  })
  it('that was refused is followed at once by one that knows it', async () => {
    expect(await work()).toEqual({ nextAt: timers.now() })
    await work()
    expect(seen).toEqual([undefined, expect.objectContaining({ kind: 'quota', of: 'Pod', count: 1, basis: 'one' })])
    expect(rounds.refused).toBe(1)
  })
  it('that goes on being refused waits longer each time, up to a minute', async () => {
    planned = { ...POD_PLAN, nextAt: undefined }
    const waits: number[] = []
    for (let count = 0; count < 9; count += 1) waits.push(((await work()).nextAt ?? 0) - timers.now())
    expect(waits).toEqual([0, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000])
  })
  it('leaves the planner its later deadline', async () => {
    await work()
    expect(await work()).toEqual({ nextAt: 5_000_000 })
  })
  it('forgets the refusal when it gets through, and when what it depended on has changed', async () => {
    await work()
    basis = 'two'
    await work()
    expect(seen.at(-1)).toBeUndefined()
    answer = () => Promise.resolve({ metadata: {} } as never)
    await work()
    expect(rounds.refused).toBe(0)
  })
  it('keeps the refusal while the plan only says it', async () => {
    await work()
    planned = NO_PLAN
    await work()
    await work()
    expect(seen.at(-1)).toMatchObject({ count: 1 })
  })
  it('that may pass by itself fails, and the queue makes it again', async () => {
    answer = () => Promise.reject(new ApiError(503, 'ServiceUnavailable', 'no'))
    await expect(work()).rejects.toMatchObject({ status: 503 })
    expect(rounds.refused).toBe(0)
  })
})
