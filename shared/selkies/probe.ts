// Which Selkies answers, and in which mode: a pure reading of what the probes said. Asking is the caller's.
import { TEXT_LIMIT } from './limits.ts'

/** One probe's answer; null when nothing answered. */
export interface ProbeAnswer {
  readonly status: number
  readonly body: string
}

export interface ProbeAnswers {
  /** `api/status` */
  readonly status: ProbeAnswer | null
  /** `turn` (1.6) */
  readonly turn: ProbeAnswer | null
  /** `health` (1.6) */
  readonly health: ProbeAnswer | null
}

export type Probed =
  | {
      readonly kind: 'selkies2'
      /** null: between two modes; ask again after 1 s. */
      readonly mode: 'webrtc' | 'websockets' | null
      /** The mode may be switched. */
      readonly dual: boolean
    }
  | { readonly kind: 'selkies1' }
  /** Something answers that is neither. */
  | { readonly kind: 'other' }
  | { readonly kind: 'silent' }

/** Reads the answers; the first match wins. Source: Selkies 2.1 and 1.6, which paths each serves. */
export function readProbe(answers: ProbeAnswers): Probed {
  const status = answers.status?.status === 200 ? json(answers.status.body) : null
  if (status !== null && Object.hasOwn(status, 'current_mode')) {
    const mode = status['current_mode']
    return {
      kind: 'selkies2',
      mode: mode === 'webrtc' || mode === 'websockets' ? mode : null,
      dual: status['enable_dual_mode'] === true,
    }
  }
  const turn = answers.turn?.status === 200 ? json(answers.turn.body) : null
  if (turn !== null && Array.isArray(turn['iceServers'])) return { kind: 'selkies1' }
  if (answers.health?.status === 200 && answers.health.body === 'OK\n') return { kind: 'selkies1' }
  return answers.status === null && answers.turn === null && answers.health === null
    ? { kind: 'silent' }
    : { kind: 'other' }
}

/** Reads `GET api/sessions`. @returns how many clients are connected, or null when the answer is not understood */
export function countSessions(body: string): number | null {
  const sessions = json(body)?.['sessions']
  return Array.isArray(sessions) ? sessions.length : null
}

function json(body: string): Readonly<Record<string, unknown>> | null {
  if (body.length > TEXT_LIMIT) return null
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : null
  } catch {
    // HTML or nothing: not the answer that was looked for
    return null
  }
}
