// The relay's credential: coturn's scheme, and a Secret that the app reads as its relay.
import { expect, test } from 'vitest'
import { relayOf } from '../main/sessions/relay.ts'
import type { KubeObject } from '../shared/render/types.ts'
import { relaySecret, sharedSecretOf } from './relay-secret.ts'

const END = Date.parse('2026-12-01T00:00:00.000Z')
const GRANT = { sharedSecret: 'north', user: 'alice', namespace: 'desktops-alice', host: '192.0.2.7', expires: END }

/** As the API server stores it. */
function stored(secret: KubeObject): KubeObject {
  const texts = Object.entries(secret['stringData'] as Record<string, string>)
  return { ...secret, data: Object.fromEntries(texts.map(([key, text]) => [key, btoa(text)])) }
}

test('the app takes it until it ends, and not after', () => {
  const secret = stored(relaySecret(GRANT))
  expect(relayOf(secret, END - 1000).iceServers).toEqual([
    {
      urls: ['turn:192.0.2.7:3478?transport=udp', 'turn:192.0.2.7:3478?transport=tcp'],
      username: '1796083200:alice',
      // printf %s 1796083200:alice | openssl dgst -sha1 -hmac north -binary | base64
      credential: 'vd5ruOXjGHpV3bAFtgrvJ0pkdaw=',
    },
  ])
  expect(relayOf(secret, END).iceServers).toEqual([])
})

test('an IPv6 address stands in brackets', () => {
  const [server] = relayOf(stored(relaySecret({ ...GRANT, host: '2001:db8::7' })), 0).iceServers
  expect(server?.urls[0]).toBe('turn:[2001:db8::7]:3478?transport=udp')
})

test('the shared secret is the one line of relay.conf that is no comment', () => {
  expect(sharedSecretOf('# static-auth-secret=no\nrealm=x\nstatic-auth-secret = yes \n')).toBe('yes')
  expect(() => sharedSecretOf('static-auth-secret=\nallowed-peer-ip=10.0.0.1\n')).toThrow('static-auth-secret')
})
