import { describe, expect, it } from 'vitest'
import {
  answerAsSecond,
  createSecondDisplay,
  type DisplayChannel,
  type DisplayWord,
  type SecondState,
} from './second-display.ts'

/** Windows that hear each other at once, and a clock that is moved by hand. */
function world(wasOpen = false, opens: () => boolean = () => true) {
  const ends = new Set<DisplayChannel>()
  const channel = (): DisplayChannel => {
    const end: DisplayChannel = {
      onmessage: null,
      postMessage(word: DisplayWord) {
        for (const other of ends) if (other !== end) other.onmessage?.({ data: word } as MessageEvent<unknown>)
      },
      close: () => void ends.delete(end),
    }
    ends.add(end)
    return end
  }
  const timers = new Set<() => void>()
  const log: (SecondState | boolean | 'opened')[] = []
  const second = createSecondDisplay({
    channel: channel(),
    openWindow: () => {
      log.push('opened')
      return Promise.resolve(opens())
    },
    wasOpen: () => wasOpen,
    remember: (open) => log.push(open),
    onChange: (state) => log.push(state),
    after(_ms, act) {
      timers.add(act)
      return () => void timers.delete(act)
    },
  })
  const later = async (): Promise<void> => {
    for (const act of [...timers]) {
      timers.delete(act)
      act()
    }
    await Promise.resolve()
  }
  return { second, log, channel, later, timers }
}

describe('the second display', () => {
  it('opens and closes by the person’s word, and is remembered', async () => {
    const { second, log, channel } = world()
    await second.set(true)
    let closed = false
    answerAsSecond(channel(), () => (closed = true))
    await second.set(false)
    expect(log).toEqual([true, 'opened', 'open', false, 'closed'])
    expect(closed).toBe(true)
  })
  it('comes back with its desktop, once', async () => {
    const { second, log, later } = world(true)
    second.restore()
    await later()
    second.restore()
    await later()
    expect(log).toEqual(['opened', 'open'])
  })
  it('is not opened twice when it is still there', async () => {
    const { second, log, channel, later } = world(true)
    answerAsSecond(channel(), () => undefined)
    second.restore()
    await later()
    expect(log).toEqual(['open'])
  })
  it('is offered where the browser wants a click', async () => {
    let may = false
    const { second, log, later } = world(true, () => may)
    second.restore()
    await later()
    may = true
    await second.set(true)
    expect(log).toEqual(['opened', 'wants-click', true, 'opened', 'open'])
  })
  it('is forgotten when its window is closed by itself, not when it loads anew or the desktop is left', async () => {
    const { second, log, channel, later, timers } = world()
    await second.set(true)
    const gone = answerAsSecond(channel(), () => undefined)
    gone()
    const again = answerAsSecond(channel(), () => undefined)
    expect(timers.size).toBe(0)
    expect(log).toEqual([true, 'opened', 'open'])
    again()
    await later()
    expect(log).toEqual([true, 'opened', 'open', 'closed', false])
    await second.set(true)
    second.leave()
    second.dispose()
    await later()
    expect(log.slice(5)).toEqual([true, 'opened', 'open', 'closed'])
  })
})
