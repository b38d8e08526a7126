// Reflectors against a fake API server that breaks in every way, on a clock that waits for the server's answers and for nothing else.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createFakeApiServer, type FakeApiServer } from '../e2e/fakes/api-server.ts'
import { createKubeClient } from './client.ts'
import { loadSource } from './kubeconfig/sources.ts'
import { vetContext } from './kubeconfig/vet.ts'
import { createReflector, type ReflectorOptions } from './reflector.ts'
import { createRetryBudget } from './retry-budget.ts'
import { createPacedClock, type PacedClock } from './testing/paced-clock.ts'
import { CLAIM, CONFIG_MAP, EVENT, POD, QUOTA, SECRET, SERVICE, type KubeClient, type Reflector } from './types.ts'

const KINDS = [POD, SECRET, CONFIG_MAP, CLAIM, SERVICE, EVENT, QUOTA]

let api: FakeApiServer
let client: KubeClient
let timers: PacedClock
const reflectors: Reflector[] = []

beforeEach(async () => {
  timers = createPacedClock()
  api = await createFakeApiServer({ now: () => timers.now() })
  client = await clientOf(api)
})
afterEach(async () => {
  for (const reflector of reflectors.splice(0)) reflector.stop()
  timers.stop()
  await client.close()
  await api.close()
})

async function clientOf(server: FakeApiServer): Promise<KubeClient> {
  const { contexts } = await loadSource({ type: 'text', key: 'k', name: 'pasted', text: server.kubeconfig() })
  const found = contexts[0]
  if (!found) throw new Error('no context')
  const context = await vetContext(found, {}, Date.now())
  return timers.pacing(createKubeClient({ context, env: {}, isTrusted: () => false, now: () => Date.now() }))
}
function reflect(options: Partial<ReflectorOptions> = {}, resource = POD): Reflector {
  const reflector = createReflector(client, resource, { namespace: 'team', timers, ...options })
  reflectors.push(reflector)
  return reflector
}
/** @returns when it is live, by the test's clock */
async function live(reflector: Reflector): Promise<number> {
  await eventually(() => expect(reflector.state).toBe('live'))
  return timers.now()
}
async function watching(options: Partial<ReflectorOptions> = {}): Promise<Reflector> {
  const reflector = reflect(options)
  await reflector.synced
  await vi.waitFor(() => expect(api.watches.count).toBe(1))
  api.requests.length = 0
  return reflector
}
const put = (name: string, labels: Record<string, string> = {}) =>
  api.store.put(POD, { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'team', labels } })
const names = (reflector: Reflector) => reflector.items.map(({ metadata }) => metadata.name).sort()
const kinds = () => api.requests.map(({ kind }) => kind)
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 30_000, interval: 5 })

it('lists, then follows what comes, changes and goes', async () => {
  put('a')
  const reflector = await watching()
  expect(reflector.state).toBe('live')
  expect(names(reflector)).toEqual(['a'])
  put('b', { x: '1' })
  await eventually(() => expect(names(reflector)).toEqual(['a', 'b']))
  put('b', { x: '2' })
  await eventually(() => expect(reflector.items.at(-1)?.metadata.labels).toEqual({ x: '2' }))
  api.store.remove(POD, 'a', 'team')
  await eventually(() => expect(names(reflector)).toEqual(['b']))
  expect(kinds()).toEqual([])
})

it('asks for bookmarks and a spread time limit', async () => {
  await watching({ random: () => 0.5 })
  api.watches.end()
  await eventually(() => expect(kinds()).toEqual(['watch']))
  const query = new URLSearchParams(api.requests[0]?.query)
  expect(Object.fromEntries(query)).toMatchObject({ allowWatchBookmarks: 'true', timeoutSeconds: '270' })
})

it('keeps its selectors', async () => {
  put('mine', { owner: 'me' })
  put('other')
  const reflector = await watching({ labelSelector: 'owner=me' })
  put('new', { owner: 'me' })
  put('another')
  await eventually(() => expect(names(reflector)).toEqual(['mine', 'new']))
})

