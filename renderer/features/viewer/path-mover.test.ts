// Moves between ways, with figures, clock and desktop of the test's own.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Door } from '../../../shared/domain/session.ts'
import { createPathMover } from './path-mover.ts'
import { ICE_PATHS, type IcePath } from './transport/paths.ts'
import type { MediaPath, Transport } from './transport/transport.ts'
import type { ProbeVerdict } from './transport/way-probe.ts'
import type { ViewerState, ViewerStats } from './viewer-state.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function set(verdict: ProbeVerdict, over: { joins?: boolean; forced?: boolean; relayUntil?: number } = {}) {
  const door = { ticket: 't', relayUntil: over.relayUntil } as Door
  let path: MediaPath = over.relayUntil === undefined ? 'tunnel' : 'relay'
  let loss = 0
  const done: string[] = []
  const transport = { mayJoin: () => over.joins ?? true } as Transport
  const mover = createPathMover({
    connection: {
      door,
      usable: new Set(ICE_PATHS),
      transport,
      async handOver(prepare, fresh) {
        await prepare(door, () => undefined)
        done.push(fresh ? 'handed over by a fresh door' : 'handed over')
        return true
      },
      moveTo: (paths) => done.push(`moved to ${[...paths].join()}`),
    },
    state: () => ({
      status: { kind: 'connected' },
      path,
      relay: path === 'relay' ? 'udp' : null,
      stats: { rttMs: 20, loss } as ViewerStats,
      typing: null as ViewerState['typing'],
    }),
    hidden: () => false,
    forced: () => over.forced ?? false,
    probe: (_, paths) => {
      done.push(`tried ${[...paths].length}`)
      return Promise.resolve(verdict)
    },
    openBeside(_, paths) {
      const [way = 'direct'] = paths
      done.push(`beside by ${way}`)
      path = way.startsWith('relay') ? 'relay' : (way as MediaPath)
      return Promise.resolve({ transport, show: () => undefined })
    },
    say: ({ text }) => done.push(text),
    now: () => performance.now(),
    date: () => Date.now(),
  })
  return {
    mover,
    done,
    lose: (share: number) => (loss = share),
    async seconds(count: number) {
      for (let i = 0; i < count; i++) {
        mover.sample()
        await vi.advanceTimersByTimeAsync(1000)
      }
    },
  }
}
const works = (way: IcePath, rttMs: number): ProbeVerdict => ({ kind: 'works', way, via: null, rttMs })

it('measures a better way, makes a second connection and says so', async () => {
  const { seconds, done } = set(works('node', 2))
  await seconds(60)
  expect(done).toEqual(['tried 5', 'beside by node', 'handed over', 'A better way is there: Direct, UDP'])
})

it('stays where the other way does not work or is slower, and asks rarely', async () => {
  const silent = set({ kind: 'no-answer' })
  await silent.seconds(120)
  expect(silent.done).toEqual(['tried 5', 'tried 5', 'tried 5'])
  const slow = set(works('relay-udp', 90))
  await slow.seconds(20)
  expect(slow.done).toEqual(['tried 5'])
})

it('moves by giving up the first where the desktop takes one page alone', async () => {
  const { seconds, done } = set(works('node', 2), { joins: false })
  await seconds(20)
  expect(done).toContain('moved to node')
})

it('leaves a way that loses packets', async () => {
  const { seconds, done, lose } = set({ kind: 'works', way: 'relay-tcp', via: null, rttMs: 40 })
  await seconds(14)
  lose(0.2)
  await seconds(10)
  expect(done.at(-1)).toMatch(/Relay, TCP/)
})

it('never moves where a person forced a way', async () => {
  const { seconds, done } = set(works('node', 2), { forced: true })
  await seconds(60)
  expect(done).toEqual([])
})

it('goes on with a fresh credential before the relay’s runs out', async () => {
  const { seconds, done } = set({ kind: 'no-answer' }, { relayUntil: Date.now() + 70_000, forced: true })
  await seconds(9)
  expect(done).toEqual([])
  await seconds(5)
  expect(done).toEqual(['beside by relay-udp', 'handed over by a fresh door'])
})
