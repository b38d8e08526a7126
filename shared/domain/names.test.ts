// Names stay within what Kubernetes takes, and a session's id can be read back.
import { expect, test } from 'vitest'
import { builtinTemplates } from './builtin-templates.ts'
import { ownerHash } from './hash.ts'
import { accessName, homeName, mediaName, parseSessionId, sessionId, sessionName, TEMPLATE_ID } from './names.ts'

test('every name made from the longest template id is a DNS label', () => {
  const id = 'a'.repeat(40)
  const session = sessionName(id, Uint8Array.from([1, 2, 3, 4]))
  for (const name of [session, accessName(session), mediaName(session), homeName(id, ownerHash('alice'))])
    expect(name).toMatch(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/)
  expect(TEMPLATE_ID.test(id)).toBe(true)
  expect(TEMPLATE_ID.test(`${id}a`)).toBe(false)
  expect(TEMPLATE_ID.test('Has.Dots')).toBe(false)
})

test('other random bytes give another name', () => {
  expect(sessionName('desk', Uint8Array.from([0, 0, 0, 1]))).not.toBe(
    sessionName('desk', Uint8Array.from([128, 0, 0, 1])),
  )
})

test('a session’s id is read back, whatever its cluster is called', () => {
  const ref = { clusterId: 'file:///home/me/.kube/config#lab', namespace: 'alice', name: 'desk-abc' }
  expect(parseSessionId(sessionId(ref))).toEqual(ref)
  expect(parseSessionId('desk')).toBeNull()
  expect(parseSessionId('a//b')).toBeNull()
})

test('the built-in templates are valid, differ, and take the image that is asked for', () => {
  const templates = builtinTemplates('example/desk:9')
  expect(new Set(templates.map(({ id }) => id)).size).toBe(4)
  for (const { id, spec } of templates) {
    expect(id).toMatch(TEMPLATE_ID)
    if (spec.flavour === 'kasm-operator') expect(spec.image).toBe('example/desk:9')
    else expect(spec.security.reason).not.toBe('')
  }
})
