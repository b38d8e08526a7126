// What every provider on a real cluster does the same way, whoever makes the objects: run against direct mode and operator mode.
import { describe, expect, test } from 'vitest'
import type { SessionView } from '../../../shared/domain/session.ts'
import type { ProviderSnapshot, SessionProvider } from '../provider.ts'
import { podName, run, setStatus } from './direct-world.ts'
import type { FakeCluster } from './fake-cluster.ts'
import type { HandClock } from './hand-clock.ts'

/** A provider over a cluster in memory; `session` and `snapshot` show what it last said. */
export interface ContractWorld {
  readonly cluster: FakeCluster
  readonly clock: HandClock
  readonly provider: SessionProvider
  session(id?: string): SessionView | undefined
  snapshot(): ProviderSnapshot
}

/** Asks for a desktop and waits until its pod is there. @returns its id */
export async function asked(world: ContractWorld, templateId = 'light-desktop'): Promise<string> {
  const id = await world.provider.start({ templateId })
  await hasPod(world, id)
  return id
}
async function hasPod({ cluster, clock, session }: ContractWorld, id: string): Promise<void> {
  await clock.until(() => cluster.find('pods', podName(id)) !== undefined && session(id)?.phase === 'starting')
}
/** A desktop that runs. @returns its id */
export async function runningOn(world: ContractWorld, templateId = 'light-desktop'): Promise<string> {
  const id = await asked(world, templateId)
  run(world, id, true)
  await world.clock.until(() => world.session(id)?.phase === 'running')
  return id
}
/** A desktop that ran and was stopped. @returns its id */
export async function stoppedOn(world: ContractWorld, templateId = 'light-desktop'): Promise<string> {
  const id = await runningOn(world, templateId)
  await world.provider.stop(id)
  await world.clock.until(() => world.session(id)?.phase === 'stopped')
  return id
}
const kinds = ({ cluster }: ContractWorld): string[] =>
  cluster
    .all()
    .map(({ kind }) => kind)
    .filter((kind) => ['Pod', 'PersistentVolumeClaim', 'Service'].includes(kind))
    .toSorted()

