// What the proxy is told of a desktop: which credential, which way for media, below which path.
import { expect, it } from 'vitest'
import type { KubeClient } from '../../kube/types.ts'
import { templateSpecSchema, type TemplateSpecInput } from '../../shared/domain/template.ts'
import { desktopAccess } from './access.ts'
import type { SessionRecord } from './session-record.ts'

const given = (spec: Partial<TemplateSpecInput>, data: Readonly<Record<string, string>>) =>
  desktopAccess({
    client: {} as KubeClient,
    clusterId: 'c',
    record: {
      namespace: 'n',
      name: 's',
      spec: templateSpecSchema.parse({ displayName: 'x', image: 'x:1', ...spec }),
    } as SessionRecord,
    secret: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's-access' },
      data: Object.fromEntries(Object.entries(data).map(([name, value]) => [name, btoa(value)])),
    },
    node: { host: '192.0.2.1', port: 30_000 },
    relay: { iceServers: [] },
  })
const older = { streaming: { generation: 'selkies1', transport: 'webrtc' } } as const

it('reaches 2.x by its media port, with its password', () => {
  const access = given({}, { password: 'p', 'media-relay': 'not for this one' })
  expect(access).toMatchObject({ authorization: `Basic ${btoa('desktop:p')}`, basePath: '', node: { port: 30_000 } })
  expect(access.dialMedia).toBeDefined()
  expect(access.mediaRelay).toBeUndefined()
  expect(access.token).toBeUndefined()
})

it('reaches 1.6 by the relay beside it, where the session was made with one', () => {
  const access = given(older, { password: 'p', 'media-relay': 'c', token: 'not for this one' })
  expect(access.mediaRelay).toEqual({ username: 'desktop', credential: 'c' })
  expect(access).toMatchObject({ node: { port: 30_000 }, authorization: `Basic ${btoa('desktop:p')}` })
  const before = given(older, { password: 'p' })
  expect([before.mediaRelay, before.dialMedia, before.node]).toEqual([undefined, undefined, undefined])
})

it('takes the token of a server in secure mode, and nothing that is none', () => {
  expect(given({}, { password: 'p', token: ' t.1 ' })).toMatchObject({ authorization: 'Bearer t.1', token: 't.1' })
  expect(given({}, { password: 'p', token: 'a\r\nX: 1' }).token).toBeUndefined()
})

it('asks below the path of the template', () =>
  expect(given({ env: [{ name: 'SUBFOLDER', value: '/desk/' }] }, { password: 'p' }).basePath).toBe('/desk'))
