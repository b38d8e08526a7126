// The demo's desktop speaks the genuine server's grammar: transcripts over connections inside this process.
import { request as httpRequest } from 'node:http'
import type { Duplex } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createDesktopServer, type DesktopServer } from './desktop-server.ts'
import { createFakeTime, type FakeTime } from './fake-time.ts'

const servers: DesktopServer[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.dispose()
})

function given(): { readonly server: DesktopServer; readonly time: FakeTime; readonly counts: number[] } {
  const time = createFakeTime(1_000_000)
  const counts: number[] = []
  const server = createDesktopServer({ clock: time, timers: time, onClients: (count) => counts.push(count) })
  servers.push(server)
  return { server, time, counts }
}

interface Line {
  readonly socket: WebSocket
  /** What arrived, in order; the end as `close <code> <reason>`. */
  readonly heard: string[]
  say(text: string): void
  /** The next thing that arrives. */
  next(): Promise<string>
  cut(): void
}
async function dial(server: DesktopServer, path: string, authorization = server.authorization): Promise<Line> {
  let wire: Duplex | undefined
  const socket = new WebSocket(`ws://desktop${path}`, {
    headers: { authorization },
    createConnection: () => (wire = server.dial()) as never,
  })
  const heard: string[] = []
  let wake = Promise.withResolvers<void>()
  let read = 0
  const note = (text: string): void => {
    heard.push(text)
    wake.resolve()
    wake = Promise.withResolvers<void>()
  }
  socket.on('message', (data: Buffer) => note(data.toString()))
  socket.on('close', (code, reason) => note(`close ${code} ${reason.toString()}`.trim()))
  const opened = Promise.withResolvers<void>()
  socket.once('open', opened.resolve)
  socket.once('unexpected-response', (_request, response) => opened.reject(new Error(String(response.statusCode))))
  socket.on('error', opened.reject)
  await opened.promise
  return {
    socket,
    heard,
    say: (text) => socket.send(text),
    async next() {
      while (heard.length <= read) await wake.promise
      return heard[read++] ?? ''
    },
    cut: () => wire?.destroy(),
  }
}
const viewer = (server: DesktopServer): Promise<Line> => dial(server, '/api/webrtc/signaling/')
async function desktop(server: DesktopServer, id = 'page-1'): Promise<Line> {
  const line = await dial(server, '/demo/attach')
  line.say(JSON.stringify({ type: 'attach', id }))
  return line
}
const KEY = 'abcdefghij0123456789'
const hello = (over: Record<string, unknown> = {}): string =>
  `HELLO client ${JSON.stringify({
    client_type: 'controller',
    client_slot: 1,
    client_tab_id: 'tab-1',
    resume_key: KEY,
    page_size: [1280, 720],
    ...over,
  })}`
const payload = (peer: string, text: unknown): string => JSON.stringify({ type: 'payload', peer, payload: text })
const OFFER = { kind: 'sdp', type: 'offer', sdp: 'v=0 offer' } as const

/** A viewer whose session runs, with the desktop that serves it. */
async function running(server: DesktopServer): Promise<{ line: Line; page: Line; peer: string }> {
  const page = await desktop(server)
  const line = await viewer(server)
  line.say(hello())
  expect(await line.next()).toBe('HELLO')
  line.say('SESSION server')
  const [, peer = ''] = (await line.next()).split(' ')
  expect(JSON.parse(await page.next())).toEqual({
    type: 'session',
    peer,
    role: 'controller',
    slot: 1,
    pageSize: [1280, 720],
  })
  return { line, page, peer }
}