describe('a watch that breaks', () => {
  it('by a reset in the middle of a line goes on where it was', async () => {
    const reflector = await watching()
    api.watches.reset()
    await eventually(() => expect(kinds()).toEqual(['watch']))
    put('b')
    await eventually(() => expect(names(reflector)).toEqual(['b']))
    expect(kinds()).toEqual(['watch'])
    expect(reflector.state).toBe('live')
  })

  it.each([
    ['half a line', '{"type":"ADDED","obj'],
    ['a line that is not JSON', 'oops\n'],
    ['a line that is no event', '{"type":"ADDED"}\n'],
  ])('by %s lists again', async (_, text) => {
    const reflector = await watching()
    api.watches.inject(text)
    api.watches.end()
    await eventually(() => expect(kinds()).toEqual(['list', 'watch']))
    await eventually(() => expect(reflector.state).toBe('live'))
  })

  it('by 410 lists again and forgets what is gone', async () => {
    put('a')
    const reflector = await watching()
    api.watches.mute(true)
    api.store.remove(POD, 'a', 'team')
    put('b')
    api.store.compact()
    api.watches.mute(false)
    api.watches.expire()
    await eventually(() => expect(names(reflector)).toEqual(['b']))
    await eventually(() => expect(kinds()).toEqual(['list', 'watch']))
  })

  it('by silence is begun anew after 90 s, and not before', async () => {
    await watching()
    api.watches.mute(true)
    const from = timers.now()
    await eventually(() => expect(kinds()).toEqual(['watch']))
    expect(timers.now() - from).toBeGreaterThan(85_000)
  })

  it('by ending at once every time makes no storm', async () => {
    await watching()
    const from = timers.now()
    const breaking = setInterval(() => api.watches.end(), 2)
    await eventually(() => expect(timers.now() - from).toBeGreaterThan(60_000))
    clearInterval(breaking)
    expect(api.requests.length).toBeLessThanOrEqual(14)
  })
})

describe('a fault', () => {
  it.each([
    ['500', { type: 'status', status: 500 }],
    ['503', { type: 'status', status: 503 }],
    ['429', { type: 'status', status: 429 }],
    ['resets', { type: 'reset' }],
    ['a web page', { type: 'html', status: 502 }],
  ] as const)('of %s keeps what is known, says stale, and ends by itself', async (_, fault) => {
    put('a')
    const reflector = await watching()
    const clear = api.faults.add(fault)
    api.watches.reset()
    await eventually(() => expect(reflector.state).toBe('stale'))
    expect(names(reflector)).toEqual(['a'])
    expect(reflector.error).toBeDefined()
    await eventually(() => expect(api.requests.length).toBeGreaterThan(2))
    clear()
    put('b')
    await eventually(() => expect(names(reflector)).toEqual(['a', 'b']))
    expect(reflector.state).toBe('live')
    expect(reflector.error).toBeUndefined()
  })

  it('waits as long as Retry-After says', async () => {
    const reflector = await watching()
    api.faults.add({ type: 'status', status: 429, retryAfterSeconds: 8 }, { times: 1 })
    api.watches.reset()
    await eventually(() => expect(kinds()).toEqual(['watch', 'watch']))
    const [first, second] = api.requests
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(7500)
    await eventually(() => expect(reflector.state).toBe('live'))
  })

  it('of the sign-in says so, and ends when the token is good again', async () => {
    const reflector = await watching()
    api.tokens.clear()
    api.watches.reset()
    await eventually(() => expect(reflector.state).toBe('signed-out'))
    api.tokens.set('user-token', 'jane')
    await eventually(() => expect(reflector.state).toBe('live'))
  })

  it.each([
    ['sign-in', 401, 'signed-out'],
    ['right', 403, 'forbidden'],
  ] as const)('of a lost %s is told at the first refusal when the server was never away', async (_, status, state) => {
    const reflector = await watching()
    api.faults.add({ type: 'status', status })
    // a stream that breaks is no outage
    api.watches.reset()
    await eventually(() => expect(reflector.state).toBe(state))
    expect(api.requests).toHaveLength(1)
  })

  it('of rights says so, and ends when they are given', async () => {
    api.allows = () => false
    const reflector = reflect()
    await eventually(() => expect(reflector.state).toBe('forbidden'))
    api.allows = () => true
    await reflector.synced
    expect(reflector.state).toBe('live')
  })

  it('of the whole server ends as soon as it is told that the network came back', async () => {
    const reflector = await watching()
    await api.goDark()
    await eventually(() => expect(reflector.state).toBe('stale'))
    await api.comeBack()
    reflector.retryNow()
    await eventually(() => expect(reflector.state).toBe('live'))
  })
})

