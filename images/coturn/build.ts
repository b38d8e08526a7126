// Builds coturn's image as an OCI archive without a container daemon: Debian's turnserver, the libraries it loads, and nothing else.
// Needs root (mmdebstrap, chroot). What was made is kept; there is no shell in it, so its settings are arguments and a mounted file.
import { execFile } from 'node:child_process'
import { copyFile, cp, mkdir, readFile, readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { DEFAULT_RELAY_IMAGE } from '../../shared/product.ts'
import { aptSources, imageCache, keyOf, run, SUITE } from '../debian.ts'
import { packImage, withFolder } from '../oci-image.ts'

/** Raised when the steps change, so that what is kept is made anew. */
const RECIPE = '1'
const PROGRAM = '/usr/bin/turnserver'

/** The dynamic loader of a Debian root, inside it. */
async function loaderOf(root: string): Promise<string> {
  for (const folder of ['lib64', 'lib']) {
    const names = await readdir(join(root, folder)).catch(() => []) // arm64 has no lib64
    const name = names.find((entry) => /^ld-linux-.*\.so\.\d+$/.test(entry))
    if (name !== undefined) return `/${folder}/${name}`
  }
  throw new Error(`${root} has no dynamic loader`)
}

/** Every file that the program needs to start, as paths in the root: the loader itself says which. */
async function programFiles(root: string): Promise<readonly string[]> {
  const loader = await loaderOf(root)
  const { stdout } = await promisify(execFile)('chroot', [root, loader, '--list', PROGRAM])
  const missing = stdout.split('\n').filter((line) => line.includes('not found'))
  if (missing.length > 0) throw new Error(`libraries are missing: ${missing.join(', ')}`)
  const libraries = [...stdout.matchAll(/=> (\/\S+) \(/g)].flatMap(([, path]) => path ?? [])
  return [PROGRAM, loader, ...libraries]
}

/** Copies the program's files, under the names that it asks for, and every package's licence. */
async function pick(from: string, to: string): Promise<void> {
  for (const path of await programFiles(from)) {
    await mkdir(dirname(join(to, path)), { recursive: true })
    await copyFile(join(from, path), join(to, path))
  }
  const docs = join(from, 'usr/share/doc')
  for (const name of await readdir(docs)) {
    const licence = join(docs, name, 'copyright')
    // some packages link to another one's folder
    if (!(await stat(licence).catch(() => null))) continue
    await cp(licence, join(to, 'usr/share/doc', name, 'copyright'), { dereference: true })
  }
  // a process that is nobody writes here alone, or where a volume is mounted
  await mkdir(join(to, 'tmp'), { recursive: true })
}

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
    await pick(debian, root)
    const image = { name: DEFAULT_RELAY_IMAGE, entrypoint: [PROGRAM], user: '1000', workdir: '/tmp' }
    const bytes = await packImage(image, root, archive)
    log(`coturn image: ${DEFAULT_RELAY_IMAGE}, ${Math.round(bytes / 1e6)} MB`)
  })
  return archive
}

if (process.argv[1] === import.meta.filename) console.log(await buildCoturnImage(imageCache(), console.log))
