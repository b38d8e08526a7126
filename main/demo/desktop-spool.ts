// What was printed on a demo desktop and nobody has taken yet, in memory: given once, as Selkies 2.1 does, then gone.
import type { ServerResponse } from 'node:http'

/** Documents that wait; the oldest goes. */
const KEPT = 20

export interface DesktopSpool {
  /** @returns the name under which it waits: another one of the same name gets a number */
  put(name: string, bytes: Buffer): string
  /** `GET /api/print/<name>` */
  serve(response: ServerResponse, encoded: string): void
}

export function createDesktopSpool(): DesktopSpool {
  const documents = new Map<string, Buffer>()
  return {
    put(name, bytes) {
      const stem = name.replace(/\.pdf$/i, '').replaceAll(/[^\w. -]/g, '_') || 'document'
      let free = `${stem}.pdf`
      for (let copy = 2; documents.has(free); copy++) free = `${stem} (${copy}).pdf`
      documents.set(free, bytes)
      const [oldest] = documents.keys()
      if (documents.size > KEPT && oldest !== undefined) documents.delete(oldest)
      return free
    },
    serve(response, encoded) {
      const name = decode(encoded)
      const bytes = documents.get(name)
      if (bytes === undefined) {
        response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('No such document')
        return
      }
      response.writeHead(200, {
        'content-type': 'application/pdf',
        'content-length': bytes.length,
        'content-disposition': 'inline',
      })
      // taken when it went out whole
      response.end(bytes, () => documents.delete(name))
    },
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // no such name
    return ''
  }
}
