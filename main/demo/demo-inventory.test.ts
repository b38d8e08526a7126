// The demo's cluster as an admin sees it: other people at work, one's own desktops among them, and what a stop does.
import { afterEach, describe, expect, it } from 'vitest'
import { inventorySnapshotSchema, type InventorySnapshot } from '../../shared/domain/gpu.ts'
import type { SessionView } from '../../shared/domain/session.ts'
import { SILENT } from '../logging/logger.ts'
import { createDemoProvider, type DemoProvider } from './demo-provider.ts'
import { createFakeTime } from './fake-time.ts'
import { createRandom } from './random.ts'

const open: DemoProvider[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((provider) => provider.dispose()))
})

function given() {
  const time = createFakeTime(Date.UTC(2026, 10, 24, 14, 0))
  const random = createRandom(1)
  const provider = createDemoProvider({ clusterId: 'demo', clock: time, timers: time, random, log: SILENT })
  open.push(provider)
  const told: { readonly at: number; readonly snapshot: InventorySnapshot }[] = []
  provider.inventorySource.watch((snapshot) => void told.push({ at: time.now(), snapshot }))
  let sessions: readonly SessionView[] = []
  provider.watch((snapshot) => (sessions = snapshot.sessions))
  return {
    time,
    provider,
    told,
    last: (): InventorySnapshot => {
      const latest = told.at(-1)
      if (!latest) throw new Error('nothing told')
      return latest.snapshot
    },
    view: (id: string) => sessions.find((session) => session.id === id),
  }
}
const held = ({ nodes }: InventorySnapshot): number =>
  nodes.flatMap(({ gpus }) => gpus.flatMap(({ slices }) => slices)).filter(({ holder }) => holder).length

describe('the demo’s cluster', () => {
  it('has four GPUs by four, each held slice with who holds it, and fits the contract', () => {
    const snapshot = given().last()
    expect(inventorySnapshotSchema.parse(snapshot)).toStrictEqual(snapshot)
    expect(snapshot).toMatchObject({ clusterId: 'demo', access: 'full', state: 'live', totals: { total: 16 } })
    expect(snapshot.nodes.map(({ name, gpus }) => [name, gpus.length])).toStrictEqual([
      ['gpu-a', 2],
      ['gpu-b', 2],
      ['cpu-a', 0],
    ])
    expect(snapshot.nodes[0]?.gpus[0]).toMatchObject({ model: 'NVIDIA L40S', memoryMiB: 49_152 })
    expect(held(snapshot)).toBe(snapshot.totals.used)
    expect(snapshot.totals.used).toBeGreaterThanOrEqual(8)
    expect(snapshot.sessions.every(({ state, canStop }) => state === 'running' && canStop)).toBe(true)
  })
  it('changes by itself, at most twice a second', async () => {
    const { time, told, last } = given()
    const before = last().sessions.map(({ pod }) => pod)
    await time.advance(120_000)
    expect(last().sessions.map(({ pod }) => pod)).not.toStrictEqual(before)
    const gaps = told.slice(2).map(({ at }, index) => at - (told[index + 1]?.at ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(500)
  })
  it('shows one’s own desktop on its GPU, and tells its owner of a stop from here', async () => {
    const { time, provider, last, view } = given()
    const id = await provider.start({ templateId: 'blender', displayName: 'My scene' })
    await time.advance(1_500)
    const own = () => last().sessions.find(({ person }) => person === 'you')
    expect(own()).toMatchObject({ title: 'My scene', template: 'blender', state: 'starting', node: 'gpu-a', slices: 1 })
    await time.advance(30_000)
    expect(own()?.state).toBe('running')
    const gpu = last().nodes[0]?.gpus.find(({ uuid }) => uuid === own()?.gpu)
    expect(gpu?.slices.some(({ holder }) => holder?.sessionId === id)).toBe(true)
    const stopped = provider.inventorySource.stop('demo', own()?.pod ?? '')
    await time.advance(600)
    expect(own()?.state).toBe('ending')
    await time.advance(2_000)
    await stopped
    expect(own()).toBeUndefined()
    expect(view(id)).toMatchObject({ phase: 'stopped', note: 'Stopped from outside.' })
  })
  it('names who waits and why; a stop of somebody’s desktop lets them in', async () => {
    const { time, provider, last, view } = given()
    const id = await provider.start({ templateId: 'cad-workstation' })
    await time.advance(1_500)
    expect(last().waiting).toMatchObject([
      { person: 'you', title: 'CAD workstation', sessionId: id, reason: expect.stringContaining('No free GPU slice.') },
    ])
    expect(last().totals.waiting).toBe(1)
    const other = last().sessions.find(({ template }) => template === 'cad-workstation')
    await provider.inventorySource.stop('demo', other?.pod ?? '')
    await time.advance(30_000)
    expect(last().waiting).toStrictEqual([])
    expect(last().sessions.some(({ pod }) => pod === other?.pod)).toBe(false)
    expect(view(id)?.phase).toBe('running')
  })
  it('tells nobody who no longer listens', async () => {
    const { time, provider, told } = given()
    await provider.inventorySource.dispose()
    await time.advance(120_000)
    expect(told).toHaveLength(1)
  })
})
