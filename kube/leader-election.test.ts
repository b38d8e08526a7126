// Leader election on a clock of the test's own, against a Lease with optimistic writes.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLeaderElection, microTime, type LeaderElection, type LeaderElectionOptions } from './leader-election.ts'
import { createFakeLeaseServer, type FakeLeaseServer } from './testing/fake-lease-server.ts'
import { createFakeTimers, type FakeTimers } from './testing/fake-timers.ts'
import { LEASE, type KubeObject } from './types.ts'

let timers: FakeTimers
let server: FakeLeaseServer
let start: number
/** What the replicas were told: `<identity> elected|lost`, with the time, s. */
let told: string[]
let replicas: { election: LeaderElection; client: ReturnType<FakeLeaseServer['client']> }[]

beforeEach(() => {
  timers = createFakeTimers()
  start = timers.now()
  server = createFakeLeaseServer(timers)
  told = []
  replicas = []
})
afterEach(() => {
  for (const { client, election } of replicas) {
    client.cutOff = true
    void election.stop()
  }
})

const seconds = (): number => (timers.now() - start) / 1000
function run(identity: string, options: Partial<LeaderElectionOptions> = {}) {
  const client = server.client()
  const election = createLeaderElection({
    client,
    namespace: 'system',
    name: 'operator',
    identity,
    timers,
    random: () => 0.5,
    onElected: () => told.push(`${identity} elected ${seconds()}`),
    onLost: () => told.push(`${identity} lost ${seconds()}`),
    ...options,
  })
  const replica = { election, client }
  replicas.push(replica)
  return replica
}
const spec = (): Readonly<Record<string, unknown>> => server.lease?.['spec'] as Record<string, unknown>
/** A lease that some other program holds. */
const foreign = (holderIdentity: string, more: object = {}): KubeObject => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'operator', namespace: 'system', resourceVersion: '700' },
  spec: { holderIdentity, leaseDurationSeconds: 15, leaseTransitions: 4, ...more },
})

describe('a lease whose holder is known to have ended', () => {
  it('is taken at once; any other is waited for', async () => {
    server.lease = foreign('pod-1_old')
    run('pod-1_new', { isGone: (holder) => holder.startsWith('pod-1_') })
    await timers.advance(0)
    expect(told).toEqual(['pod-1_new elected 0'])
  })

  it('is waited for when it is of another', async () => {
    server.lease = foreign('pod-2_old')
    run('pod-1_new', { isGone: (holder) => holder.startsWith('pod-1_') })
    await timers.advance(14_000)
    expect(told).toEqual([])
    await timers.advance(2000)
    expect(told).toHaveLength(1)
  })
})

describe('the first', () => {
  it('makes the lease and leads at once', async () => {
    const { election } = run('a')
    await timers.advance(0)
    expect(told).toEqual(['a elected 0'])
    expect(election.isLeader).toBe(true)
    expect(server.lease).toMatchObject({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'operator', namespace: 'system' },
      spec: { holderIdentity: 'a', leaseDurationSeconds: 15, leaseTransitions: 0, acquireTime: microTime(start) },
    })
  })

  it('renews every 2 s, one write each, and stays', async () => {
    const { election } = run('a')
    await timers.advance(60_000)
    expect(server.writes).toHaveLength(31)
    expect(spec()).toMatchObject({ acquireTime: microTime(start), renewTime: microTime(start + 60_000) })
    expect(spec()['leaseTransitions']).toBe(0)
    expect([told.length, election.isLeader, election.holder]).toEqual([1, true, 'a'])
  })

  it('writes its times with six digits', () => {
    expect(microTime(Date.UTC(2026, 0, 2, 3, 4, 5, 6))).toBe('2026-01-02T03:04:05.006000Z')
  })
})

describe('the others', () => {
  it('wait while the leader renews, and know who it is', async () => {
    run('a')
    await timers.advance(10)
    const { election } = run('b')
    await timers.advance(120_000)
    expect(told).toEqual(['a elected 0'])
    expect([election.isLeader, election.holder]).toEqual([false, 'a'])
  })

  it('take over within 20 s when the leader dies, one of them', async () => {
    const { client } = run('a')
    await timers.advance(10)
    run('b')
    run('c', { random: () => 0 })
    await timers.advance(30_000)
    client.cutOff = true
    const died = seconds()
    await timers.advance(20_000)
    const elected = told.filter((line) => line.includes('elected')).slice(1)
    expect(elected).toHaveLength(1)
    expect(Number(elected[0]?.split(' ')[2]) - died).toBeGreaterThan(13)
    expect(spec()).toMatchObject({ leaseTransitions: 1, renewTime: expect.any(String) })
    await timers.advance(60_000)
    expect(told.filter((line) => line.includes('elected'))).toHaveLength(2)
  })

  it('take over no sooner because their clock or the lease says another time', async () => {
    server.lease = foreign('x', { renewTime: '2001-01-01T00:00:00.000000Z' })
    run('b')
    await timers.advance(14_900)
    expect(told).toEqual([])
    await timers.advance(200)
    expect(told).toEqual(['b elected 15'])
    expect(spec()['leaseTransitions']).toBe(5)
  })

  it('go by the duration that the holder has written', async () => {
    server.lease = foreign('x', { leaseDurationSeconds: 40 })
    run('b')
    await timers.advance(39_000)
    expect(told).toEqual([])
    await timers.advance(1500)
    expect(told).toEqual(['b elected 40'])
  })

  it('keep what others have written into the lease', async () => {
    server.lease = { ...foreign('', { strategy: 'OldestEmulationVersion' }), status: { note: 1 } }
    run('b')
    await timers.advance(0)
    expect(server.lease).toMatchObject({
      spec: { holderIdentity: 'b', strategy: 'OldestEmulationVersion' },
      status: { note: 1 },
    })
  })

  it('take over at the next try after the leader has stopped', async () => {
    const { election } = run('a')
    await timers.advance(10)
    run('b')
    await timers.advance(5000)
    await election.stop()
    expect(spec()).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 })
    expect(election.isLeader).toBe(false)
    await timers.advance(2300)
    expect(told.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual(['a elected', 'b elected'])
  })
})

