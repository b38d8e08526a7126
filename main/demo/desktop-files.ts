// The files of a demo session, in memory: Selkies 2.1's upload (whole and in pieces), HTML listing and download.
// Policy: a piece that does not fit throws the whole transfer away, as the genuine server does; the session's files end with it.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Fault } from '../../shared/demo/attach.ts'

/** All files of a session together, bytes. */
const LIMIT_BYTES = 256 * 1024 * 1024

interface StoredFile {
  readonly bytes: Buffer
  /** Epoch ms. */
  readonly at: number
}

export type UploadFault = (Fault & { kind: 'uploads' })['how']

export interface DesktopFiles {
  readonly files: ReadonlyMap<string, StoredFile>
  /** What befalls uploads from now on. */
  setFault(how: UploadFault): void
  /** `POST /api/upload` */
  upload(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** `GET` and `HEAD` of `/api/files/...` */
  serve(request: IncomingMessage, response: ServerResponse, path: string): void
}

/** @param now epoch ms */
export function createDesktopFiles(now: () => number): DesktopFiles {
  const files = new Map<string, StoredFile>([
    ['Welcome.txt', { bytes: Buffer.from('This desktop is a demo. Its files live as long as it runs.\n'), at: now() }],
  ])
  const partial = new Map<string, { readonly id: string; readonly pieces: Buffer[]; size: number }>()
  let fault: UploadFault = 'take'
  const used = (): number => [...files.values()].reduce((sum, { bytes }) => sum + bytes.length, 0)

  return {
    files,
    setFault(how) {
      fault = how
    },
    async upload(request, response) {
      const path = readPath(request.headers['x-upload-path'])
      if (fault === 'cut') {
        // half a body throws the transfer away
        if (path !== null) partial.delete(path)
        request.once('data', () => request.destroy())
        return
      }
      const body = await readBody(request)
      const refuse = (status: number, message: string): void => json(response, status, { status: 'error', message })
      if (path === null) return refuse(400, 'invalid upload path')
      if (fault === 'refuse') return refuse(403, 'uploads disabled')
      // in the words of the genuine server's system
      const isFull = fault === 'full' || body === null || used() + body.length > LIMIT_BYTES
      if (isFull) {
        partial.delete(path)
        return refuse(400, '[Errno 28] No space left on device')
      }
      const id = one(request.headers['x-upload-id'])
      const offset = one(request.headers['x-upload-offset'])
      if ((id === undefined) !== (offset === undefined))
        return refuse(400, 'X-Upload-Id and X-Upload-Offset must be sent together')
      if (id === undefined || offset === undefined) {
        files.set(path, { bytes: body, at: now() })
        return json(response, 200, { status: 'success', bytes: body.length })
      }
      if (!/^\d+$/.test(offset)) return refuse(400, 'malformed chunk headers')
      const known = partial.get(path)
      if (known !== undefined && known.id !== id) return refuse(409, 'another chunk for this path is in flight')
      const transfer = known ?? { id, pieces: [], size: 0 }
      if (Number(offset) !== transfer.size) {
        partial.delete(path)
        return refuse(409, `chunk sequence mismatch at offset ${offset}; transfer discarded`)
      }
      transfer.pieces.push(body)
      transfer.size += body.length
      partial.set(path, transfer)
      const complete = one(request.headers['x-upload-final']) === '1'
      if (complete) {
        partial.delete(path)
        const total = one(request.headers['x-upload-total'])
        if (total !== undefined && Number(total) !== transfer.size)
          return refuse(400, `size mismatch: received ${transfer.size}, expected ${total}`)
        files.set(path, { bytes: Buffer.concat(transfer.pieces), at: now() })
      }
      json(response, 200, { status: 'success', bytes: transfer.size, complete })
    },
    serve(request, response, encoded) {
      const path = decode(encoded)
      if (path === null || path.split('/').includes('..')) return void response.writeHead(403).end()
      const file = files.get(path)
      if (file !== undefined) {
        const name = path.split('/').at(-1) ?? 'file'
        const tag = `"${file.at.toString(16)}-${file.bytes.length.toString(16)}"`
        const from = rangeStart(request, tag, file.bytes.length)
        const bytes = file.bytes.subarray(from)
        response.writeHead(from > 0 ? 206 : 200, {
          'content-type': 'application/octet-stream',
          'content-length': bytes.length,
          ...(from > 0 ? { 'content-range': `bytes ${from}-${file.bytes.length - 1}/${file.bytes.length}` } : {}),
          etag: tag,
          'content-disposition': `attachment; filename="${name.replaceAll(/[^\w.-]/g, '_')}"; filename*=UTF-8''${encodeURIComponent(name)}`,
          'last-modified': new Date(file.at).toUTCString(),
          'accept-ranges': 'bytes',
        })
        return void response.end(request.method === 'HEAD' ? undefined : bytes)
      }
      const inside = [...files].filter(([name]) => name.startsWith(path))
      if (path !== '' && inside.length === 0) return void response.writeHead(404).end()
      if (path !== '' && !path.endsWith('/'))
        return void response.writeHead(301, { location: `/api/files/${encoded}/` }).end()
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
      response.end(request.method === 'HEAD' ? undefined : listing(path, inside))
    },
  }
}

/** Where a cut download goes on: only of the very content that it began with. */
function rangeStart(request: IncomingMessage, tag: string, size: number): number {
  const start = Number(/^bytes=(\d{1,15})-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
  return request.headers['if-range'] === tag && start < size ? start : 0
}

function listing(folder: string, files: readonly (readonly [string, StoredFile])[]): string {
  const folders = new Map<string, number>()
  const rows: string[] = folder === '' ? [] : ['<tr><td><a href="../">../</a></td><td></td><td>-</td></tr>']
  const plain: string[] = []
  for (const [path, { bytes, at }] of files.toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const [head = '', ...rest] = path.slice(folder.length).split('/')
    if (rest.length > 0) folders.set(head, Math.max(at, folders.get(head) ?? 0))
    else plain.push(row(head, '', at, `${(bytes.length / 1024).toFixed(1)} KB`))
  }
  for (const [name, at] of folders) rows.push(row(name, '/', at, '-'))
  return `<!DOCTYPE html><html><body><table>${[...rows, ...plain].join('')}</table></body></html>`
}

function row(name: string, end: string, at: number, size: string): string {
  const date = new Date(at).toISOString().slice(0, 19).replace('T', ' ')
  const shown = name.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<tr><td><a href="${encodeURIComponent(name)}${end}">${shown}${end}</a></td><td>${date}</td><td>${size}</td></tr>`
}

/** @returns null for an absolute path, one that leaves the folder, or none */
function readPath(header: string | string[] | undefined): string | null {
  const path = decode(one(header) ?? '')
  if (path === null || path === '' || path.startsWith('/')) return null
  return path.split('/').some((part) => part === '..' || part === '' || part === '.') ? null : path
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    // broken percent encoding
    return null
  }
}

/** @returns null when it is larger than a session may hold */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length
    if (size > LIMIT_BYTES) return null
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body))
}
