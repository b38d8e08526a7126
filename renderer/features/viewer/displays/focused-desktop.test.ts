import { expect, it } from 'vitest'
import { watchFocusedDesktop, type FocusChannel } from './focused-desktop.ts'

it('one desktop at a time is used, by whichever of its windows', () => {
  const ends = new Set<FocusChannel>()
  const log: string[] = []
  const windowOf = (name: string, sessionId: string) => {
    const channel: FocusChannel = {
      onmessage: null,
      postMessage(data) {
        for (const other of ends) if (other !== channel) other.onmessage?.({ data } as MessageEvent<unknown>)
      },
      close: () => void ends.delete(channel),
    }
    ends.add(channel)
    return watchFocusedDesktop(sessionId, channel, (elsewhere) => log.push(`${name} ${elsewhere ? 'rests' : 'plays'}`))
  }
  const [a, a2, b] = [windowOf('a', 'A'), windowOf('a2', 'A'), windowOf('b', 'B')]
  a.here()
  expect(log).toEqual(['b rests'])
  // its second display is the same desktop
  a2.here()
  expect([a.elsewhere, b.elsewhere]).toEqual([false, true])
  b.here()
  expect(log.slice(1)).toEqual(['b plays', 'a rests', 'a2 rests'])
  b.here()
  expect(log).toHaveLength(4)
  // closed while it was in front: whoever is used next plays again
  b.dispose()
  a.here()
  expect(log.slice(4)).toEqual(['a plays', 'a2 plays'])
})
