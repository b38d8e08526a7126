// The relay's short-lived credential, from the Secret that whoever runs coturn writes into the namespace.
// Absent, unreadable or expired means no relay, and says so; a start never fails for it.
import { SECRET, type KubeClient } from '../../kube/types.ts'
import type { IceServer } from '../../shared/domain/session.ts'
import { RELAY_SECRET } from '../../shared/product.ts'
import type { KubeObject } from '../../shared/render/types.ts'
import { secretText } from './kube-read.ts'
import { isNotFound } from './refusals.ts'

export interface Relay {
  readonly iceServers: readonly IceServer[]
  readonly relayNote?: string | undefined
  /** Epoch ms at which the credential expires, where that is said. */
  readonly relayUntil?: number | undefined
}

/** Reads the relay of a namespace. @param now epoch ms */
export async function readRelay(
  client: KubeClient,
  namespace: string,
  now: number,
  signal?: AbortSignal,
): Promise<Relay> {
  try {
    return relayOf(await client.get(SECRET, RELAY_SECRET, namespace, signal), now)
  } catch (thrown) {
    if (signal?.aborted) throw thrown
    return none(isNotFound(thrown) ? 'No relay is set up in this namespace.' : 'The relay’s credential cannot be read.')
  }
}

/**
 * @param secret `urls` (a JSON list, or separated by commas or white space), `username`, `credential`, `expires` (RFC 3339 or Unix seconds)
 * @param prefix stands before each of these keys
 */
export function relayOf(secret: KubeObject, now: number, prefix = ''): Relay {
  const urls = readUrls(secretText(secret, `${prefix}urls`) ?? '').filter((url) => /^turns?:/.test(url))
  const username = secretText(secret, `${prefix}username`)?.trim()
  const credential = secretText(secret, `${prefix}credential`)?.trim()
  if (urls.length === 0 || !username || !credential) return none('The relay’s credential is not complete.')
  const expires = readTime(secretText(secret, `${prefix}expires`)?.trim() ?? '')
  if (expires !== undefined && expires <= now) return none('The relay’s credential has expired.')
  return { iceServers: [{ urls, username, credential }], ...(expires === undefined ? {} : { relayUntil: expires }) }
}

/** The relay's credential in a session's own access Secret, where the operator keeps it fresh. @param now epoch ms */
export function relayOfSession(secret: KubeObject, now: number): Relay {
  if (secretText(secret, 'relay-urls') === undefined) return none('No relay is set up in this cluster.')
  return relayOf(secret, now, 'relay-')
}

function readUrls(text: string): string[] {
  try {
    const value: unknown = JSON.parse(text)
    if (Array.isArray(value)) return value.filter((entry) => typeof entry === 'string')
  } catch {
    // not JSON: the plain form
  }
  return text.split(/[\s,]+/).filter(Boolean)
}
function readTime(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) * 1000
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? undefined : ms
}
function none(relayNote: string): Relay {
  return { iceServers: [], relayNote }
}
