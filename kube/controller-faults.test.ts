// Queue and election together, as an operator uses them, through random faults: conflicts, lost answers, silence, a slow server, dead leaders.
// What has to hold whatever happens: one leader at a time, no key in hand twice, no change forgotten. A failure names its seed.
import { describe, expect, it } from 'vitest'
import { createLeaderElection, type LeaderElection } from './leader-election.ts'
import { createFakeLeaseServer, type FakeLeaseServer, type LeaseFault } from './testing/fake-lease-server.ts'
import { createFakeTimers, type FakeTimers } from './testing/fake-timers.ts'
import { ApiError } from './types.ts'
import { createWorkQueue, type WorkQueue } from './work-queue.ts'

const SEEDS = Array.from({ length: 25 }, (_, index) => index + 1)
const ITEMS = 60
/** The faults end first; changes go on, without a takeover that would read everything anew; then all has to be done. */
const FAULTS_MS = 5 * 60_000
const CHANGES_MS = FAULTS_MS + 2 * 60_000
const END_MS = CHANGES_MS + 60_000

/** A small generator of the same numbers for the same seed, 0 to 1 (a linear congruence). */
function randomFrom(seed: number): () => number {
  let state = seed * 2_654_435_761
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}

/** What is wanted of an object and what has been done: a controller brings the second to the first. */
interface Item {
  wanted: number
  done: number
  /** Moves with each write, which is refused where it has moved meanwhile. */
  version: number
}

interface World {
  readonly timers: FakeTimers
  readonly random: () => number
  readonly leases: FakeLeaseServer
  readonly items: ReadonlyMap<string, Item>
  isFaulty: boolean
}
/** What the faults have led to, over all seeds: with none of it they would prove nothing. */
const met = { conflicts: 0, elections: 0, losses: 0 }

interface Replica {
  readonly name: string
  readonly election: LeaderElection
  readonly queue: WorkQueue | undefined
  /** Whether a key was ever in hand twice at once. */
  readonly overlapped: boolean
  isCutOff: boolean
}

function startReplica(world: World, name: string, onEnd: () => void): Replica {
  const { timers, random } = world
  const client = world.leases.client()
  const inHand = new Set<string>()
  let queue: WorkQueue | undefined
  let overlapped = false
  // no two machines agree on the time
  const skew = (random() - 0.5) * 3_600_000
  const election = createLeaderElection({
    client,
    namespace: 'system',
    name: 'operator',
    identity: name,
    timers: { ...timers, now: () => timers.now() + skew },
    random,
    onElected: () => {
      met.elections += 1
      queue = createWorkQueue({ concurrency: 4, timers, random, work })
      for (const key of world.items.keys()) queue.add(key)
    },
    onLost: () => {
      met.losses += 1
      void queue?.close(0)
      onEnd()
    },
  })
  return {
    name,
    election,
    get queue() {
      return queue
    },
    get overlapped() {
      return overlapped
    },
    get isCutOff() {
      return client.cutOff
    },
    set isCutOff(value) {
      client.cutOff = value
    },
  }

  async function work(key: string, signal: AbortSignal): Promise<void> {
    overlapped ||= inHand.has(key)
    inHand.add(key)
    try {
      const item = world.items.get(key)
      if (item && item.done !== item.wanted) await write(item, { ...item }, signal)
    } finally {
      inHand.delete(key)
    }
  }

  /** @param seen the item as it was when the round began */
  async function write(item: Item, seen: Item, signal: AbortSignal): Promise<void> {
    const fault = client.cutOff ? 'silence' : faultOf(world)
    await new Promise<void>((resolve) => timers.after(random() * (world.isFaulty ? 3000 : 800), resolve))
    // what was sent may still arrive after the one who sent it has ended
    if (fault === 'refuse') throw new ApiError(429, 'TooManyRequests', 'slow down', random() * 4000)
    if (fault === 'silence' || (signal.aborted && random() < 0.5)) throw new Error('no answer')
    if (item.version !== seen.version) {
      met.conflicts += 1
      throw new ApiError(409, 'Conflict', 'it has changed')
    }
    Object.assign(item, { done: seen.wanted, version: item.version + 1 })
    if (fault === 'lost-answer') throw new Error('no answer')
  }
}

function faultOf(world: World): LeaseFault {
  if (!world.isFaulty) return undefined
  const dice = world.random()
  if (dice < 0.1) return 'refuse'
  if (dice < 0.2) return 'lost-answer'
  return dice < 0.25 ? 'silence' : undefined
}

describe.each(SEEDS)('with the faults of seed %i', (seed) => {
  it('one leads, no key is in hand twice, no change is forgotten', async () => {
    const random = randomFrom(seed)
    const timers = createFakeTimers()
    const leases = createFakeLeaseServer(timers)
    const keys = Array.from({ length: ITEMS }, (_, index) => `item-${index}`)
    const items = new Map<string, Item>(keys.map((key) => [key, { wanted: 1, done: 0, version: 1 }]))
    const world: World = { timers, random, leases, items, isFaulty: true }
    leases.fault = () => faultOf(world)
    leases.latencyMs = () => (world.isFaulty ? random() ** 3 * 8000 : 10)
    const all: Replica[] = []
    let alive: Replica[] = []
    const start = (): void => {
      const replica: Replica = startReplica(world, `replica-${all.length}`, () => {
        // the process ends, and its Deployment starts another
        alive = alive.filter((other) => other !== replica)
        timers.after(1000, start)
      })
      all.push(replica)
      alive.push(replica)
    }
    start()
    start()

    const leaders = (): readonly string[] => all.filter(({ election }) => election.isLeader).map(({ name }) => name)
    for (let elapsed = 0; elapsed < END_MS; elapsed += 250) {
      world.isFaulty = elapsed < FAULTS_MS
      if (!world.isFaulty) for (const replica of alive) replica.isCutOff = false
      else if (random() < 0.005) for (const replica of alive) replica.isCutOff = random() < 0.5
      // somebody else writes into the lease
      if (world.isFaulty && random() < 0.005) touch(leases)
      if (elapsed < CHANGES_MS) change(keys[Math.floor(random() * ITEMS)] ?? '')
      await timers.advance(250)
      expect(leaders().length, `leaders at ${elapsed} ms: ${leaders().join(', ')}`).toBeLessThanOrEqual(1)
    }

    expect(leaders()).toHaveLength(1)
    expect(all.some(({ overlapped }) => overlapped)).toBe(false)
    expect([...items].filter(([, { wanted, done }]) => wanted !== done)).toEqual([])
    for (const { election, queue } of all) {
      void election.stop()
      void queue?.close(0)
    }

    /** Somebody wants something else of an item; whoever leads hears of it, and who leads next reads it. */
    function change(key: string): void {
      const item = items.get(key)
      if (!item) return
      item.wanted += 1
      // some changes are of the very object that is written, some of another that it depends on
      if (random() < 0.5) item.version += 1
      for (const { queue } of all) queue?.add(key)
    }
  })
})

it('met conflicts, lost leases and takeovers', () => {
  expect(met.conflicts).toBeGreaterThan(SEEDS.length)
  expect(met.losses).toBeGreaterThan(SEEDS.length / 5)
  expect(met.elections).toBeGreaterThan(SEEDS.length)
})

function touch(leases: FakeLeaseServer): void {
  if (!leases.lease) return
  const { metadata } = leases.lease
  const resourceVersion = `${Number(metadata.resourceVersion) + 1_000_000}`
  leases.lease = { ...leases.lease, metadata: { ...metadata, resourceVersion } }
}
