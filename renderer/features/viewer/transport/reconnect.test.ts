// The reconnect machine: what follows each loss.
import { describe, expect, it } from 'vitest'
import { closeMeaning } from '../../../../shared/selkies/g2/close-codes.ts'
import { afterLoss, FRESH, pauseMs, recovered, renewed, silentPaths, SILENT_FOR_MS } from './reconnect.ts'
import type { Loss } from './transport.ts'

const closed = (code: number, reason = ''): Loss => ({ kind: 'closed', meaning: closeMeaning(code, reason, true) })

describe('after a loss', () => {
  it('tries at once, then every second while the loss is young, for as long as it takes', () => {
    let state = FRESH
    const pauses: number[] = []
    for (let i = 0; i < 500; i++) {
      const [next, step] = afterLoss(state, { kind: 'channel' }, 7000 + i * 1000)
      state = next
      if (step.do === 'connect') pauses.push(step.afterMs)
    }
    expect(pauses.slice(0, 6)).toEqual([0, 250, 500, 1000, 1000, 1000])
    expect(pauses[119]).toBe(1000)
    expect(pauses[120]).toBe(5000)
    expect(pauses).toHaveLength(500)
    expect(afterLoss(recovered(state), { kind: 'channel' }, 900_000)[1]).toMatchObject({ afterMs: 0 })
  })

  it.each([
    [4000, 'end'],
    [1008, 'end'],
    [4001, 'ask'],
    [4002, 'door'],
  ])('what %d ended goes on by %s', (code, step) => {
    expect(afterLoss(FRESH, closed(code, 'why'), 0)[1].do).toBe(step)
  })

  it('fetches fresh credentials forever, not in a hurry', () => {
    let state = FRESH
    for (let i = 0; i < 20; i++) {
      const [next, step] = afterLoss(state, closed(4002, 'Token revoked'), i * 1000)
      state = next
      expect(step).toMatchObject({ do: 'door', afterMs: Math.max(300, pauseMs(i, i * 1000)) })
    }
  })

  it('forgets pauses and silent ways with another network', () => {
    let [state] = afterLoss(FRESH, { kind: 'stalled', path: 'relay' }, 0)
    expect(silentPaths(state, 0)).toEqual(new Set(['relay-udp', 'relay-tcp', 'relay-tls']))
    for (let i = 1; i < 9; i++) [state] = afterLoss(state, { kind: 'channel' }, i * 1000)
    state = renewed(state, 500_000)
    expect(silentPaths(state, 500_000).size).toBe(0)
    expect(afterLoss(state, { kind: 'channel' }, 500_000)[1]).toMatchObject({ afterMs: 250 })
  })

  it('never leaves for WebSocket where that is not wanted', () => {
    expect(afterLoss(FRESH, { kind: 'no-path' }, 0, false)[1]).toMatchObject({ do: 'connect', afterMs: 0 })
  })

  it('asks the mode again when the server goes away', () => {
    expect(afterLoss(FRESH, closed(1001), 0)[1]).toMatchObject({ do: 'connect', afterMs: 300 })
  })

  it('waits a second when it was too quick', () => {
    expect(afterLoss(FRESH, closed(4029), 0)[1]).toMatchObject({ do: 'connect', afterMs: 1000 })
  })

  it('ends with words when the desktop floods the viewer', () => {
    expect(afterLoss(FRESH, { kind: 'flooded' }, 0)[1]).toMatchObject({ do: 'end', retry: true })
  })

  it('opens a new door when the old one leads nowhere', () => {
    expect(afterLoss(FRESH, { kind: 'unreachable' }, 0)[1].do).toBe('door')
  })

  it('leaves a silent way out for a while, and goes on at once', () => {
    const [state, step] = afterLoss(FRESH, { kind: 'stalled', path: 'node' }, 1000)
    expect(step).toMatchObject({ do: 'connect', afterMs: 0 })
    expect(silentPaths(state, 1000)).toEqual(new Set(['node']))
    expect(silentPaths(recovered(state), 1000 + SILENT_FOR_MS)).toEqual(new Set())
  })

  it('changes the transport only after every way had its chance', () => {
    const [silent] = afterLoss(FRESH, { kind: 'stalled', path: 'node' }, 0)
    const [all, first] = afterLoss(silent, { kind: 'no-path' }, 10_000)
    expect(first).toMatchObject({ do: 'connect', afterMs: 0 })
    expect(afterLoss(all, { kind: 'no-path' }, 20_000)[1].do).toBe('websocket')
  })
})
