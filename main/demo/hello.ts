// The first line on a signalling socket, judged exactly as the genuine server does: what it refuses, we refuse with its codes.

/** What a client said about itself, once it is acceptable. */
export interface HelloFacts {
  readonly role: 'controller' | 'viewer'
  readonly slot: number | null
  readonly tabId: string
  /** Empty when none was given or it is malformed. */
  readonly resumeKey: string
  readonly display: string
  readonly pageSize: readonly [number, number] | null
}

export type HelloVerdict =
  | { readonly ok: true; readonly hello: HelloFacts }
  | { readonly ok: false; readonly code: number; readonly reason: string }

const LIMIT = 16_384
const INVALID: HelloVerdict = { ok: false, code: 1002, reason: 'invalid protocol' }
/** The handler of the genuine server crashes quietly on these. */
const QUIET: HelloVerdict = { ok: false, code: 1000, reason: '' }
const NO_PLAYER: HelloVerdict = { ok: false, code: 4000, reason: 'Invalid player id provided, check URL.' }

/** Judges a first line. @param text the whole text frame. Source: Selkies 2.1, its answers to wrong grammar */
export function judgeHello(text: string): HelloVerdict {
  if (text.length > LIMIT) return { ok: false, code: 1009, reason: 'hello too large' }
  const [word = '', kind, ...rest] = text.split(' ')
  if (kind === undefined) return QUIET
  if (word !== 'HELLO') return INVALID
  if (kind === 'server') return { ok: false, code: 4001, reason: 'Invalid authentication token' }
  if (kind !== 'client' || rest.length === 0) return INVALID
  let body: unknown
  try {
    body = JSON.parse(rest.join(' '))
  } catch {
    // not JSON
    return INVALID
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return QUIET
  return judgeBody(body as Readonly<Record<string, unknown>>)
}

function judgeBody(body: Readonly<Record<string, unknown>>): HelloVerdict {
  const role = body['client_type']
  if (role !== 'controller' && role !== 'viewer') return INVALID
  const display = body['display_id'] ?? 'primary'
  if (typeof display !== 'string' || !/^[A-Za-z0-9_-]{1,32}$/.test(display)) return INVALID
  const asked = body['client_slot']
  if (asked !== undefined && asked !== null && !isNumeric(asked)) return INVALID
  const slot = Number(asked ?? 0)
  if (!Number.isInteger(slot) || slot === 0 || slot < -1 || slot > 4) return NO_PLAYER
  if (display !== 'primary') return { ok: false, code: 4000, reason: 'Second screens are disabled on this server.' }
  const tab = body['client_tab_id']
  const key = body['resume_key']
  return {
    ok: true,
    hello: {
      role,
      slot: slot === -1 ? null : slot,
      tabId: typeof tab === 'string' ? tab.slice(0, 64) : '',
      resumeKey: typeof key === 'string' && /^[A-Za-z0-9]{16,64}$/.test(key) ? key : '',
      display,
      pageSize: readSize(body['page_size']),
    },
  }
}

function isNumeric(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value)))
}

function readSize(value: unknown): readonly [number, number] | null {
  if (!Array.isArray(value)) return null
  const [width, height] = value as readonly unknown[]
  const fits = (side: unknown): side is number =>
    typeof side === 'number' && Number.isInteger(side) && side >= 1 && side <= 8192
  return fits(width) && fits(height) ? [width, height] : null
}
