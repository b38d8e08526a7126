// The demo's cluster and its desktops, on a clock that the test turns.
import { afterEach, describe, expect, it } from 'vitest'
import type { SessionView } from '../../shared/domain/session.ts'
import { SILENT } from '../logging/logger.ts'
import type { ProviderSnapshot } from '../sessions/provider.ts'
import { createDemoProvider, type DemoProvider } from './demo-provider.ts'
import { createFakeTime, type FakeTime } from './fake-time.ts'
import { createRandom } from './random.ts'

const open: DemoProvider[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((provider) => provider.dispose()))
})

interface Given {
  readonly time: FakeTime
  readonly provider: DemoProvider
  readonly seen: () => ProviderSnapshot
  readonly session: (id: string) => SessionView | undefined
}
function given(options: { readonly seed?: number; readonly speed?: number } = {}): Given {
  const time = createFakeTime(Date.UTC(2026, 10, 24, 14, 0))
  const { seed = 1, ...rest } = options
  const provider = createDemoProvider({
    clusterId: 'demo',
    clock: time,
    timers: time,
    random: createRandom(seed),
    log: SILENT,
    ...rest,
  })
  open.push(provider)
  let last: ProviderSnapshot | undefined
  provider.watch((snapshot) => (last = snapshot))
  const seen = (): ProviderSnapshot => {
    if (last === undefined) throw new Error('no snapshot')
    return last
  }
  return { time, provider, seen, session: (id) => seen().sessions.find((view) => view.id === id) }
}
const states = (view: SessionView | undefined): string =>
  (view?.stages ?? []).map(({ name, state }) => `${name} ${state}`).join(', ')

describe('a start', () => {
  it('goes through every stage that it needs, each with its times', async () => {
    const { time, provider, session } = given()
    const id = await provider.start({ templateId: 'blender' })
    await time.advance(100)
    expect(states(session(id))).toMatch(/^asked active, placed todo/)
    await time.advance(4_000)
    expect(session(id)?.stages[3]).toMatchObject({
      name: 'image',
      state: 'active',
      note: 'The image is being fetched for the first time on gpu-a.',
    })
    await time.advance(20_000)
    expect(states(session(id))).toBe('asked done, placed done, home done, image done, started done, connected active')
    expect(session(id)).toMatchObject({ phase: 'running', openable: true, node: 'gpu-a', slices: 1 })
    provider.firstFrame(id)
    await time.advance(1)
    expect(states(session(id))).toMatch(/connected done$/)
    const stages = session(id)?.stages ?? []
    for (const { startedAt, endedAt } of stages) expect(endedAt).toBeGreaterThanOrEqual(startedAt ?? Infinity)
  })
  it('skips the home that is kept and the image that is there', async () => {
    const { time, provider, seen, session } = given()
    const kept = seen().sessions[0]
    expect(kept).toMatchObject({ phase: 'stopped', hasHome: true, displayName: 'My Ubuntu' })
    const id = kept?.id ?? ''
    await provider.resume(id)
    await time.advance(10_000)
    expect(states(session(id))).toBe(
      'asked done, placed done, home skipped, image skipped, started done, connected active',
    )
  })
  it('fails with the broken image and leaves nothing held', async () => {
    const { time, provider, session } = given()
    const before = provider.inventory().sessions.length
    const id = await provider.start({ templateId: 'broken-image' })
    await time.advance(10_000)
    expect(session(id)).toMatchObject({ phase: 'failed', error: { code: 'start-image' }, openable: false })
    expect(session(id)?.stages[3]).toMatchObject({ state: 'failed' })
    expect(provider.inventory().sessions.length).toBe(before)
    await provider.cancel(id)
    await time.advance(1)
    expect(session(id)).toBeUndefined()
  })
  it('waits for a slice and goes on by itself when somebody ends', async () => {
    const { time, provider, seen, session } = given()
    expect(seen().blocked.get('cad-workstation')).toEqual({ sentence: 'All 8 slices are in use.', canWait: true })
    const id = await provider.start({ templateId: 'cad-workstation' })
    await time.advance(5_000)
    expect(session(id)?.stages[1]).toMatchObject({ state: 'waiting', error: { code: 'start-no-slice' } })
    expect(session(id)?.canStartWithoutGpu).toBe(true)
    expect(seen().blocked.get('cad-workstation')?.sentence).toBe('All 8 slices are in use; 1 waits.')
    await time.advance(60_000)
    expect(session(id)).toMatchObject({ phase: 'running', node: 'gpu-b', canStartWithoutGpu: false })
  })
  it('is started without GPU instead of waiting', async () => {
    const { time, provider, session } = given()
    const id = await provider.start({ templateId: 'cad-workstation' })
    await time.advance(2_000)
    await provider.resume(id, { withoutGpu: true })
    await time.advance(10_000)
    expect(session(id)).toMatchObject({ phase: 'running', slices: 0 })
    expect(provider.inventory().waiting).toEqual([])
  })
  it('is cancelled without a trace, home included', async () => {
    const { time, provider, session } = given()
    const id = await provider.start({ templateId: 'blender' })
    await time.advance(4_500)
    expect(session(id)?.stages[2]?.state).toBe('done')
    await provider.cancel(id)
    await time.advance(1)
    expect(session(id)).toBeUndefined()
    expect(provider.inventory().sessions.filter(({ owner }) => owner === 'you')).toEqual([])
    const again = await provider.start({ templateId: 'blender' })
    await time.advance(2_000)
    expect(session(again)?.stages[2]?.state).not.toBe('skipped')
  })
  it('goes back to stopped when a resume is cancelled', async () => {
    const { time, provider, seen, session } = given()
    const id = seen().sessions[0]?.id ?? ''
    const stoppedAt = session(id)?.stoppedAt
    await provider.resume(id)
    await time.advance(500)
    await provider.cancel(id)
    await time.advance(1)
    expect(session(id)).toMatchObject({ phase: 'stopped', stoppedAt })
  })
})

