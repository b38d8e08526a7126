// What another version of us stored is read as far as it can be; what cannot be read is said with its field.
import { expect, test } from 'vitest'
import type { KubeObject } from '../render/types.ts'
import { parseVdiSession, parseVdiTemplate, parseVdiUser, templateOf } from './vdi-objects.ts'

const object = (kind: string, spec: unknown, status?: unknown): KubeObject => ({
  apiVersion: 'vdi.kasm-operator.io/v1alpha1',
  kind,
  metadata: { name: 'one', namespace: 'vdi-u-1', uid: 'u', generation: 3 },
  spec,
  ...(status === undefined ? {} : { status }),
})
const session = { templateRef: { name: 'light-desktop' }, owner: 'alice' }

test('an object without a status has an empty one, and its spec has its defaults', () => {
  expect(parseVdiSession(object('VDISession', session))).toEqual({
    ok: true,
    object: {
      ...object('VDISession', {
        ...session,
        desiredState: 'Running',
        withoutGpu: false,
        startAhead: false,
      }),
      status: {},
    },
  })
})

test('fields of a later version are left out, at every depth and in lists', () => {
  const condition = {
    type: 'Ready',
    status: 'True',
    reason: 'Ready',
    message: '',
    lastTransitionTime: '2026-11-24T08:00:00Z',
  }
  const read = parseVdiSession(
    object(
      'VDISession',
      { ...session, templateRef: { name: 'light-desktop', version: 2 }, shape: { round: true } },
      { phase: 'Ready', mood: 'good', conditions: [condition, { ...condition, type: 'Idle', weight: 1 }] },
    ),
  )
  expect(read).toMatchObject({ ok: true, object: { spec: session } })
  expect(read.ok && read.object.spec).not.toHaveProperty('shape')
  expect(read.ok && read.object.spec.templateRef).toEqual({ name: 'light-desktop' })
  expect(read.ok && read.object.status).toEqual({
    phase: 'Ready',
    conditions: [condition, { ...condition, type: 'Idle' }],
  })
})

test('a part of a status that cannot be read is absent, the rest stays', () => {
  const read = parseVdiSession(
    object('VDISession', session, { phase: 'Dreaming', podName: 'one', connectedClients: 'two', gpu: { uuid: 1 } }),
  )
  expect(read.ok && read.object.status).toEqual({ podName: 'one' })
})

test.each([['a text'], [7], [[1, 2]], [null]])('a status that is none at all reads as empty: %j', (status) => {
  const read = parseVdiUser(object('VDIUser', { username: 'alice' }, status))
  expect(read.ok && read.object.status).toEqual({})
})

test('a spec that cannot be read is a problem with its field, and the status is there all the same', () => {
  const read = parseVdiTemplate(object('VDITemplate', { displayName: 'X', image: 'x:latest' }, { sessions: 2 }))
  expect(read).toEqual({
    ok: false,
    problem: expect.stringMatching(/^spec\.image: must be pinned/),
    status: { sessions: 2 },
  })
})

test.each([
  ['nothing', undefined],
  ['a text', 'x'],
  ['a list', []],
  ['another shape', { templateRef: 'light-desktop', owner: 3 }],
  ['a value of a later version', { ...session, desiredState: 'Paused' }],
])('a spec that is %s is a problem, not a crash', (_, spec) => {
  const read = parseVdiSession(object('VDISession', spec))
  expect(read).toMatchObject({ ok: false, problem: expect.stringMatching(/^spec/), status: {} })
})

test('a VDITemplate becomes a template by its name', () => {
  const read = parseVdiTemplate(object('VDITemplate', { displayName: 'X', image: 'x:1', later: 1 }))
  if (!read.ok) throw new Error(read.problem)
  expect(templateOf(read.object)).toMatchObject({ id: 'one', origin: 'crd', spec: { displayName: 'X', image: 'x:1' } })
})
