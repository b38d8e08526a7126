// The same folder with and without sudo for root; nothing of root's in a person's cache.
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cacheFolder } from './cache-folder.ts'

test('follows XDG_CACHE_HOME', () => {
  expect(cacheFolder({ XDG_CACHE_HOME: '/elsewhere' })).toBe('/elsewhere/kasm-operator')
})

test.runIf(process.getuid?.() === 0)("is root's own under sudo, whatever the environment kept", () => {
  const kept = { SUDO_UID: '1000', HOME: '/home/anna', XDG_CACHE_HOME: '/home/anna/.cache' }
  expect(cacheFolder(kept)).toBe(join(userInfo().homedir, '.cache', 'kasm-operator'))
})
