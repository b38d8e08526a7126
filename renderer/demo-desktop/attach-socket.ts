// The page's socket to its session's server: says who it is, comes back after a cut, stays away when another page took over.
import { parseToDesktop, REPLACED, type FromDesktop, type ToDesktop } from '../../shared/demo/attach.ts'

export interface AttachSocket {
  send(message: FromDesktop): void
  close(): void
}

/** Waits between tries, ms; after the last one they stay as long. */
const WAITS = [100, 300, 1_000, 3_000] as const

/**
 * Opens the socket.
 * @param url ws(s) URL, or a path on the page's own origin
 * @param onOver told once when it will not come back
 */
export function openAttachSocket(
  url: string,
  onMessage: (message: ToDesktop) => void,
  onOver: () => void,
): AttachSocket {
  const target = new URL(url, location.href)
  if (target.protocol === 'http:' || target.protocol === 'https:')
    target.protocol = target.protocol === 'https:' ? 'wss:' : 'ws:'
  const id = crypto.randomUUID()
  let socket: WebSocket | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let tries = 0
  let over = false
  const waiting: string[] = []
  const open = (): void => {
    const current = new WebSocket(target)
    socket = current
    current.addEventListener('open', () => {
      tries = 0
      current.send(JSON.stringify({ type: 'attach', id } satisfies FromDesktop))
      for (const text of waiting.splice(0)) current.send(text)
    })
    current.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      const message = typeof data === 'string' ? parseToDesktop(data) : null
      if (message !== null) onMessage(message)
    })
    current.addEventListener('close', ({ code }) => {
      if (over || socket !== current) return
      if (code === REPLACED) {
        over = true
        return onOver()
      }
      timer = setTimeout(open, WAITS[Math.min(tries++, WAITS.length - 1)])
    })
  }
  open()
  return {
    send(message) {
      const text = JSON.stringify(message)
      if (socket?.readyState === WebSocket.OPEN) socket.send(text)
      else waiting.push(text)
    },
    close() {
      over = true
      clearTimeout(timer)
      socket?.close()
    },
  }
}