describe('all reflectors of a cluster together', () => {
  const start = async (): Promise<Reflector[]> => {
    const budget = createRetryBudget(timers)
    const all = KINDS.map((kind) => reflect({ budget }, kind))
    await Promise.all(all.map(({ synced }) => synced))
    await eventually(() => expect(api.watches.count).toBe(KINDS.length))
    api.requests.length = 0
    return all
  }

  it.each([
    ['500', { type: 'status', status: 500 }],
    ['resets', { type: 'reset' }],
    ['401', { type: 'status', status: 401 }],
    ['403', { type: 'status', status: 403 }],
  ] as const)('make at most 10 requests in the first 10 s of %s and 4 a minute after', async (_, fault) => {
    const all = await start()
    const clear = api.faults.add(fault)
    const from = timers.now()
    api.watches.reset()
    await eventually(() => expect(timers.now() - from).toBeGreaterThan(71_000))
    // counted from the first: that the watches are broken takes a moment to arrive
    const at = api.requests.map((request) => request.at - (api.requests[0]?.at ?? from))
    expect(at.filter((ms) => ms < 10_000).length).toBeLessThanOrEqual(10)
    expect(at.filter((ms) => ms >= 10_000 && ms < 70_000).length).toBeLessThanOrEqual(4)
    clear()
    for (const reflector of all) reflector.retryNow()
    await eventually(() => expect(all.map(({ state }) => state)).toEqual(KINDS.map(() => 'live')))
  })

  it('come back from 410 with at most 10 requests in the first 10 s', async () => {
    const all = await start()
    api.store.compact()
    const from = timers.now()
    api.watches.expire()
    await eventually(() => expect(kinds().filter((kind) => kind === 'watch')).toHaveLength(KINDS.length))
    await eventually(() => expect(api.watches.count).toBe(KINDS.length))
    const at = api.requests.map((request) => request.at - from)
    expect(at.filter((ms) => ms < 10_000).length).toBeLessThanOrEqual(10)
    expect(all.every(({ state }) => state === 'live')).toBe(true)
  })

  it.each([3000, 24_000, 300_000])('are live soon after the return of a server that was away for %i ms', async (ms) => {
    const budget = createRetryBudget(timers, Math.random, { knock: client.knock })
    const all = KINDS.map((kind) => reflect({ budget }, kind))
    await Promise.all(all.map(({ synced }) => synced))
    await eventually(() => expect(api.watches.count).toBe(KINDS.length))
    await api.goDark()
    const from = timers.now()
    await eventually(() => expect(timers.now() - from).toBeGreaterThan(ms))
    // a new process knows no versions of before, and for a moment neither accounts, nor rights, nor kinds, nor all of its storage
    api.store.compact()
    api.faults.add({ type: 'status', status: 401 }, { times: 1 })
    api.faults.add({ type: 'status', status: 403 }, { times: 1 })
    api.faults.add({ type: 'status', status: 404 }, { times: 1 })
    api.faults.add({ type: 'status', status: 429, retryAfterSeconds: 1 }, { times: 1 })
    await api.comeBack()
    const backAt = timers.now()
    const liveAt = await Promise.all(all.map((one) => live(one)))
    // of the first 10 s of a fault 10 requests are all
    expect(Math.max(...liveAt) - backAt).toBeLessThan(ms < 10_000 ? 10_000 : 5000)
  })

  it.each([
    ['the sign-in', 401, 'signed-out'],
    ['the right', 403, 'forbidden'],
  ] as const)('doubt that %s is lost only for a moment after an outage, without a storm', async (_, status, state) => {
    const budget = createRetryBudget(timers, Math.random, { knock: client.knock })
    const all = KINDS.map((kind) => reflect({ budget }, kind))
    await Promise.all(all.map(({ synced }) => synced))
    await eventually(() => expect(api.watches.count).toBe(KINDS.length))
    await api.goDark()
    const from = timers.now()
    await eventually(() => expect(timers.now() - from).toBeGreaterThan(60_000))
    api.requests.length = 0
    // counted at the very moment: the clock may have run on when the test is next called
    const lost = new Promise<{ readonly at: number; readonly requests: number }>((resolve) => {
      for (const each of all)
        each.onChange(() => {
          if (each.state === state) resolve({ at: timers.now(), requests: api.requests.length })
        })
    })
    api.faults.add({ type: 'status', status })
    await api.comeBack()
    await eventually(() => expect(api.requests.length).toBeGreaterThan(0))
    const backAt = api.requests[0]?.at ?? 0
    expect(all.map((each) => each.state)).toEqual(KINDS.map(() => 'stale'))
    const { at: lostAt, requests } = await lost
    expect(lostAt - backAt).toBeLessThan(12_000)
    expect(requests).toBeLessThanOrEqual(10)
    // from here on it is a fault of its own, in which each kind is refused once
    await eventually(() => expect(timers.now() - lostAt).toBeGreaterThan(71_000))
    const at = api.requests.map((request) => request.at - lostAt)
    expect(at.filter((ms) => ms >= -1000 && ms < 10_000).length).toBeLessThanOrEqual(10)
    expect(at.filter((ms) => ms >= 10_000 && ms < 70_000).length).toBeLessThanOrEqual(4)
  })

  it('are not held up by one request that a server just back never answers', async () => {
    const budget = createRetryBudget(timers, Math.random, { knock: client.knock })
    const all = KINDS.map((kind) => reflect({ budget }, kind))
    await Promise.all(all.map(({ synced }) => synced))
    await api.goDark()
    await eventually(() => expect(all.some(({ state }) => state === 'stale')).toBe(true))
    api.faults.add({ type: 'silence' }, { times: 1 })
    await api.comeBack()
    const backAt = timers.now()
    const liveAt = await Promise.all(all.map((one) => live(one)))
    expect(Math.max(...liveAt) - backAt).toBeLessThan(15_000)
  })

  it('start when the server is not there yet, without a storm', async () => {
    await api.goDark()
    const budget = createRetryBudget(timers)
    const all = KINDS.map((kind) => reflect({ budget }, kind))
    await eventually(() => expect(all.some(({ error }) => error !== undefined)).toBe(true))
    await api.comeBack()
    await Promise.all(all.map(({ synced }) => synced))
    expect(api.requests.length).toBeLessThanOrEqual(2 * KINDS.length)
  })
})

it('leaves neither timers nor connections when it stops', async () => {
  const reflector = await watching()
  let told = 0
  reflector.onChange(() => {
    told += 1
  })
  reflector.stop()
  await eventually(() => expect(api.watches.count).toBe(0))
  await eventually(() => expect(timers.count).toBe(0))
  await client.close()
  await eventually(() => expect(api.connections).toBe(0))
  put('b')
  expect(told).toBe(0)
})

it('rejects `synced` when it is stopped before its first list', async () => {
  api.faults.add({ type: 'silence' })
  const reflector = reflect()
  reflector.stop()
  await expect(reflector.synced).rejects.toMatchObject({ code: 'cancelled' })
})