async function http(
  server: DesktopServer,
  path: string,
  options: {
    readonly method?: string
    readonly headers?: Record<string, string>
    readonly body?: string
    readonly bare?: boolean
  } = {},
): Promise<{ readonly status: number; readonly body: string; readonly headers: Record<string, unknown> }> {
  const { promise, resolve, reject } = Promise.withResolvers<{
    status: number
    body: string
    headers: Record<string, unknown>
  }>()
  const request = httpRequest(
    {
      path,
      method: options.method ?? 'GET',
      headers: {
        host: 'desktop',
        ...(options.bare ? {} : { authorization: server.authorization }),
        ...options.headers,
      },
      createConnection: () => server.dial() as never,
    },
    (response) => {
      let body = ''
      response.on('data', (piece: Buffer) => (body += piece.toString()))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }))
    },
  )
  request.on('error', reject)
  request.end(options.body)
  return promise
}

describe('signalling', () => {
  it('brings a viewer and the desktop together', async () => {
    const { server, counts } = given()
    const { line, page, peer } = await running(server)
    expect(peer).toMatch(/^server-[0-9a-f-]{36}$/)
    page.say(payload(peer, OFFER))
    expect(await line.next()).toBe(`${peer} {"sdp":{"type":"offer","sdp":"v=0 offer"}}`)
    line.say(`${peer} {"sdp":{"type":"answer","sdp":"v=0 answer"}}`)
    expect(JSON.parse(await page.next())).toMatchObject({ payload: { kind: 'sdp', type: 'answer', sdp: 'v=0 answer' } })
    line.say(`${peer} {"ice":{"candidate":"candidate:1","sdpMid":"0","sdpMLineIndex":0}}`)
    expect(JSON.parse(await page.next())).toMatchObject({ payload: { kind: 'ice', candidate: 'candidate:1' } })
    line.say('server-other {"sdp":{"type":"answer","sdp":"x"}}')
    line.socket.close()
    expect(JSON.parse(await page.next())).toEqual({ type: 'end', peer })
    expect(counts).toEqual([1, 0])
  })
  it('lets the offer wait for a page that attaches in time, and for no longer', async () => {
    const { server, time } = given()
    const line = await viewer(server)
    line.say(hello())
    await line.next()
    line.say('SESSION server')
    await line.next()
    await time.advance(9_000)
    const page = await desktop(server)
    expect(JSON.parse(await page.next())).toMatchObject({ type: 'session' })

    const late = given()
    const other = await viewer(late.server)
    other.say(hello())
    await other.next()
    other.say('SESSION server')
    await other.next()
    await late.time.advance(11_000)
    const second = await desktop(late.server)
    const fresh = await viewer(late.server)
    fresh.say(hello({ client_tab_id: 'tab-2', resume_key: '' }))
    await fresh.next()
    fresh.say('SESSION server')
    const [, peer] = (await fresh.next()).split(' ')
    // the only session that the page hears of is the fresh one
    expect(JSON.parse(await second.next())).toMatchObject({ type: 'session', peer })
  })
  it('resumes a cut socket within 3 s and tells what was said meanwhile', async () => {
    const { server, time } = given()
    const { line, page, peer } = await running(server)
    line.cut()
    await line.next()
    await time.advance(2_500)
    page.say(payload(peer, OFFER))
    const back = await viewer(server)
    back.say(hello())
    expect(await back.next()).toBe(`RESUMED ${peer}`)
    expect(await back.next()).toContain('v=0 offer')
    await time.advance(10_000)
    expect(server.clients).toBe(1)
  })
  it('forgets a cut socket after 3 s, and one without a key at once', async () => {
    const { server, time } = given()
    const { line, page, peer } = await running(server)
    line.cut()
    await line.next()
    await time.advance(3_100)
    expect(JSON.parse(await page.next())).toEqual({ type: 'end', peer })
    const back = await viewer(server)
    back.say(hello({ resume_key: 'short' }))
    expect(await back.next()).toBe('HELLO')
    back.say('SESSION server')
    const [, next = ''] = (await back.next()).split(' ')
    await page.next()
    back.cut()
    expect(JSON.parse(await page.next())).toEqual({ type: 'end', peer: next })
  })
  it('supersedes the same page, keeps another page beside it, and stops a loop', async () => {
    const { server } = given()
    const { line } = await running(server)
    const beside = await viewer(server)
    beside.say(hello({ client_tab_id: 'tab-2', resume_key: '' }))
    expect(await beside.next()).toBe('HELLO')
    expect(server.clients).toBe(2)
    let last = line
    for (let round = 0; round < 3; round++) {
      const again = await viewer(server)
      again.say(hello({ resume_key: '' }))
      expect(await again.next()).toBe('HELLO')
      expect(await last.next()).toBe('close 4001 Superseded by a new connection for this player slot.')
      last = again
    }
    const fourth = await viewer(server)
    fourth.say(hello({ resume_key: '' }))
    expect(await fourth.next()).toMatch(/^close 4000 Player slot takeover loop detected/)
  })
  it.each([
    ['HELLO 1', 'close 1002 invalid protocol'],
    ['SESSION server', 'close 1002 invalid protocol'],
    ['hello client {}', 'close 1002 invalid protocol'],
    ['HELLO client', 'close 1002 invalid protocol'],
    ['HELLO client {"client_type":"nobody","client_slot":1}', 'close 1002 invalid protocol'],
    ['HELLO client {"client_type":"controller","client_slot":true}', 'close 1002 invalid protocol'],
    ['foo', 'close 1000'],
    ['HELLO client []', 'close 1000'],
    [`HELLO client ${' '.repeat(16_400)}`, 'close 1009 hello too large'],
    ['HELLO client {"client_type":"controller"}', 'close 4000 Invalid player id provided, check URL.'],
    ['HELLO client {"client_type":"controller","client_slot":5}', 'close 4000 Invalid player id provided, check URL.'],
    ['HELLO server {}', 'close 4001 Invalid authentication token'],
    [hello({ display_id: 'display2' }), 'close 4000 Second screens are disabled on this server.'],
  ])('answers %.60s as the genuine server does', async (text, answer) => {
    const { server } = given()
    const line = await viewer(server)
    line.say(text)
    expect(await line.next()).toBe(answer)
  })
  it('names a peer that is not there', async () => {
    const { server } = given()
    const line = await viewer(server)
    line.say(hello())
    await line.next()
    line.say('SESSION 1')
    expect(await line.next()).toBe('ERROR peer server not found')
    server.fault({ kind: 'refuse-session', on: true })
    line.say('SESSION server')
    expect(await line.next()).toBe('ERROR peer server not found')
  })
  it('sends clients away when another page takes the desktop over or the page is gone', async () => {
    const { server, time } = given()
    const { line, page } = await running(server)
    const other = await desktop(server, 'page-2')
    expect(await page.next()).toMatch(/^close 4001/)
    expect(await line.next()).toBe('close 1001 Server going away.')
    const back = await viewer(server)
    back.say(hello())
    await back.next()
    back.say('SESSION server')
    await back.next()
    await other.next()
    other.cut()
    await other.next()
    await time.advance(3_100)
    expect(await back.next()).toBe('close 1001 Server going away.')
  })
  it('keeps sessions over a cut of the page’s own socket', async () => {
    const { server, time } = given()
    const { line, page, peer } = await running(server)
    page.cut()
    await page.next()
    await time.advance(1_000)
    const again = await desktop(server)
    again.say(payload(peer, OFFER))
    expect(await line.next()).toContain('v=0 offer')
  })
  it('passes faults to the page, also to one that comes later', async () => {
    const { server } = given()
    server.fault({ kind: 'delay-offer', ms: 500 })
    const page = await desktop(server)
    expect(JSON.parse(await page.next())).toEqual({ type: 'fault', fault: { kind: 'delay-offer', ms: 500 } })
    server.fault({ kind: 'close-channels' })
    expect(JSON.parse(await page.next())).toEqual({ type: 'fault', fault: { kind: 'close-channels' } })
  })
})

