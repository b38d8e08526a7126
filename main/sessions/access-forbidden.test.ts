// What a template forbids is not in the access to its desktop: neither node, nor relay, nor a dial to the media port.
import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import type { KubeClient } from '../../kube/types.ts'
import type { ForbiddenPath } from '../../shared/domain/media.ts'
import { templateSpecSchema } from '../../shared/domain/template.ts'
import { desktopAccess } from './access.ts'
import type { SessionRecord } from './session-record.ts'

function access(forbiddenPaths?: readonly ForbiddenPath[]) {
  const spec = templateSpecSchema.parse({
    displayName: 'CAD',
    image: 'registry.example.com/cad:1',
    ...(forbiddenPaths === undefined
      ? {}
      : { streaming: { generation: 'selkies2', transport: 'dual', port: 8080, forbiddenPaths } }),
  })
  return desktopAccess({
    client: {} as KubeClient,
    clusterId: 'c',
    record: { namespace: 'n', name: 's', spec } as SessionRecord,
    secret: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's-access' },
      data: { password: Buffer.from('p').toString('base64') },
    },
    node: { host: '192.0.2.1', port: 30_000 },
    relay: { iceServers: [{ urls: ['turn:192.0.2.9'], username: 'u', credential: 'c' }], relayUntil: 7 },
  })
}

test('everything is there by default', () => {
  const { node, dialMedia, iceServers, relayUntil, forbidden } = access()
  expect(node).toEqual({ host: '192.0.2.1', port: 30_000 })
  expect(dialMedia).toBeTypeOf('function')
  expect(iceServers).toHaveLength(1)
  expect(relayUntil).toBe(7)
  expect(forbidden).toBeUndefined()
})

test('what the template forbids is not, and is said', () => {
  expect(access(['tunnel', 'websocket'])).toMatchObject({ forbidden: ['tunnel', 'websocket'] })
  expect(access(['tunnel']).dialMedia).toBeUndefined()
  expect(access(['node']).node).toBeUndefined()
  const relayed = access(['relay'])
  expect(relayed.iceServers).toEqual([])
  expect(relayed.relayUntil).toBeUndefined()
  expect(relayed.relayNote).toContain('forbids')
})
