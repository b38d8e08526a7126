// The two pages that the web host writes itself: no login, and no such place. Plain HTML without script or style.
import type { ServerResponse } from 'node:http'
import { securityHeaders } from '../main/static-files.ts'
import { PRODUCT_NAME } from '../shared/product.ts'

/** Answers a page that has no login: the way in is the link in the terminal. */
export function answerNoLogin(response: ServerResponse): void {
  const body = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${PRODUCT_NAME}</title>
<body><h1>${PRODUCT_NAME}</h1><p>This browser is not signed in to the app.</p>
<p>Open the link that the terminal shows. A link works once and for ten minutes; press Enter in the terminal for a new one.</p>`
  answer(response, 401, 'text/html; charset=utf-8', body)
}

/** Answers with one line of text. */
export function answerText(response: ServerResponse, status: number, text: string): void {
  answer(response, status, 'text/plain; charset=utf-8', text)
}

/** Answers that there is nothing, and that this is all right. */
export function answerNothing(response: ServerResponse): void {
  response.writeHead(204, { ...securityHeaders([]), 'cache-control': 'max-age=3600' })
  response.end()
}

/** Sends the browser to another path or origin of ours, and nowhere else. */
export function answerRedirect(response: ServerResponse, status: 303 | 308, location: string, cookie?: string): void {
  const headers = { ...securityHeaders([]), location, 'cache-control': 'no-store', 'content-length': '0' }
  response.writeHead(status, cookie === undefined ? headers : { ...headers, 'set-cookie': cookie })
  response.end()
}

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  const headers = { 'content-type': type, 'cache-control': 'no-store', 'content-length': Buffer.byteLength(body) }
  // whoever is refused need not send the rest of a body, and keeps no connection
  response.writeHead(status, { ...securityHeaders([]), ...headers, connection: 'close' })
  response.end(response.req.method === 'HEAD' ? undefined : body)
}
