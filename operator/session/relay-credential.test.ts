import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../shared/render/types.ts'
import { relayData } from '../../shared/render/render-session.ts'
import { mintRelayCredential, relayRefreshAt } from './relay-credential.ts'

const NOW = Date.parse('2026-11-24T08:00:00.000Z')
const RELAY = { urls: ['turn:relay.example:3478'], secret: 'north', ttlSeconds: 3600 }

function secretWith(data: Readonly<Record<string, string>>): KubeObject {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' }, data }
}

describe('a minted credential', () => {
  it('is what coturn computes: HMAC-SHA1 over the name with the secret, in base64', () => {
    // computed with: printf %s 1795510800:abcdefghij | openssl dgst -sha1 -hmac north -binary | base64
    expect(mintRelayCredential(RELAY, 'abcdefghij', NOW)).toEqual({
      urls: RELAY.urls,
      username: '1795510800:abcdefghij',
      credential: 'ayscaOpOZOvgn2BrucW4KIVGoOE=',
      expires: '2026-11-24T09:00:00.000Z',
    })
  })
})

describe('the time to renew it', () => {
  const minted = mintRelayCredential(RELAY, 'abcdefghij', NOW)

  it('is half its life', () => {
    expect(relayRefreshAt(secretWith(relayData(minted)), RELAY)).toBe(NOW + 1_800_000)
  })

  it.each([
    ['there is none', {}, RELAY],
    ['its end cannot be read', { ...relayData(minted), 'relay-expires': btoa('soon') }, RELAY],
    ['it was minted from another secret', relayData(minted), { ...RELAY, secret: 'south' }],
    ['the relays are others', relayData(minted), { ...RELAY, urls: [] }],
  ])('is now when %s', (_, data, relay) => {
    expect(relayRefreshAt(secretWith(data), relay)).toBe(0)
  })
})
