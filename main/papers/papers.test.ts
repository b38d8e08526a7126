// Printed documents: taken once from a desktop by its own door, kept for their window alone, and shown on an origin of their own.
import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Sender } from '../app-host.ts'
import { listenForPapers, type PaperListener } from './paper-listener.ts'
import { createPaperShelf, KEPT, KEPT_MS } from './paper-shelf.ts'
import { createPapers, type Papers } from './papers.ts'

const PDF = Buffer.from('%PDF-1.4 hello')
const window1: Sender = { windowId: '1', origin: 'app://x', isMainFrame: true }
const window2: Sender = { ...window1, windowId: '2' }
const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

function ask(
  address: string,
  over: { readonly method?: string; readonly host?: string } = {},
): Promise<{ readonly status: number; readonly headers: Record<string, unknown>; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port, pathname, search, host } = new URL(address)
    const outgoing = request(
      { hostname, port, path: pathname + search, method: over.method ?? 'GET', headers: { host: over.host ?? host } },
      (response) => {
        let body = ''
        response.on('data', (chunk: Buffer) => (body += chunk.toString()))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
      },
    )
    outgoing.on('error', reject)
    outgoing.end()
  })
}

describe('the shelf', () => {
  it('keeps few, for a while, for their windows', () => {
    let now = 0
    const shelf = createPaperShelf(randomBytes, () => now)
    const [first, ...others] = Array.from({ length: KEPT + 1 }, (_, at) => shelf.put(String(at % 2), 'x.pdf', PDF))
    expect(shelf.get(first?.id ?? '')).toBeUndefined()
    expect(others.every(({ id }) => shelf.get(id) !== undefined)).toBe(true)
    shelf.closeWindow('1')
    expect(others.map(({ id }) => shelf.get(id)?.windowId).filter((id) => id === '1')).toEqual([])
    now = KEPT_MS + 1
    expect(others.every(({ id }) => shelf.get(id) === undefined)).toBe(true)
  })
})

describe('the listener', () => {
  async function given(name = 'größe (1).pdf'): Promise<{ listener: PaperListener; address: string }> {
    const shelf = createPaperShelf(randomBytes, () => 0)
    const listener = await listenForPapers((id) => shelf.get(id))
    ends.push(() => listener.stop())
    return { listener, address: listener.addressOf(shelf.put('1', name, PDF)) }
  }

  it('shows a document and saves it, as a PDF and as nothing else', async () => {
    const { address } = await given()
    const shown = await ask(address)
    expect([shown.status, shown.body]).toEqual([200, PDF.toString()])
    expect(shown.headers).toMatchObject({
      'content-type': 'application/pdf',
      'content-disposition': `inline; filename="gr__e _1_.pdf"; filename*=UTF-8''gr%C3%B6%C3%9Fe%20%281%29.pdf`,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    })
    expect(shown.headers['access-control-allow-origin']).toBeUndefined()
    expect((await ask(`${address}?save`)).headers['content-disposition']).toMatch(/^attachment/)
    expect((await ask(address, { method: 'HEAD' })).body).toBe('')
  })

  it('shows nothing else: no other id, method, host or path', async () => {
    const { address } = await given()
    const { origin } = new URL(address)
    expect((await ask(address, { host: 'evil.example' })).status).toBe(421)
    expect((await ask(address, { method: 'POST' })).status).toBe(405)
    for (const path of ['/', '/x', `/${'a'.repeat(43)}/x.pdf`, `${new URL(address).pathname}/more`, '/%2e%2e/x'])
      expect((await ask(`${origin}${path}`)).status).toBe(404)
  })
})

describe('taking and acting', () => {
  function given(host: Parameters<typeof createPapers>[0]['host'] = {}): {
    papers: Papers
    takePaper: ReturnType<typeof vi.fn>
  } {
    const takePaper = vi.fn<(ticket: string, windowId: string, name: string) => Promise<Buffer>>()
    takePaper.mockResolvedValue(PDF)
    const papers = createPapers({ proxy: { takePaper }, host, random: randomBytes, now: () => 0 })
    ends.push(() => papers.dispose())
    return { papers, takePaper }
  }

  it('gives a browser an address on another origin', async () => {
    const { papers, takePaper } = given()
    const { address, bytes } = await papers.take(window1, 't', '../a\u202e.pdf')
    expect(takePaper).toHaveBeenCalledWith('t', '1', '../a\u202e.pdf')
    expect(bytes).toBe(PDF.length)
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}\/_a\.pdf$/)
    expect((await ask(address ?? '')).body).toBe(PDF.toString())
    papers.closeWindow('1')
    expect((await ask(address ?? '')).status).toBe(404)
    await expect(papers.act(window1, 'x', 'open')).rejects.toMatchObject({ code: 'bad-request' })
  })

  it('has the app’s host do it, for the window that took it alone', async () => {
    const host = { papers: vi.fn<(what: string, name: string, bytes: Buffer) => Promise<boolean>>() }
    host.papers.mockResolvedValue(true)
    const { papers } = given(host)
    const { paperId, address } = await papers.take(window1, 't', 'report.pdf')
    expect(address).toBeNull()
    expect(await papers.act(window1, paperId, 'save')).toBe(true)
    expect(host.papers).toHaveBeenCalledWith('save', 'report.pdf', PDF)
    await expect(papers.act(window2, paperId, 'open')).rejects.toMatchObject({ code: 'paper-gone' })
    await expect(papers.act(window1, 'other', 'open')).rejects.toMatchObject({ code: 'paper-gone' })
  })
})
