// The reconnect machine: what follows each loss.
import { describe, expect, it } from 'vitest'
import { closeMeaning } from '../../../../shared/selkies/g2/close-codes.ts'
import { afterLoss, FRESH, recovered, silentPaths, SILENT_FOR_MS } from './reconnect.ts'
import type { Loss } from './transport.ts'

const closed = (code: number, reason = ''): Loss => ({ kind: 'closed', meaning: closeMeaning(code, reason, true) })

describe('after a loss', () => {
  it('tries at once, then more slowly, never more than 5 s apart', () => {
    let state = FRESH
    const pauses: number[] = []
    for (let i = 0; i < 9; i++) {
      const [next, step] = afterLoss(state, { kind: 'channel' }, 0)
      state = next
      if (step.do === 'connect') pauses.push(step.afterMs)
    }
    expect(pauses).toEqual([0, 250, 500, 1000, 2000, 4000, 5000, 5000, 5000])
    expect(afterLoss(recovered(state), { kind: 'channel' }, 0)[1]).toMatchObject({ afterMs: 0 })
  })

  it.each([4000, 4001, 4002, 1008])('never undoes %d by itself', (code) => {
    expect(afterLoss(FRESH, closed(code, 'why'), 0)[1].do).toBe('end')
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
