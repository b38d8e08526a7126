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

/** One change: a file that is written in place is for a moment empty, which is a change of its own. */
async function put(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text)
  await rename(`${path}.new`, path)
}

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

it('tells of a file that comes, is replaced and removed', async () => {
  const path = join(folder, 'config')
  const told = watching(path)
  await put(path, 'one')
  await vi.waitFor(() => expect(told()).toBe(1), PATIENT)
  await put(path, 'two, longer')
  await vi.waitFor(() => expect(told()).toBe(2), PATIENT)
  await rm(path)
  await vi.waitFor(() => expect(told()).toBe(3), PATIENT)
})

it('tells of a file that is written in place', async () => {
  const path = join(folder, 'config')
  await put(path, 'one')
  const told = watching(path)
  await writeFile(path, 'two, longer')
  await vi.waitFor(() => expect(told()).toBeGreaterThan(0), PATIENT)
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
  await put(join(folder, 'neighbour'), 'x')
  await put(path, 'one')
  await vi.waitFor(() => expect(told()).toBe(1), PATIENT)
  await put(join(folder, 'neighbour'), 'y')
  await put(path, 'one more')
  await vi.waitFor(() => expect(told()).toBe(2), PATIENT)
})
