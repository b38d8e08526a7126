import { expect, it } from 'vitest'
import { serverPath } from './server-path.ts'
import { templateSpecSchema } from './template.ts'

const pathOf = (env: Readonly<Record<string, string>>, generation: 'selkies1' | 'selkies2' = 'selkies2'): string =>
  serverPath(
    templateSpecSchema.parse({
      displayName: 'x',
      image: 'x:1',
      streaming: { generation, transport: 'webrtc' },
      env: Object.entries(env).map(([name, value]) => ({ name, value })),
    }),
  )

it.each([
  [{}, ''],
  [{ SUBFOLDER: '/' }, ''],
  [{ SUBFOLDER: '/desk/' }, '/desk'],
  [{ SELKIES_SUBFOLDER: 'a/b', SUBFOLDER: '/desk/' }, '/a/b'],
  [{ SELKIES_SUBFOLDER: '', SUBFOLDER: ' /desk ' }, '/desk'],
  [{ SELKIES_SUBFOLDER: '/a/../b' }, ''],
  [{ SELKIES_SUBFOLDER: '/a//b' }, ''],
  [{ SELKIES_SUBFOLDER: '/a?b' }, ''],
])('of %j is %j', (env, path) => expect(pathOf(env)).toBe(path))

it('is the root on 1.6', () => expect(pathOf({ SELKIES_SUBFOLDER: '/desk' }, 'selkies1')).toBe(''))
