// The printer of a demo desktop: a document is given once, as it was printed; uploads meet the faults that are set.
import { PassThrough } from 'node:stream'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, it, vi } from 'vitest'
import { createDesktopFiles } from './desktop-files.ts'
import { createDesktopSpool } from './desktop-spool.ts'

function answer() {
  const head = vi.fn<(status: number, headers?: object) => void>()
  const end = vi.fn<(body?: unknown) => void>()
  const response = {
    writeHead: (status: number, headers?: object) => {
      head(status, headers)
      return response
    },
    end: (body?: unknown, then?: () => void) => {
      end(body)
      then?.()
    },
  }
  const status = (): number | undefined => head.mock.lastCall?.[0]
  return { response: response as unknown as ServerResponse, status, body: () => end.mock.lastCall?.[0] }
}

describe('the spool', () => {
  it('gives a document once, and one of the same name beside it', () => {
    const spool = createDesktopSpool()
    expect(spool.put('../Notes.pdf', Buffer.from('a'))).toBe('.._Notes.pdf')
    expect(spool.put('Notes.pdf', Buffer.from('b'))).toBe('Notes.pdf')
    expect(spool.put('Notes.pdf', Buffer.from('c'))).toBe('Notes (2).pdf')
    for (const [name, status] of [
      ['Notes%20(2).pdf', 200],
      ['Notes%20(2).pdf', 404],
      ['Notes.pdf', 200],
      ['%', 404],
    ] as const) {
      const got = answer()
      spool.serve(got.response, name)
      expect(got.status()).toBe(status)
    }
  })
})

describe('uploads of the demo', () => {
  async function upload(how: 'take' | 'refuse' | 'full') {
    const files = createDesktopFiles(() => 0)
    files.setFault(how)
    const request = Object.assign(new PassThrough(), { headers: { 'x-upload-path': 'x' } })
    request.end('text')
    const got = answer()
    await files.upload(request as unknown as IncomingMessage, got.response)
    return { status: got.status(), body: String(got.body()), files: [...files.files.keys()] }
  }
  it('meet what the genuine server would say', async () => {
    expect(await upload('take')).toMatchObject({ status: 200, files: ['Welcome.txt', 'x'] })
    expect(await upload('refuse')).toMatchObject({ status: 403, files: ['Welcome.txt'] })
    expect(await upload('full')).toMatchObject({ status: 400, body: expect.stringContaining('Errno 28') as string })
  })

  it('are cut off', async () => {
    const files = createDesktopFiles(() => 0)
    files.setFault('cut')
    const request = Object.assign(new PassThrough(), { headers: { 'x-upload-path': 'x' } })
    await files.upload(request as unknown as IncomingMessage, answer().response)
    request.write('half')
    await vi.waitFor(() => expect(request.destroyed).toBe(true))
    expect([...files.files.keys()]).toEqual(['Welcome.txt'])
  })
})