/** @param name of the provider @param setUp makes a world with the built-in templates */
export function providerContract(name: string, setUp: () => ContractWorld): void {
  describe(`${name}, as every provider`, () => {
    test('a desktop starts, runs and can be opened', async () => {
      const world = setUp()
      const id = await asked(world)
      expect(world.session(id)).toMatchObject({ phase: 'starting', openable: false, hasHome: true, slices: 0 })
      await expect(world.provider.open(id)).rejects.toMatchObject({ code: 'session-not-running' })
      run(world, id, true)
      await world.clock.until(() => world.session(id)?.phase === 'running')
      expect(world.session(id)).toMatchObject({ openable: true, node: 'gpu-a', displayName: 'Light desktop' })
      const access = await world.provider.open(id)
      expect(access).toMatchObject({ sessionId: id, generation: 'selkies2', iceServers: [] })
      expect(access.authorization).toMatch(/^Basic /)
      expect(access.relayNote).toContain('No relay')
    })

    test('a desktop whose server answers can be opened before the kubelet calls it ready', async () => {
      const world = setUp()
      const id = await asked(world)
      world.cluster.desktopAnswer = 'HTTP/1.1 401 Unauthorized\r\n\r\n'
      run(world, id, false)
      await world.clock.until(() => world.session(id)?.openable === true)
      expect(world.session(id)?.phase).toBe('starting')
    })

    test('a stop keeps the home, and a resume goes on under the same id with a new credential', async () => {
      const world = setUp()
      const id = await runningOn(world)
      const { authorization } = await world.provider.open(id)
      await world.provider.stop(id)
      await world.clock.until(() => world.session(id)?.phase === 'stopped')
      expect(kinds(world)).toEqual(['PersistentVolumeClaim'])
      expect(world.session(id)?.note).toBeUndefined()
      expect(world.session(id)?.stoppedAt).toBeTypeOf('number')
      await world.clock.turn(60_000)
      expect(await world.provider.resume(id)).toBe(id)
      await hasPod(world, id)
      run(world, id, true)
      await world.clock.until(() => world.session(id)?.phase === 'running')
      expect((await world.provider.open(id)).authorization).not.toBe(authorization)
    })

    test('a resume of what runs changes nothing', async () => {
      const world = setUp()
      const id = await runningOn(world)
      const { authorization } = await world.provider.open(id)
      expect(await world.provider.resume(id)).toBe(id)
      await world.clock.turn(5_000)
      expect(world.session(id)?.phase).toBe('running')
      expect((await world.provider.open(id)).authorization).toBe(authorization)
    })

    test('removed, it leaves the home unless that is to go too', async () => {
      const world = setUp()
      const first = await stoppedOn(world)
      await world.provider.remove(first, { deleteHome: false })
      await world.clock.until(() => world.session(first) === undefined)
      expect(kinds(world)).toEqual(['PersistentVolumeClaim'])
      const second = await runningOn(world)
      await world.provider.remove(second, { deleteHome: true })
      await world.clock.until(() => world.session(second) === undefined && kinds(world).length === 0)
    })

    test('a first start that is cancelled leaves nothing', async () => {
      const world = setUp()
      const id = await asked(world)
      await world.provider.cancel(id)
      await world.clock.until(() => world.session(id) === undefined && kinds(world).length === 0)
    })

    test('a resume that is cancelled leaves the desktop stopped, with its home', async () => {
      const world = setUp()
      const id = await stoppedOn(world)
      await world.clock.turn(60_000)
      await world.provider.resume(id)
      await hasPod(world, id)
      await world.provider.cancel(id)
      await world.clock.until(() => world.session(id)?.phase === 'stopped')
      expect(kinds(world)).toEqual(['PersistentVolumeClaim'])
    })

    test('a home has one desktop at a time: the second start names the first', async () => {
      const world = setUp()
      const id = await runningOn(world)
      await expect(world.provider.start({ templateId: 'light-desktop' })).rejects.toMatchObject({
        code: 'home-in-use',
        sentence: 'Your home for this template is in use by “Light desktop” on gpu-a.',
      })
      expect(world.snapshot().sessions.map((view) => view.id)).toEqual([id])
    })

    test('a start that waits for a slice says so, and goes on without one when asked', async () => {
      const world = setUp()
      const id = await asked(world, 'full-desktop')
      const message = '0/1 nodes are available: 1 Insufficient nvidia.com/gpu.shared.'
      setStatus(world, id, {
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
      })
      await world.clock.until(() => world.session(id)?.canStartWithoutGpu === true)
      const waiting = world.session(id)?.stages.find(({ state }) => state === 'waiting')
      expect(waiting).toMatchObject({ name: 'placed', error: { code: 'start-no-slice' } })
    })

    test('the first picture ends the start, once', async () => {
      const world = setUp()
      const id = await runningOn(world)
      await world.clock.turn(1_000)
      world.provider.firstFrame(id)
      await world.clock.until(() => world.session(id)?.stages.at(-1)?.state === 'done')
      const { endedAt } = world.session(id)?.stages.at(-1) ?? {}
      await world.clock.turn(5_000)
      world.provider.firstFrame(id)
      await world.clock.turn(1)
      expect(world.session(id)?.stages.at(-1)?.endedAt).toBe(endedAt)
    })

    test('what is not there is said to be unknown, also what another cluster has', async () => {
      const world = setUp()
      const { provider } = world
      for (const id of ['test/alice/none', 'other/alice/none', 'test/bob/none', 'none']) {
        await expect(provider.stop(id)).rejects.toMatchObject({ code: 'session-unknown' })
        await expect(provider.resume(id)).rejects.toMatchObject({ code: 'session-unknown' })
        await expect(provider.remove(id, { deleteHome: true })).rejects.toMatchObject({ code: 'session-unknown' })
        await expect(provider.open(id)).rejects.toMatchObject({ code: 'session-unknown' })
      }
      await expect(provider.start({ templateId: 'none' })).rejects.toMatchObject({ code: 'template-unknown' })
    })
  })
}
