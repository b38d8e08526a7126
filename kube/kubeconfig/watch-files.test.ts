// Files are noticed when they change, come, go or are replaced; their neighbours are not.
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { watchFiles } from './watch-files.ts'

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
