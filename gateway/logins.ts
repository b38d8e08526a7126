// Who may use the web host: a one-time token from the terminal becomes a cookie of one browser. Nothing is written down;
// a restart ends every login. Secrets are kept as digests, so that comparing them takes no measurable time.
import { createHash, randomBytes } from 'node:crypto'

/** How long a printed link works, ms. */
export const TOKEN_LIFE_MS = 10 * 60_000
const MAX_TOKENS = 16
const MAX_COOKIES = 32

export interface LoginsOptions {
  /** Epoch ms. */
  readonly now: () => number
  /** Cookies do not know ports: the name does, so that two hosts on one machine keep apart. */
  readonly cookieName: string
}

export interface Logins {
  /** A new token: 256 bits, used once, short-lived. */
  newToken(): string
  /** Takes a token for a `Set-Cookie` value; null when it is unknown, used or too old. */
  redeem(token: string): string | null
  /** Whether a `Cookie` header holds a login of this host. */
  accepts(cookieHeader: string | undefined): boolean
}

/** Makes the list of logins of one running host. */
export function createLogins(options: LoginsOptions): Logins {
  const { now, cookieName } = options
  const tokens = new Map<string, number>()
  const cookies = new Set<string>()
  return {
    newToken() {
      const token = secret()
      dropOldest(tokens, MAX_TOKENS)
      tokens.set(digest(token), now() + TOKEN_LIFE_MS)
      return token
    },
    redeem(token) {
      const key = digest(token)
      const expires = tokens.get(key)
      tokens.delete(key)
      if (expires === undefined || now() >= expires) return null
      const value = secret()
      dropOldest(cookies, MAX_COOKIES)
      cookies.add(digest(value))
      // no Max-Age: it ends with the browser, as it ends with this process
      return `${cookieName}=${value}; Path=/; HttpOnly; SameSite=Strict`
    },
    accepts(cookieHeader) {
      return (cookieHeader ?? '')
        .split(';')
        .map((part) => part.trim())
        .some((part) => part.startsWith(`${cookieName}=`) && cookies.has(digest(part.slice(cookieName.length + 1))))
    },
  }
}

function secret(): string {
  return randomBytes(32).toString('base64url')
}

function digest(value: string): string {
  return createHash('sha256').update(value).digest('base64')
}

function dropOldest(
  kept: { readonly size: number; keys(): Iterator<string>; delete(key: string): boolean },
  most: number,
): void {
  while (kept.size >= most) {
    const oldest = kept.keys().next()
    if (oldest.done) return
    kept.delete(oldest.value)
  }
}
