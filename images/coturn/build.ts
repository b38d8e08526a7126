// Builds coturn's image as an OCI archive without a container daemon: Debian's turnserver, the libraries it loads, and nothing else.
// Needs root (mmdebstrap, chroot). What was made is kept; there is no shell in it, so its settings are arguments and a mounted file.
import { mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DEFAULT_RELAY_IMAGE } from '../../shared/product.ts'
import { aptSources, imageCache, keyOf, run, SUITE } from '../debian.ts'
import { packImage, withFolder } from '../oci-image.ts'
import { pickProgram } from '../program.ts'

/** Raised when the steps change, so that what is kept is made anew. */
const RECIPE = '1'
const PROGRAM = '/usr/bin/turnserver'

/**
 * Makes the image's archive unless it is there.
 * @param cache folder that keeps it between runs
 * @returns the archive's path
 */
export async function buildCoturnImage(cache: string, log: (line: string) => void): Promise<string> {
  const packer = await Promise.all(
    ['oci-image.ts', 'tar.ts'].map((name) => readFile(join(import.meta.dirname, '..', name))),
  )
  const archive = join(cache, `coturn-${keyOf(RECIPE, SUITE, ...packer)}.tar`)
  if (await stat(archive).catch(() => null)) return archive
  if (process.getuid?.() !== 0) throw new Error('building the coturn image needs root (mmdebstrap, chroot)')
  await mkdir(cache, { recursive: true })
  log('coturn image: Debian packages (about a minute)')
  await withFolder(async (folder) => {
    const debian = join(folder, 'debian')
    const root = join(folder, 'root')
    // unpacked and not set up: no program of it runs but the loader
    await run('mmdebstrap', [
      ...['--quiet', '--variant=extract', '--include=coturn', '--aptopt=APT::Install-Recommends "false"'],
      ...[SUITE, debian, ...(await aptSources())],
    ])
    await pickProgram(debian, root, PROGRAM)
    const image = { name: DEFAULT_RELAY_IMAGE, entrypoint: [PROGRAM], user: '1000', workdir: '/tmp' }
    const bytes = await packImage(image, root, archive)
    log(`coturn image: ${DEFAULT_RELAY_IMAGE}, ${Math.round(bytes / 1e6)} MB`)
  })
  return archive
}

if (import.meta.main) console.log(await buildCoturnImage(imageCache(), console.log))
