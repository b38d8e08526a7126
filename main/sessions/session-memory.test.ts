// What this app remembers of a session, as the cluster's objects come and go.
import { expect, test } from 'vitest'
import type { Pod } from './kube-read.ts'
import type { SessionRecord } from './session-record.ts'
import { emptyMemory, notice } from './session-memory.ts'

const record = { lastStarted: 'a' } as SessionRecord
const pod = (uid: string): Pod => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'desk', uid } })

test('a stop is over when another pod stands in the place of the stopped one, though nobody saw the moment between', () => {
  const memory = { ...emptyMemory(), stamp: 'a' }
  notice(memory, record, pod('one'), false, 1)
  memory.action = 'stopping'
  notice(memory, record, pod('one'), false, 2)
  expect(memory.action).toBe('stopping')
  notice(memory, record, pod('two'), false, 3)
  expect(memory.action).toBeUndefined()
})
