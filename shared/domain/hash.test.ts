// The digest against the standard's own examples, and the names made from it.
import { expect, test } from 'vitest'
import { base32, HASH_LENGTH, ownerHash, templateHash } from './hash.ts'
import { sha256 } from './sha256.ts'

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')

test.each([
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
  ['a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
])('the digest of %.10s is that of FIPS 180-4', (text, digest) => {
  expect(hex(sha256(text))).toBe(digest)
})

test('base32 is that of RFC 4648, lower case and without padding', () => {
  expect(base32(new TextEncoder().encode('foobar'))).toBe('mzxw6ytboi')
  expect(base32(new TextEncoder().encode('f'))).toBe('my')
  expect(base32(Uint8Array.from([255, 255, 255, 255]), 6)).toBe('777777')
})

test('any user name becomes a label value, each its own', () => {
  const names = ['alice', 'oidc:alice@example', 'system:serviceaccount:a:b', 'Ünïcode user']
  const hashes = names.map(ownerHash)
  for (const hash of hashes) expect(hash).toMatch(new RegExp(`^[a-z2-7]{${HASH_LENGTH}}$`))
  expect(new Set(hashes).size).toBe(names.length)
})

test('a template’s hash follows its content, not the order of its keys', () => {
  expect(templateHash({ a: 1, b: [1, { c: 2, d: 3 }] })).toBe(templateHash({ b: [1, { d: 3, c: 2 }], a: 1 }))
  expect(templateHash({ a: 1 })).not.toBe(templateHash({ a: 2 }))
  expect(templateHash({ a: 1, b: undefined })).toBe(templateHash({ a: 1 }))
})
