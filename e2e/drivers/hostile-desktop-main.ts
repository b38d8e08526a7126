// The hostile server's process: `PORT CANARY`; each line on stdin is how it behaves from then on; a line on stdout for each request.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { WebSocketServer, type WebSocket } from 'ws'

const [port = '', canary = ''] = process.argv.slice(2)
let how = 'html'
process.stdin.on('data', (chunk) => (how = chunk.toString().trim().split('\n').at(-1) ?? how))

const GIGABYTE = 1024 ** 3
const BLOCK = Buffer.alloc(1024 * 1024, 0x20)
const PAGE = `<!doctype html><title>taken</title><script src="${canary}/script"></script><script>fetch("${canary}/fetch");alert(1);document.cookie="taken=script"</script><img src="${canary}/image"><iframe src="${canary}/frame"></iframe><meta http-equiv="refresh" content="0;url=${canary}/meta">`

const server = createServer(answer)
const sockets = new WebSocketServer({ noServer: true })

function tempt(response: ServerResponse): void {
  response.setHeader('set-cookie', ['taken=header; Path=/', 'kasm=taken; Path=/; SameSite=Strict'])
  response.setHeader('link', `<${canary}/link>; rel=preload; as=script`)
  response.setHeader('refresh', `0;url=${canary}/refresh`)
  response.setHeader('access-control-allow-origin', '*')
  response.setHeader('content-security-policy', "default-src * 'unsafe-inline'")
  response.setHeader('service-worker-allowed', '/')
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  process.stdout.write(`asked ${request.url}\n`)
  tempt(response)
  if (how === 'lure' && request.url === '/api/status') {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end('{"current_mode":"webrtc","enable_dual_mode":true}')
    return
  }
  switch (how) {
    case 'redirect':
      response.writeHead(302, { location: `${canary}/redirect` }).end()
      return
    case 'lure':
    case 'flood':
      response.writeHead(200, { 'content-type': 'application/json' })
      pour(
        (block, then) => response.write(block, then),
        () => response.destroyed,
        () => response.end(),
      )
      return
    default:
      response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE)
  }
}

server.on('upgrade', (request, socket, head) => {
  process.stdout.write(`asked ${request.url}\n`)
  socket.on('error', () => undefined)
  if (how === 'redirect') {
    socket.end(`HTTP/1.1 302 Found\r\nLocation: ${canary}/upgrade\r\nSet-Cookie: taken=upgrade; Path=/\r\n\r\n`)
    return
  }
  sockets.handleUpgrade(request, socket, head, (client) => {
    process.stdout.write('socket\n')
    client.on('error', () => undefined)
    for (const text of [PAGE, '{"sdp":{"type":"offer","sdp":"<script>"}}', 'HELLO', `cursor,${PAGE}`]) client.send(text)
    if (how === 'flood' || how === 'lure') flood(client)
  })
})

function flood(client: WebSocket): void {
  pour(
    (block, then) => client.send(block, then),
    () => client.readyState !== client.OPEN,
    () => client.close(),
  )
}

/** A gigabyte, block by block, as fast as it is taken. */
function pour(write: (block: Buffer, then: () => void) => void, isOver: () => boolean, end: () => void): void {
  let left = GIGABYTE
  const next = (): void => {
    if (isOver()) return
    if (left <= 0) return end()
    left -= BLOCK.length
    write(BLOCK, () => setImmediate(next))
  }
  next()
}

server.listen(Number(port), '127.0.0.1', () => process.stdout.write('listening\n'))
process.on('SIGTERM', () => process.exit(0))
