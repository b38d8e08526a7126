// Knocking at a server: what is told of it, and when, on a clock of the test's own; and at real sockets.
import { createServer, type AddressInfo } from 'node:net'
import { beforeEach, describe, expect, it } from 'vitest'
import { createDoor, createKnock, type Door } from './knock.ts'
import { createFakeTimers, type FakeTimers } from './testing/fake-timers.ts'

let timers: FakeTimers
let isOpen: boolean
let knocks: number
let told: number[]
let door: Door

beforeEach(() => {
  timers = createFakeTimers(0)
  isOpen = false
  knocks = 0
  told = []
  const knock = (): Promise<boolean> => {
    knocks += 1
    return Promise.resolve(isOpen)
  }
  door = createDoor(knock, timers, () => told.push(timers.now()))
})

describe('a door', () => {
  it('that was shut is told of soon after it opens, once', async () => {
    door.watch()
    await timers.advance(24_000)
    expect(told).toEqual([])
    isOpen = true
    await timers.advance(60_000)
    expect(told).toHaveLength(1)
    expect(told[0]).toBeLessThanOrEqual(26_000)
    expect(timers.count).toBe(0)
  })

  it('that is open from the start is not news', async () => {
    isOpen = true
    door.watch()
    await timers.advance(60_000)
    expect({ told, knocks }).toEqual({ told: [], knocks: 1 })
  })

  it('that opens and shuts again and again is told of once a minute at most', async () => {
    for (let second = 0; second < 120; second += 1) {
      isOpen = second % 6 < 3
      door.watch()
      await timers.advance(1000)
    }
    expect(told.length).toBeGreaterThan(0)
    expect(told.length).toBeLessThanOrEqual(2)
  })

  it('that nobody waits at any more is left alone', async () => {
    door.watch()
    await timers.advance(5000)
    door.leave()
    isOpen = true
    await timers.advance(10_000)
    expect({ told, count: timers.count }).toEqual({ told: [], count: 0 })
  })
})

it('knows whether somebody listens', async () => {
  const listener = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const knock = createKnock(`https://127.0.0.1:${(listener.address() as AddressInfo).port}`)
  expect(await knock()).toBe(true)
  await new Promise((resolve) => listener.close(resolve))
  expect(await knock()).toBe(false)
})
