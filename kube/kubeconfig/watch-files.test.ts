// Files are noticed when they change, come, go or are replaced; their neighbours are not.
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { watchFiles } from './watch-files.ts'

const PATIENT = { timeout: 4_000 }
let folder: string
let stop: () => void = () => undefined
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watch-'))
})
afterEach(async () => {
  stop()
  await rm(folder, { recursive: true })
})

/** Starts watching. @returns how often a change was told */
function watching(path: string): () => number {
  let told = 0
  stop = watchFiles(
    [path],
    () => {
      told += 1
    },
    { debounceMs: 20 },
  )
  return () => told
}

it('tells of a file that is written, replaced and removed', async () => {
  const path = join(folder, 'config')
  const told = watching(path)
  await writeFile(path, 'one')
  await vi.waitFor(() => expect(told()).toBe(1))
  await writeFile(join(folder, 'new'), 'two, longer')
  await rename(join(folder, 'new'), path)
  await vi.waitFor(() => expect(told()).toBe(2))
  await rm(path)
  await vi.waitFor(() => expect(told()).toBe(3))
})

it('tells of a file in a folder that does not exist yet', async () => {
  const told = watching(join(folder, '.kube', 'config'))
  await mkdir(join(folder, '.kube'))
  await writeFile(join(folder, '.kube', 'config'), 'one')
  await vi.waitFor(() => expect(told()).toBeGreaterThan(0), { timeout: 5000 })
})

it('tells of a change behind a symbolic link into another folder', async () => {
  await mkdir(join(folder, 'dotfiles'))
  await writeFile(join(folder, 'dotfiles', 'kube'), 'one')
  await mkdir(join(folder, '.kube'))
  await symlink(join(folder, 'dotfiles', 'kube'), join(folder, '.kube', 'config'))
  const told = watching(join(folder, '.kube', 'config'))
  // the first one may still be part of the look at the beginning
  for (const seen of [0, 1]) {
    await vi.waitFor(async () => {
      await writeFile(join(folder, 'dotfiles', 'kube'), `changed at ${performance.now()}`)
      expect(told()).toBeGreaterThan(seen)
    }, PATIENT)
  }
})

it('follows a folder that was replaced by another of its name', async () => {
  const path = join(folder, '.kube', 'config')
  await mkdir(join(folder, '.kube'))
  await writeFile(path, 'one')
  const told = watching(path)
  await vi.waitFor(async () => {
    await writeFile(path, `before, at ${performance.now()}`)
    expect(told()).toBeGreaterThan(0)
  }, PATIENT)
  await rename(join(folder, '.kube'), join(folder, 'old'))
  await mkdir(join(folder, '.kube'))
  await writeFile(path, 'another one')
  const before = told()
  await vi.waitFor(() => expect(told()).toBeGreaterThan(before), PATIENT)
  const swapped = told()
  await vi.waitFor(async () => {
    await writeFile(path, `after, at ${performance.now()}`)
    expect(told()).toBeGreaterThan(swapped)
  }, PATIENT)
})

it('is not woken by neighbours', async () => {
  const path = join(folder, 'config')
  const told = watching(path)
  await writeFile(join(folder, 'neighbour'), 'x')
  await writeFile(path, 'one')
  await vi.waitFor(() => expect(told()).toBe(1))
  await writeFile(join(folder, 'neighbour'), 'y')
  await writeFile(path, 'one more')
  await vi.waitFor(() => expect(told()).toBe(2))
})
