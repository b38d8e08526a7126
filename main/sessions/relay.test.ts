// The relay's Secret in the forms that people write it, and what is said when it does not serve.
import { expect, test } from 'vitest'
import { relayOf } from './relay.ts'

const NOW = Date.parse('2026-01-01T00:00:00Z')
function secret(values: Readonly<Record<string, string>>) {
  const data = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, btoa(value)]))
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'kasm-operator-relay' }, data }
}
const full = { urls: 'turn:a:3478', username: 'u', credential: 'c' }

test.each([
  ['one', 'turn:a:3478', ['turn:a:3478']],
  ['lines and commas', 'turn:a:3478?transport=udp,\n turns:b:5349\n', ['turn:a:3478?transport=udp', 'turns:b:5349']],
  ['a JSON list', '["turn:a:3478","turns:b:5349"]', ['turn:a:3478', 'turns:b:5349']],
])('urls as %s', (_, urls, expected) => {
  expect(relayOf(secret({ ...full, urls }), NOW).iceServers).toEqual([
    { urls: expected, username: 'u', credential: 'c' },
  ])
})

test.each([
  ['expired by date', { ...full, expires: '2025-12-31T23:59:59Z' }, 'expired'],
  ['expired by Unix time', { ...full, expires: String(NOW / 1000 - 1) }, 'expired'],
  ['no credential', { urls: 'turn:a:3478', username: 'u' }, 'not complete'],
  ['something that is no relay', { ...full, urls: 'https://a' }, 'not complete'],
])('%s: no relay, and why', (_, values, word) => {
  const relay = relayOf(secret(values), NOW)
  expect(relay.iceServers).toEqual([])
  expect(relay.relayNote).toContain(word)
})

test.each(['2026-01-01T00:00:01Z', String(NOW / 1000 + 60), ''])(
  'a credential that expires at "%s" serves',
  (expires) => {
    expect(relayOf(secret({ ...full, expires }), NOW).iceServers).toHaveLength(1)
  },
)

test('says until when a credential is good', () => {
  const expires = NOW / 1000 + 60
  expect(relayOf(secret({ ...full, expires: String(expires) }), NOW).relayUntil).toBe(expires * 1000)
  expect(relayOf(secret(full), NOW).relayUntil).toBeUndefined()
})