describe('a desktop', () => {
  it('keeps its home over stop and refuses two at once on one home', async () => {
    const { time, provider, session } = given()
    const id = await provider.start({ templateId: 'plain-terminal' })
    await time.advance(20_000)
    await expect(provider.start({ templateId: 'plain-terminal' })).rejects.toMatchObject({ code: 'home-in-use' })
    const stopping = provider.stop(id)
    await time.advance(1)
    expect(session(id)?.phase).toBe('stopping')
    await time.advance(2_000)
    await stopping
    expect(session(id)).toMatchObject({ phase: 'stopped', openable: false })
    await expect(provider.open(id)).rejects.toMatchObject({ code: 'session-not-running' })
    await provider.resume(id)
    await time.advance(10_000)
    expect(session(id)?.stages[2]?.state).toBe('skipped')
  })
  it('is removed with its home when that is asked', async () => {
    const { time, provider, session } = given()
    const id = await provider.start({ templateId: 'plain-terminal' })
    await time.advance(20_000)
    const removing = provider.remove(id, { deleteHome: true })
    await time.advance(1_000)
    await removing
    await time.advance(1)
    expect(session(id)).toBeUndefined()
    const again = await provider.start({ templateId: 'plain-terminal' })
    await time.advance(20_000)
    expect(session(again)?.stages[2]?.state).toBe('done')
  })
  it('is stopped when idle, after a warning that can be waved away', async () => {
    const { time, provider, session } = given()
    const id = await provider.start({ templateId: 'firefox-kiosk' })
    await time.advance(20_000)
    expect(session(id)?.idleStopAt).toBeUndefined()
    await time.advance(590_000)
    expect(session(id)?.idleStopAt).toBeGreaterThan(time.now())
    await provider.keepRunning(id)
    await time.advance(590_000)
    expect(session(id)).toMatchObject({ phase: 'running' })
    expect(session(id)?.idleStopAt).toBeUndefined()
    await time.advance(320_000)
    expect(session(id)).toMatchObject({ phase: 'stopped', note: 'Stopped after 15 min without use.' })
  })
  it('unknown to the demo is told so', async () => {
    const { provider } = given()
    await expect(provider.stop('demo/demo/none')).rejects.toMatchObject({ code: 'session-unknown' })
    await expect(provider.start({ templateId: 'none' })).rejects.toMatchObject({ code: 'template-unknown' })
  })
})

describe('the cluster', () => {
  it('tells the same story for the same seed', async () => {
    const run = async (seed: number): Promise<string> => {
      const { time, provider } = given({ seed })
      await time.advance(600_000)
      return JSON.stringify(provider.inventory())
    }
    expect(await run(7)).toBe(await run(7))
    expect(await run(7)).not.toBe(await run(8))
  })
  it('moves: other people come and go, and nobody holds more than there is', async () => {
    const { time, provider } = given()
    const names = new Set<string>()
    for (let minute = 0; minute < 60; minute++) {
      await time.advance(60_000)
      const { sessions, nodes } = provider.inventory()
      for (const { session } of sessions) names.add(session)
      const held = nodes.flatMap(({ gpus }) => gpus.flatMap(({ slices }) => slices.filter(({ holder }) => holder)))
      expect(held.length).toBe(sessions.reduce((sum, { slices }) => sum + slices, 0))
    }
    expect(names.size).toBeGreaterThan(15)
  })
  it('runs faster when told', async () => {
    const { time, provider, session } = given({ speed: 100 })
    const id = await provider.start({ templateId: 'blender' })
    await time.advance(300)
    expect(session(id)?.phase).toBe('running')
  })
})
