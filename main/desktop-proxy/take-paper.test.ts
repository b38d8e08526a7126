// A printed document through a door: once, whole, bounded, and a PDF.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { PAPER_LIMIT } from './take-paper.ts'
import { openDoor, startDesktop } from './test-desktop.ts'

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

async function given(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const asked: string[] = []
  const desktop = await startDesktop({
    http: (server) =>
      server.on('request', (request: IncomingMessage, response: ServerResponse) => {
        asked.push(`${request.method} ${request.url} ${request.headers.authorization}`)
        answer(request, response)
      }),
  })
  const { proxy, door, close } = await openDoor(desktop.access(), { headMs: 500, hedgeMs: 10 })
  cleanups.push(() => desktop.close(), close)
  return { asked, take: (name: string, windowId = 'w1') => proxy.takePaper(door.ticket, windowId, name), proxy, door }
}
const saying = (body: string, status = 200) => given((_request, response) => void response.writeHead(status).end(body))

describe('a printed document', () => {
  it('is taken once, with the desktop’s credential, under its own name', async () => {
    // slow enough for a second try, which there must not be
    const { asked, take } = await given((_request, response) => {
      setTimeout(() => response.end('%PDF-1.4 it'), 60)
    })
    expect((await take('größe (2).pdf')).toString()).toBe('%PDF-1.4 it')
    expect(asked).toEqual(['GET /api/print/gr%C3%B6%C3%9Fe%20(2).pdf Basic c2VjcmV0'])
  })

  it.each([
    ['gone', 404, 'No such document', 'paper-gone'],
    ['refused', 403, 'Forbidden: printing disabled', 'paper-refused'],
    ['elsewhere', 302, '', 'paper-refused'],
    ['no PDF', 200, '<script>alert(1)</script>', 'paper-not-pdf'],
    ['empty', 200, '', 'paper-not-pdf'],
  ])('that is %s is said to be so', async (_, status, body, code) => {
    const { take } = await saying(body, status)
    await expect(take('x.pdf')).rejects.toMatchObject({ code })
  })

  it('that is announced or sent too large is not taken', async () => {
    const large = await given((_request, response) => {
      response.writeHead(200, { 'content-length': PAPER_LIMIT + 1 }).write('%PDF-')
    })
    await expect(large.take('x.pdf')).rejects.toMatchObject({ code: 'paper-too-large' })
    const html = await given((_request, response) => void response.write(' '.repeat(5000)))
    await expect(html.take('x.pdf')).rejects.toMatchObject({ code: 'paper-not-pdf' })
  })

  it('that breaks off is not taken', async () => {
    const { take } = await given((_request, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('%PDF-1.4', () => response.destroy())
    })
    await expect(take('x.pdf')).rejects.toMatchObject({ code: 'desktop-unreachable' })
  })

  it('is only for the window of the door, and names lead nowhere else', async () => {
    const { asked, take } = await saying('%PDF-1.4')
    await expect(take('x.pdf', 'w2')).rejects.toMatchObject({ code: 'door-closed' })
    for (const name of ['../tokens', 'a/b.pdf', '..', '', 'a\\b.pdf', 'a\n.pdf'])
      await expect(take(name)).rejects.toMatchObject({ code: 'paper-gone' })
    expect(asked).toEqual([])
  })
})
