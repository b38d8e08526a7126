// The few HTTP questions that the viewer asks a desktop through its door. Answers are hostile until read: size and time are bounded.
import { CATALOG } from '../../../shared/error-catalog.ts'
import { countSessions, readProbe, type ProbeAnswer, type Probed } from '../../../shared/selkies/probe.ts'
import { doorHttp } from './transport/door-url.ts'
import { translated } from '../../ui/translate.ts'
import { readText } from './read-text.ts'

const TIMEOUT_MS = 8000
const LARGEST_ANSWER = 256 * 1024
/** Our own door refuses with it; a desktop cannot set it. Holds an error code of the catalogue. */
const DOOR_ERROR_HEADER = 'x-door-error'

export interface ProbeResult {
  readonly probed: Probed
  /** The door itself is gone and must be opened anew. */
  readonly doorClosed: boolean
  /** Why the door could not reach the desktop, in words. */
  readonly refusal: string | null
}

interface DoorAnswer extends ProbeAnswer {
  readonly doorError: string | null
}

export interface DesktopApi {
  probe(signal: AbortSignal): Promise<ProbeResult>
  /** @returns how many clients are connected; null when it is not known */
  sessions(signal: AbortSignal): Promise<number | null>
  /** Switches the mode for everybody. @returns whether the desktop agreed */
  switchMode(mode: 'webrtc' | 'websocket', signal: AbortSignal): Promise<boolean>
}

/** @param base the door's base URL */
export function createDesktopApi(base: string): DesktopApi {
  const ask = async (path: string, signal: AbortSignal, init: RequestInit = {}): Promise<DoorAnswer | null> => {
    try {
      const response = await fetch(doorHttp(base, path), {
        ...init,
        cache: 'no-store',
        credentials: 'same-origin',
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      })
      const doorError = response.headers.get(DOOR_ERROR_HEADER)
      return { status: response.status, body: await readText(response, LARGEST_ANSWER), doorError }
    } catch {
      // no answer in time, or a redirect that a desktop has no business to send
      return null
    }
  }
  return {
    async probe(signal) {
      const status = await ask('api/status', signal)
      // what the template says of its image may be wrong: the desktop's own answers decide
      const older = status !== null && status.doorError === null && status.status !== 200
      const [turn, health] = older ? await Promise.all([ask('turn', signal), ask('health', signal)]) : [null, null]
      const code = status?.doorError ?? null
      const refusal =
        code !== null && code in CATALOG ? translated(CATALOG[code as keyof typeof CATALOG].sentence) : null
      return { probed: readProbe({ status, turn, health }), doorClosed: code === 'door-closed', refusal }
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
