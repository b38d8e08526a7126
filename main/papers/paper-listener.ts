// Where a browser shows a printed document: an origin of its own on loopback, which holds documents and nothing else. What a document
// brings with it therefore never runs beside the app's pages, its socket or its doors.
// Policy: GET and HEAD of a document by its id; its `Host` must be its own address; the kind is ours, whatever the bytes are.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Paper } from './paper-shelf.ts'

export interface PaperListener {
  /** Address of a document; with `?save` it is saved instead of shown. */
  addressOf(paper: Paper): string
  stop(): Promise<void>
}

/** Listens on 127.0.0.1 until stopped. @throws the listener's error */
export async function listenForPapers(get: (id: string) => Paper | undefined): Promise<PaperListener> {
  let host = ''
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 30_000 }, (request, response) => {
    if (request.headers.host === host) serve(request, response, get)
    else refuse(response, 421)
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(0, '127.0.0.1', resolve)
  await promise
  // the app must be able to end while a browser keeps a connection
  server.unref()
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    addressOf: ({ id, fileName }) => `http://${host}/${id}/${encodeURIComponent(fileName)}`,
    async stop() {
      const closed = new Promise<void>((done) => server.close(() => done()))
      server.closeAllConnections()
      await closed
    },
  }
}

function serve(request: IncomingMessage, response: ServerResponse, get: (id: string) => Paper | undefined): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405)
  const match = /^\/([\w-]{43})\/[^/?]*(\?save)?$/.exec(request.url ?? '')
  const paper = get(match?.[1] ?? '')
  if (paper === undefined) return refuse(response, 404)
  const name = paper.fileName.replaceAll(/[^\w .-]/g, '_')
  const extended = encodeURIComponent(paper.fileName).replaceAll(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  )
  response.writeHead(200, {
    ...INERT,
    'content-type': 'application/pdf',
    'content-length': paper.bytes.length,
    'content-disposition': `${match?.[2] === undefined ? 'inline' : 'attachment'}; filename="${name}"; filename*=UTF-8''${extended}`,
  })
  response.end(request.method === 'HEAD' ? undefined : paper.bytes)
}

/** No sandbox here: browsers show no PDF in one. The origin is the wall. */
const INERT = {
  'content-security-policy': "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { ...INERT, 'content-length': 0 })
  response.end()
}
