// An image in two parts: a Debian that takes minutes and is kept, and what is added to it in seconds. Nothing is made twice, and what was
// broken off is never taken for whole. Needs root.
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from './debian.ts'
import { packImage, type OciImage } from './oci-image.ts'

export interface ImageOnBase {
  readonly image: OciImage
  /** Of its files in the cache. */
  readonly name: string
  /** Names everything that the base, and that the whole depend on. */
  readonly keys: { readonly base: string; readonly whole: string }
  /** Folder that keeps base and archive between runs. */
  readonly cache: string
  makeBase(root: string): Promise<void>
  /** Adds the rest to a copy of the base. */
  finish(root: string): Promise<void>
  log(line: string): void
}

/**
 * Makes the image's archive unless it is there.
 * @returns the archive's path
 * @throws without root, and when a step fails
 */
export async function buildOnBase({ image, name, keys, cache, makeBase, finish, log }: ImageOnBase): Promise<string> {
  const archive = join(cache, `${name}-${keys.whole}.tar`)
  if (await isThere(archive)) return archive
  if (process.getuid?.() !== 0) throw new Error(`building the image ${image.name} needs root (mmdebstrap, chroot)`)
  await mkdir(cache, { recursive: true })
  const kept = join(cache, `${name}-base-${keys.base}`)
  if (!(await isThere(kept))) {
    log(`${image.name}: its Debian packages (about two minutes)`)
    const making = `${kept}.part`
    await rm(making, { recursive: true, force: true })
    await makeBase(making)
    await rename(making, kept)
  }
  const root = `${archive}.root`
  await rm(root, { recursive: true, force: true })
  await run('cp', ['--archive', '--reflink=auto', kept, root])
  await finish(root)
  log(`${image.name}: packing`)
  const bytes = await packImage(image, root, archive)
  await rm(root, { recursive: true, force: true })
  log(`${image.name}: ${Math.round(bytes / 1e6)} MB`)
  return archive
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null
}
