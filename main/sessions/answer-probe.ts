// Whether a desktop's server answers already: asked by ourselves through the tunnel, since the kubelet's word comes a second or two later.
// Any failure means "not yet".
import type { Duplex } from 'node:stream'
import type { KubeClient } from '../../kube/types.ts'

/** How long one question may take, ms. */
const PATIENCE_MS = 3_000

/**
 * Asks `/api/status`, which Selkies 2.1 answers without a login. An answer that asks for a login counts too: it is the server's.
 * @returns true once anything but a gateway's error came back
 */
export async function desktopAnswers(
  client: KubeClient,
  target: { readonly namespace: string; readonly pod: string; readonly port: number },
  signal: AbortSignal,
): Promise<boolean> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)])
  let socket: Duplex | undefined
  try {
    socket = await client.dialPod(target.namespace, target.pod, target.port, limited)
    // its error may be told after we have turned away: without a listener that would end the process
    socket.on('error', () => undefined)
    // refused before we could listen: its end was told already
    if (socket.destroyed) return false
    const status = await firstStatus(socket, limited)
    return status >= 200 && status < 500
  } catch {
    // refused, cut or silent: the server is not up yet
    return false
  } finally {
    socket?.destroy()
  }
}

function firstStatus(socket: Duplex, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = ''
    const fail = (): void => reject(new Error('no answer'))
    signal.addEventListener('abort', fail, { once: true })
    socket.on('error', fail)
    socket.on('close', fail)
    socket.on('data', (chunk: Uint8Array) => {
      text += new TextDecoder('latin1').decode(chunk)
      const match = /^HTTP\/1\.[01] (\d{3})/.exec(text)
      if (match) resolve(Number(match[1]))
      else if (text.length > 64) fail()
    })
    socket.write('GET /api/status HTTP/1.1\r\nHost: desktop\r\nConnection: close\r\n\r\n')
  })
}
