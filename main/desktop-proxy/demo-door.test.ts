// A door over connections that are no sockets: the demo's desktop lives in this process.
import { once } from 'node:events'
import { afterEach, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createDesktopServer } from '../demo/desktop-server.ts'
import { createFakeTime } from '../demo/fake-time.ts'
import { get, openDoor, UI, until } from './test-desktop.ts'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

async function given() {
  const time = createFakeTime(1_000_000)
  const server = createDesktopServer({ clock: time, timers: time })
  cleanups.push(() => server.dispose())
  let dials = 0
  const opened = await openDoor({
    sessionId: 'demo/demo/desk',
    dialHttp: () => {
      dials += 1
      return Promise.resolve(server.dial())
    },
    authorization: server.authorization,
    iceServers: [],
    generation: 'selkies2',
    transport: 'webrtc',
    demo: true,
  })
  cleanups.push(() => opened.close())
  return { ...opened, dials: () => dials }
}

it('keeps connections alive that know nothing of timeouts', async () => {
  const { door, dials } = await given()
  await until(() => dials() === 2)
  for (let nth = 0; nth < 10; nth += 1) {
    const got = await get(`${door.base}api/turn`)
    expect(got.status).toBe(200)
    expect(JSON.parse(got.body)).toMatchObject({ iceServers: [] })
  }
  // one in use, two ahead
  expect(dials()).toBe(3)
})

it('carries signalling and the attachment, and ends both with the door', async () => {
  const { door, proxy } = await given()
  const base = door.base.replace('http:', 'ws:')
  const viewer = new WebSocket(`${base}api/webrtc/signaling/`, { origin: UI })
  await once(viewer, 'open')
  const page = new WebSocket(door.demo?.attach ?? '', { origin: UI })
  await once(page, 'open')
  viewer.send('HELLO 1')
  // the grammar of 1.6, which 2.1 refuses
  const [code, reason] = (await once(viewer, 'close')) as [number, Buffer]
  expect([code, reason.toString()]).toEqual([1002, 'invalid protocol'])
  const ended = once(page, 'close')
  await proxy.closeWindow('w1')
  await ended
})
