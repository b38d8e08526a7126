// What the tunnel bench sends through a way: one request on a new connection, a download as fast as it goes, a download at a steady rate.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** One way to the pod's server: a URL that ends with a slash, in front of `api/...`. */
export interface Way {
  readonly name: string
  readonly base: string
}

/** @returns ms from the first packet of a new TCP connection to the last byte of a small answer */
export async function askOnce(way: Way): Promise<number> {
  return (await fetchAll(way, 'api/status')).ms
}

/** @returns MB/s (10^6 bytes) over a download of `bytes` */
export async function download(way: Way, bytes: number): Promise<number> {
  return bytes / 1e3 / (await fetchAll(way, `api/files/${bytes}`)).ms
}

/**
 * Reads at a steady rate, leaving the rest to back-pressure.
 * @param mbit Mbit/s (10^6 bits)
 * @param seconds how long
 * @param tick called every second with the seconds passed
 * @returns Mbit/s that really arrived
 */
export async function readSteadily(
  way: Way,
  mbit: number,
  seconds: number,
  tick: (second: number) => Promise<void>,
): Promise<number> {
  const perMs = (mbit * 1e6) / 8 / 1000
  const socket = await send(way, `api/files/${Math.ceil(perMs * 1000 * (seconds + 5))}`)
  const begin = performance.now()
  let received = 0
  socket.on('data', (chunk: Buffer) => {
    received += chunk.length
    const ahead = received / perMs - (performance.now() - begin)
    if (ahead > 1) {
      socket.pause()
      setTimeout(() => socket.resume(), ahead)
    }
  })
  for (let second = 1; second <= seconds; second += 1) {
    await new Promise((done) => setTimeout(done, begin + second * 1000 - performance.now()))
    await tick(second)
  }
  const passed = performance.now() - begin
  const rate = (received * 8) / 1e3 / passed
  socket.destroy()
  return rate
}

/** Reads one answer as long as it says it is: how long a way takes to close a connection afterwards is not what is asked. */
async function fetchAll(way: Way, path: string): Promise<{ readonly ms: number }> {
  const begin = performance.now()
  const socket = await send(way, path)
  let head = ''
  let left = Infinity
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    if (left === Infinity) {
      head += chunk.toString('latin1')
      const end = head.indexOf('\r\n\r\n')
      if (end < 0) continue
      const length = /^HTTP\/1\.1 200 .*content-length: (\d+)\r\n/is.exec(head.slice(0, end + 2))?.[1]
      if (length === undefined) throw new Error(`${way.name} answered ${head.slice(0, 200)}`)
      left = Number(length) - (head.length - end - 4)
    } else {
      left -= chunk.length
    }
    if (left <= 0) return { ms: performance.now() - begin }
  }
  throw new Error(`${way.name} ended ${left} bytes early`)
}

async function send(way: Way, path: string): Promise<Socket> {
  const { hostname, port, pathname } = new URL(path, way.base)
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  await once(socket, 'connect')
  socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`)
  return socket
}