describe('http', () => {
  it('answers what is open and asks for a login elsewhere', async () => {
    const { server } = given()
    expect(await http(server, '/api/health', { bare: true })).toMatchObject({ status: 200, body: 'OK' })
    const status = await http(server, '/api/status', { bare: true })
    expect(JSON.parse(status.body)).toMatchObject({ current_mode: 'webrtc', enable_dual_mode: false })
    const turn = await http(server, '/api/turn', { bare: true })
    expect(turn.status).toBe(401)
    expect(turn.headers['www-authenticate']).toContain('Selkies Restricted')
    await expect(dial(server, '/api/webrtc/signaling/', 'Basic bm8=')).rejects.toThrow('401')
    await expect(dial(server, '/api/websockets/')).rejects.toThrow('409')
  })
  it('serves the known routes', async () => {
    const { server } = given()
    const { peer } = await running(server)
    expect(JSON.parse((await http(server, '/api/turn')).body)).toMatchObject({ iceServers: [] })
    expect((await http(server, '/api/webrtc/signaling/')).status).toBe(204)
    expect((await http(server, '/api/websockets/')).status).toBe(409)
    expect((await http(server, '/api/screenshot?display=primary')).status).toBe(404)
    expect((await http(server, '/turn')).status).toBe(404)
    const { sessions } = JSON.parse((await http(server, '/api/sessions')).body) as { sessions: { id: string }[] }
    expect(sessions).toMatchObject([{ id: peer.slice(7), transport: 'webrtc', role: 'controller', slot: 1 }])
    expect((await http(server, `/api/sessions/${sessions[0]?.id}`, { method: 'DELETE' })).status).toBe(204)
    expect((await http(server, '/api/sessions/none', { method: 'DELETE' })).status).toBe(404)
    const toSockets = await http(server, '/api/switch', { method: 'POST', body: '{"mode":"websockets"}' })
    expect(toSockets.status).toBe(403)
    expect((await http(server, '/api/switch', { method: 'POST', body: '{"mode":"webrtc"}' })).status).toBe(200)
    expect((await http(server, '/api/switch', { method: 'POST', body: 'x' })).status).toBe(400)
  })
  it('takes files whole and in pieces, lists them and gives them back', async () => {
    const { server } = given()
    const upload = (headers: Record<string, string>, body: string) =>
      http(server, '/api/upload', { method: 'POST', headers, body })
    const whole = await upload({ 'x-upload-path': 'notes%2Fa%20b.txt' }, 'hello')
    expect(JSON.parse(whole.body)).toEqual({ status: 'success', bytes: 5 })
    const piece = { 'x-upload-path': 'big.bin', 'x-upload-id': '1', 'x-upload-total': '6' }
    expect(JSON.parse((await upload({ ...piece, 'x-upload-offset': '0' }, 'abc')).body)).toMatchObject({
      complete: false,
    })
    const last = await upload({ ...piece, 'x-upload-offset': '3', 'x-upload-final': '1' }, 'def')
    expect(JSON.parse(last.body)).toEqual({ status: 'success', bytes: 6, complete: true })
    expect((await upload({ ...piece, 'x-upload-offset': '9' }, 'x')).status).toBe(409)
    expect((await upload({ 'x-upload-path': '..%2Fx' }, 'x')).status).toBe(400)
    expect((await http(server, '/api/files/')).body).toContain('href="notes/"')
    expect((await http(server, '/api/files/notes/')).body).toContain('a%20b.txt')
    expect((await http(server, '/api/files/notes/a%20b.txt')).body).toBe('hello')
    expect((await http(server, '/api/files/big.bin')).body).toBe('abcdef')
    expect((await http(server, '/api/files/none')).status).toBe(404)
    expect((await http(server, '/api/files/%2e%2e/x')).status).toBe(403)
  })
})