describe('a leader', () => {
  it('gives up before anybody else may lead, when it reaches the server no more', async () => {
    const { client, election } = run('a')
    await timers.advance(10)
    const other = run('b')
    await timers.advance(30_000)
    client.cutOff = true
    for (let waited = 0; waited < 40_000; waited += 100) {
      await timers.advance(100)
      expect(election.isLeader && other.election.isLeader).toBe(false)
    }
    expect(told.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual(['a elected', 'a lost', 'b elected'])
  })

  it('survives a server that answers nothing for 8 s', async () => {
    const { client } = run('a')
    await timers.advance(4010)
    client.cutOff = true
    await timers.advance(8000)
    client.cutOff = false
    await timers.advance(60_000)
    expect(told).toEqual(['a elected 0'])
  })

  it('survives refusals, and tells of them', async () => {
    const errors: unknown[] = []
    run('a', { onError: (error) => errors.push(error) })
    await timers.advance(1)
    const script = ['refuse', 'refuse', 'refuse'] as const
    let asked = 0
    server.fault = () => script[asked++]
    await timers.advance(30_000)
    expect(told).toEqual(['a elected 0'])
    expect(errors).toHaveLength(3)
  })

  it('survives the loss of an answer: the lease it then finds changed is its own', async () => {
    run('a')
    await timers.advance(1)
    const script = ['lost-answer'] as const
    let asked = 0
    server.fault = () => script[asked++]
    await timers.advance(60_000)
    expect(told).toEqual(['a elected 0'])
    expect(spec()).toMatchObject({ holderIdentity: 'a', leaseTransitions: 0, acquireTime: microTime(start) })
  })

  it('survives somebody else’s annotation', async () => {
    run('a')
    await timers.advance(1)
    if (!server.lease) throw new Error('no lease')
    const { metadata } = server.lease
    server.lease = { ...server.lease, metadata: { ...metadata, annotations: { note: 'x' }, resourceVersion: '800' } }
    await timers.advance(60_000)
    expect(told).toEqual(['a elected 0'])
    expect(server.lease?.metadata.annotations).toEqual({ note: 'x' })
  })

  it('survives the deletion of the lease', async () => {
    run('a')
    await timers.advance(1)
    server.lease = undefined
    await timers.advance(60_000)
    expect(told).toEqual(['a elected 0'])
    expect(spec()['holderIdentity']).toBe('a')
  })

  it('has lost as soon as it sees another in its place, and runs no more', async () => {
    const { election } = run('a')
    await timers.advance(3000)
    server.lease = foreign('x')
    await timers.advance(2000)
    expect(told).toEqual(['a elected 0', 'a lost 4'])
    expect([election.isLeader, election.holder]).toEqual([false, 'x'])
    await timers.advance(60_000)
    expect(told).toHaveLength(2)
    expect(spec()['holderIdentity']).toBe('x')
  })

  it('is none by its clock even before a late timer says so', async () => {
    let skipped = 0
    const { election } = run('a', { timers: { ...timers, now: () => timers.now() + skipped } })
    await timers.advance(1)
    expect(election.isLeader).toBe(true)
    skipped = 11_000
    expect(election.isLeader).toBe(false)
  })

  it('is none again by an answer that comes after it has lost', async () => {
    const { client, election } = run('a')
    await timers.advance(1)
    client.cutOff = true
    await timers.advance(8000)
    client.cutOff = false
    // the next try begins at 9 s and is carried out at 11.25 s
    server.latencyMs = () => 4500
    await timers.advance(10_000)
    expect(spec()['renewTime']).toBe(microTime(start + 9000))
    expect(told).toEqual(['a elected 0', 'a lost 10'])
    expect(election.isLeader).toBe(false)
    const before = server.writes.length
    await timers.advance(60_000)
    expect(server.writes).toHaveLength(before)
  })
})

describe('stopping', () => {
  it('gives back a lease that was won in the same moment, without having led', async () => {
    server.latencyMs = () => 1000
    const { election } = run('a')
    // read, not found, being made
    await timers.advance(1200)
    const stopped = election.stop()
    await timers.advance(5000)
    await stopped
    expect(told).toEqual([])
    expect(spec()['holderIdentity']).toBe('')
  })

  it('leaves the lease alone when another holds it', async () => {
    run('a')
    await timers.advance(10)
    const { election } = run('b')
    await timers.advance(100)
    const before = server.writes.length
    await election.stop()
    expect(server.writes).toHaveLength(before)
  })

  it('does not last for ever, and leaves no timers', async () => {
    const { election, client } = run('a')
    await timers.advance(10)
    client.cutOff = true
    const stopped = election.stop()
    await timers.advance(5000)
    await stopped
    expect(timers.count).toBe(0)
    expect(told).toEqual(['a elected 0'])
  })
})

it('asks for the Lease by its place', async () => {
  const asked: unknown[] = []
  const client = server.client()
  run('a', {
    client: {
      ...client,
      get: (resource, name, namespace, signal) => {
        asked.push([resource, name, namespace])
        return client.get(resource, name, namespace, signal)
      },
    },
  })
  await timers.advance(0)
  expect(asked).toEqual([[LEASE, 'operator', 'system']])
})
