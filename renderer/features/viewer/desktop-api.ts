// The few HTTP questions that the viewer asks a desktop through its door. Answers are hostile until read: size and time are bounded.
import { countSessions, readProbe, type ProbeAnswer, type Probed } from '../../../shared/selkies/probe.ts'
import { doorHttp } from './transport/door-url.ts'

const TIMEOUT_MS = 8000
const LARGEST_ANSWER = 256 * 1024

export interface DesktopApi {
  /** @returns what answers, and whether the door itself refused (then it must be opened anew) */
  probe(signal: AbortSignal): Promise<{ readonly probed: Probed; readonly doorClosed: boolean }>
  /** @returns how many clients are connected; null when it is not known */
  sessions(signal: AbortSignal): Promise<number | null>
  /** Switches the mode for everybody. @returns whether the desktop agreed */
  switchMode(mode: 'webrtc' | 'websocket', signal: AbortSignal): Promise<boolean>
}

/** @param base the door's base URL @param generation the older one has other paths */
export function createDesktopApi(base: string, generation: 'selkies1' | 'selkies2'): DesktopApi {
  const ask = async (path: string, signal: AbortSignal, init: RequestInit = {}): Promise<ProbeAnswer | null> => {
    try {
      const response = await fetch(doorHttp(base, path), {
        ...init,
        cache: 'no-store',
        credentials: 'same-origin',
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      })
      return { status: response.status, body: await readBounded(response) }
    } catch {
      // no answer in time, or a redirect that a desktop has no business to send
      return null
    }
  }
  return {
    async probe(signal) {
      const status = await ask('api/status', signal)
      const older = generation === 'selkies1' && status?.status !== 200
      const [turn, health] = older ? await Promise.all([ask('turn', signal), ask('health', signal)]) : [null, null]
      const refused = status !== null && [401, 403, 404, 410].includes(status.status)
      return { probed: readProbe({ status, turn, health }), doorClosed: refused }
    },
    async sessions(signal) {
      const answer = await ask('api/sessions', signal)
      return answer?.status === 200 ? countSessions(answer.body) : null
    },
    async switchMode(mode, signal) {
      const answer = await ask('api/switch', signal, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ mode: mode === 'webrtc' ? 'webrtc' : 'websockets' }),
      })
      return answer?.status === 200
    },
  }
}

async function readBounded(response: Response): Promise<string> {
  const reader = response.body?.getReader()
  if (reader === undefined) return ''
  const decoder = new TextDecoder()
  let text = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    text += decoder.decode(value, { stream: true })
    if (text.length > LARGEST_ANSWER) {
      await reader.cancel()
      return ''
    }
  }
}
