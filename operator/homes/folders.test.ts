// Folders of homes on a real disk, in a folder of the test's own.
import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createFolders, type Folders } from './folders.ts'

const NAME = 'pvc-0f8fad5b-d9cb-469f-a165-70867728950e'
let root: string
let folders: Folders
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'kasm-homes-'))
  // only root may give a folder away
  folders = createFolders(root, process.getuid?.() ?? 0)
})
afterEach(() => rm(root, { recursive: true, force: true }))

it('makes a folder for the group alone, and leaves one that is there as it is', async () => {
  await folders.make(NAME)
  const { mode, uid } = await stat(join(root, NAME))
  expect(mode & 0o7777).toBe(0o2770)
  expect(uid).toBe(process.getuid?.())
  await writeFile(join(root, NAME, 'letter'), 'text')
  await folders.make(NAME)
  expect(await readdir(join(root, NAME))).toEqual(['letter'])
})

it('removes it with everything, links as links, and again without an error', async () => {
  const outside = join(root, 'outside')
  await mkdir(outside)
  await writeFile(join(outside, 'kept'), '')
  await folders.make(NAME)
  await mkdir(join(root, NAME, 'deep/er'), { recursive: true })
  await symlink(outside, join(root, NAME, 'deep/link'))
  await folders.remove(NAME)
  await folders.remove(NAME)
  expect(await readdir(root)).toEqual(['outside'])
  expect(await readdir(outside)).toEqual(['kept'])
})

it('ends a removal that was cut off, also when the folder was half gone', async () => {
  await mkdir(join(root, `.leaving-${NAME}`, 'rest'), { recursive: true })
  await folders.sweep()
  expect(await readdir(root)).toEqual([])
  await mkdir(join(root, `.leaving-${NAME}`, 'rest'), { recursive: true })
  await folders.make(NAME)
  await writeFile(join(root, NAME, 'letter'), 'text')
  await folders.remove(NAME)
  expect(await readdir(root)).toEqual([])
})

it.each(['..', '.', 'pvc-../../etc', '/etc', 'pvc-x'])('takes %s for no name of a folder', async (name) => {
  await expect(folders.make(name)).rejects.toThrow('no home')
  await expect(folders.remove(name)).rejects.toThrow('no home')
})

it('does not take over what is no folder', async () => {
  await writeFile(join(root, NAME), '')
  await expect(folders.make(NAME)).rejects.toThrow('in the way')
})
