// Events for people: one object for the same thing within ten minutes, counted in its series.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFakeApiServer, type FakeApiServer } from '../e2e/fakes/api-server.ts'
import { EVENT, NEW_EVENT, type KubeClient, type KubeObject } from '../kube/types.ts'
import { createEventRecorder, type EventRecorder } from './events.ts'
import { SILENT } from './log.ts'
import type { PlannedEvent } from './plan.ts'
import { clientOf } from './testing/fake-client.ts'

let api: FakeApiServer
let client: KubeClient
let now: number
let recorder: EventRecorder

beforeEach(async () => {
  api = await createFakeApiServer()
  client = await clientOf(api)
  now = Date.UTC(2026, 10, 24, 12)
  let drawn = 0
  recorder = createEventRecorder({
    client,
    now: () => now,
    identity: 'operator-0',
    randomBytes: (count) => new Uint8Array(count).fill((drawn += 1)),
    log: SILENT,
  })
})
afterEach(async () => {
  await client.close()
  await api.close()
})

const ABOUT: KubeObject = {
  apiVersion: 'vdi.kasm-operator.io/v1alpha1',
  kind: 'VDISession',
  metadata: { name: 'one', namespace: 'team', uid: 'u1' },
}
const WAITS: PlannedEvent = { type: 'Warning', reason: 'InsufficientGPU', action: 'Wait', note: 'No slice is free.' }
async function stored(): Promise<readonly KubeObject[]> {
  return (await client.list(NEW_EVENT)).items
}

describe('an Event', () => {
  it('says who, about whom, what and why, as the API server asks for it', async () => {
    recorder.record(ABOUT, WAITS)
    await recorder.drained()
    expect(await stored()).toEqual([
      expect.objectContaining({
        eventTime: '2026-11-24T12:00:00.000000Z',
        reportingController: 'vdi.kasm-operator.io/operator',
        reportingInstance: 'operator-0',
        type: 'Warning',
        reason: 'InsufficientGPU',
        action: 'Wait',
        note: 'No slice is free.',
        regarding: { apiVersion: ABOUT.apiVersion, kind: 'VDISession', name: 'one', namespace: 'team', uid: 'u1' },
      }),
    ])
  })
  it('that comes again within ten minutes is counted', async () => {
    for (let count = 0; count < 3; count += 1) recorder.record(ABOUT, WAITS)
    await recorder.drained()
    now += 60_000
    recorder.record(ABOUT, WAITS)
    await recorder.drained()
    expect(await stored()).toEqual([
      expect.objectContaining({ series: { count: 4, lastObservedTime: '2026-11-24T12:01:00.000000Z' } }),
    ])
  })
  it('is another one later, or about something else', async () => {
    recorder.record(ABOUT, WAITS)
    recorder.record(ABOUT, { ...WAITS, note: 'Still none.' })
    recorder.record({ ...ABOUT, metadata: { ...ABOUT.metadata, uid: 'u2' } }, WAITS)
    await recorder.drained()
    expect(await stored()).toHaveLength(3)
    now += 600_000
    recorder.record(ABOUT, WAITS)
    await recorder.drained()
    expect(await stored()).toHaveLength(4)
  })
  it('is written anew when the one that was counted has gone', async () => {
    recorder.record(ABOUT, WAITS)
    await recorder.drained()
    for (const { metadata } of await stored()) api.store.remove(EVENT, metadata.name, metadata.namespace)
    recorder.record(ABOUT, WAITS)
    await recorder.drained()
    expect(await stored()).toHaveLength(1)
  })
  it('of what stands in no namespace stands in `default`, and a long note is cut', async () => {
    recorder.record({ ...ABOUT, metadata: { name: 'ann' } }, { ...WAITS, note: 'x'.repeat(2000) })
    await recorder.drained()
    const [event] = await stored()
    expect(event?.metadata.namespace).toBe('default')
    expect(String(event?.['note']).length).toBeLessThanOrEqual(1000)
  })
  it('of many is written one at a time, and all are', async () => {
    let [writing, most] = [0, 0]
    const slow = createEventRecorder({
      client: {
        create: async (...args: Parameters<KubeClient['create']>) => {
          writing += 1
          most = Math.max(most, writing)
          return await client.create(...args).finally(() => (writing -= 1))
        },
      } as KubeClient,
      now: () => now,
      identity: 'operator-0',
      randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
      log: SILENT,
    })
    for (let index = 0; index < 20; index += 1) slow.record(ABOUT, { ...WAITS, note: `Reason ${index}.` })
    await slow.drained()
    expect(most).toBe(1)
    expect(await stored()).toHaveLength(20)
  })
  it('that cannot be written is forgotten', async () => {
    api.faults.add({ type: 'status', status: 403 }, { kind: 'create', times: 1 })
    recorder.record(ABOUT, WAITS)
    await expect(recorder.drained()).resolves.toBeUndefined()
    expect(await stored()).toEqual([])
  })
})
