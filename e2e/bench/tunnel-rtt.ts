// The round trip of a port-forward: a desktop's health, which it says without any work, asked again and again on one connection.
import type { Duplex } from 'node:stream'
import { quantile } from './machine.ts'

const TIMES = 40
const QUESTION = 'GET /api/health HTTP/1.1\r\nHost: desktop\r\n\r\n'
const WITHIN_MS = 5000

/**
 * @param dial a connection to the desktop's HTTP port
 * @returns the median, ms; it holds what the server's program needs to say OK
 * @throws when an answer does not come within 5 s
 */
export async function tunnelRoundTrip(dial: () => Promise<Duplex>): Promise<number | null> {
  const socket = await dial()
  const took: number[] = []
  const broken = new Promise<never>((_, reject) => socket.once('error', reject))
  // it is only waited for while an answer is
  broken.catch(() => undefined)
  try {
    for (let i = 0; i < TIMES; i++) {
      const askedAt = performance.now()
      const answered = new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('the tunnel gave no answer within 5 s.')), WITHIN_MS)
        let text = ''
        const hear = (chunk: Buffer): void => {
          text += chunk.toString('latin1')
          if (!text.endsWith('OK')) return
          clearTimeout(timer)
          socket.off('data', hear)
          resolve()
        }
        socket.on('data', hear)
      })
      socket.write(QUESTION)
      await Promise.race([answered, broken])
      // the first ones warm the way up
      if (i >= 5) took.push(performance.now() - askedAt)
    }
    return quantile(took, 0.5)
  } finally {
    socket.destroy()
  }
}
