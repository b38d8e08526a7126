// Microphone and camera: who turns them on, and how quickly they are off.
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { captureProblem } from './capture-words.ts'
import { createCapture, type Capture } from './capture.ts'

class FakeTrack extends EventTarget {
  readonly label = 'Headset'
  stopped = false
  stop() {
    this.stopped = true
  }
}

let tracks: FakeTrack[]
let sent: (FakeTrack | null)[]
let said: string[]
let takes: boolean
let mayAsk: boolean
let problem: Error | null
let wait: Promise<void>
let capture: Capture

beforeEach(() => {
  tracks = []
  sent = []
  said = []
  takes = true
  mayAsk = true
  problem = null
  wait = Promise.resolve()
  capture = createCapture({
    what: 'microphone',
    async open() {
      await wait
      if (problem !== null) throw problem
      tracks.push(new FakeTrack())
      return tracks.at(-1) as unknown as MediaStreamTrack
    },
    send(track) {
      sent.push(track as unknown as FakeTrack | null)
      return Promise.resolve(takes)
    },
    mayAsk: () => mayAsk,
    onChange: vi.fn<() => void>(),
    say: (text) => said.push(text),
  })
})

it('is on with its device’s name, and off at once', async () => {
  await capture.set(true)
  expect(capture.view).toEqual({ state: 'on', device: 'Headset', why: null, asked: false })
  await capture.set(false)
  expect(capture.view.state).toBe('off')
  expect(tracks[0]?.stopped).toBe(true)
  expect(sent).toEqual([tracks[0], null])
})

it('throws away what a slow question brings after a no', async () => {
  let answer: () => void = () => undefined
  wait = new Promise((resolve) => (answer = resolve))
  const asked = capture.set(true)
  expect(capture.view.state).toBe('asking')
  await capture.set(false)
  answer()
  await asked
  expect(capture.view.state).toBe('off')
  expect(tracks.map(({ stopped }) => stopped)).toEqual([true])
  expect(sent).toEqual([])
})

it.each([
  ['a rule', () => capture.setWhy('This desktop takes no microphone.'), 'This desktop takes no microphone.'],
  ['the desktop', () => capture.refused(), 'The desktop takes no microphone.'],
  [
    'a device that is pulled out',
    () => tracks[0]?.dispatchEvent(new Event('ended')),
    'The microphone is off: it was unplugged, or taken back.',
  ],
])('is off at once by %s, which is said', async (_who, act, text) => {
  await capture.set(true)
  act()
  expect(capture.view.state).toBe('off')
  expect(tracks[0]?.stopped).toBe(true)
  expect(said).toEqual([text])
})

it('is not turned on against a rule, and the rule is said', async () => {
  capture.setWhy('No.')
  await capture.set(true)
  expect([capture.view.state, tracks.length, said]).toEqual(['off', 0, ['No.']])
})

it('is off when the desktop takes none after all', async () => {
  takes = false
  await capture.set(true)
  expect(capture.view.state).toBe('off')
  expect(said).toEqual(['The desktop takes no microphone.'])
})

it('is given to each new connection, and another device takes its place', async () => {
  await capture.set(true)
  await capture.connected()
  expect(sent).toEqual([tracks[0], tracks[0]])
  await capture.change()
  expect(tracks.map(({ stopped }) => stopped)).toEqual([true, false])
  expect(sent).toEqual([tracks[0], tracks[0], null, tracks[1]])
  // the old one's end is no news any more
  tracks[0]?.dispatchEvent(new Event('ended'))
  expect(capture.view.state).toBe('on')
})

describe('a desktop that asks', () => {
  it('turns nothing on by itself; a yes is for as long as the program reads', async () => {
    capture.demand(true)
    expect([capture.view.asked, capture.view.state, tracks.length]).toEqual([true, 'off', 0])
    await capture.set(true)
    expect([capture.view.asked, capture.view.state]).toEqual([false, 'on'])
    capture.demand(false)
    expect([capture.view.state, tracks[0]?.stopped]).toEqual(['off', true])
  })
  it('is not heard again after a no, until the program has let go', () => {
    capture.demand(true)
    capture.decline()
    capture.demand(true)
    expect(capture.view.asked).toBe(false)
    capture.demand(false)
    capture.demand(true)
    expect(capture.view.asked).toBe(true)
  })
  it('has no say over what a person turned on', async () => {
    await capture.set(true)
    capture.demand(true)
    capture.demand(false)
    expect(capture.view.state).toBe('on')
  })
  it('is not asked about what is forbidden, or where the person wants no questions', () => {
    mayAsk = false
    capture.demand(true)
    expect(capture.view.asked).toBe(false)
    mayAsk = true
    capture.setWhy('No.')
    capture.demand(true)
    expect(capture.view.asked).toBe(false)
    capture.setWhy(null)
    expect(capture.view.asked).toBe(true)
  })
})

it('says what to do about each problem', async () => {
  const named = (name: string) => Object.assign(new Error('x'), { name })
  problem = named('NotAllowedError')
  await capture.set(true)
  expect(capture.view.state).toBe('off')
  expect(said).toEqual([captureProblem('microphone', problem)])
  const words = ['NotAllowedError', 'NotFoundError', 'NotReadableError', 'TypeError'].map((name) =>
    captureProblem('camera', named(name)),
  )
  expect(new Set(words).size).toBe(4)
})
