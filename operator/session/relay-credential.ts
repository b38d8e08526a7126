// One person's credential for the relay: coturn's REST scheme, minted from the secret that stays in the platform's namespace. Pure.
// Source: coturn, "TURN REST API": username `<unix expiry>:<user>`, password base64(HMAC-SHA1(secret, username)).
import { Buffer } from 'node:buffer'
import { createHmac } from 'node:crypto'
import { epochOf } from '../../shared/domain/cluster-objects.ts'
import type { RelayCredential } from '../../shared/render/render-session.ts'
import type { KubeObject } from '../../shared/render/types.ts'
import type { Fresh } from './observed.ts'

export type RelaySettings = NonNullable<Fresh['relay']>

/**
 * Mints a credential.
 * @param user what its quota is counted by: the owner's hash, never their name
 * @param now epoch ms
 */
export function mintRelayCredential(relay: RelaySettings, user: string, now: number): RelayCredential {
  const expires = Math.floor(now / 1000) + relay.ttlSeconds
  const username = `${expires}:${user}`
  return {
    urls: relay.urls,
    username,
    credential: credentialOf(relay.secret, username),
    expires: new Date(expires * 1000).toISOString(),
  }
}

/**
 * When the credential in an access Secret has to be replaced, epoch ms: at half its life, or at once (0) when it is not there, names other
 * relays, or was minted from a secret that has been replaced.
 */
export function relayRefreshAt(secret: KubeObject, relay: RelaySettings): number {
  const text = (key: string): string => secretText(secret, key) ?? ''
  const expires = epochOf(text('relay-expires'))
  const username = text('relay-username')
  const current =
    text('relay-urls') === JSON.stringify(relay.urls) &&
    text('relay-credential') === credentialOf(relay.secret, username)
  return expires === undefined || !current ? 0 : expires - (relay.ttlSeconds * 1000) / 2
}

/** A Secret's value as text. */
export function secretText(secret: KubeObject, key: string): string | undefined {
  const value = (secret['data'] as Readonly<Record<string, string>> | undefined)?.[key]
  return value === undefined ? undefined : Buffer.from(value, 'base64').toString('utf8')
}

function credentialOf(secret: string, username: string): string {
  return createHmac('sha1', secret).update(username).digest('base64')
}
