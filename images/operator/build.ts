// Builds the operator's image as an OCI archive without a container daemon: Node, the libraries it loads, and the bundled programs.
// Needs root (mmdebstrap, chroot). What was made is kept by its content; a missing bundle is built first.
import { copyFile, cp, mkdir, readFile, readdir, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { DEFAULT_OPERATOR_IMAGE } from '../../shared/product.ts'
import { aptSources, imageCache, keyOf, run, SUITE } from '../debian.ts'
import { packImage, withFolder } from '../oci-image.ts'
import { pickProgram } from '../program.ts'

/** Raised when the steps change, so that what is kept is made anew. */
const RECIPE = '1'
const NODE = '/usr/local/bin/node'
/** Nobody's uid, as the chart sets it too. */
const USER = '65532'
/** Programs in the image, by their build target: `/app/<target>/index.js`. */
const PROGRAMS = ['operator', 'homes', 'relay-agent', 'bootstrap'] as const
const OUT = join(import.meta.dirname, '..', '..', 'out')

/** The npm package that holds Node for this machine: its program and its licence. */
async function nodePackage(): Promise<{ readonly folder: string; readonly version: string }> {
  const name = `node-linux-${process.arch}`
  const file = createRequire(import.meta.url).resolve(`${name}/package.json`)
  const { version } = JSON.parse(await readFile(file, 'utf8')) as { version: string }
  return { folder: dirname(file), version }
}

/** Bundles the programs. @returns their files' names and contents, for the key */
async function bundle(): Promise<readonly Buffer[]> {
  // only here: whoever asks for a kept image should not wait for a bundler to load
  const [{ build }, { targets }] = await Promise.all([import('vite'), import('../../scripts/build-targets.ts')])
  const contents: Buffer[] = []
  for (const name of PROGRAMS) {
    const config = targets[name]
    if (config === undefined) throw new Error(`there is no build target ${name}`)
    await build(config)
    const files = await readdir(join(OUT, name), { recursive: true, withFileTypes: true })
    const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name))
    for (const path of paths.sort()) contents.push(Buffer.from(relative(OUT, path)), await readFile(path))
  }
  return contents
}

/** Node's own libraries are Debian's: an unpacked root with the C++ runtime. */
async function nodeRoot(work: string, root: string, folder: string): Promise<void> {
  const debian = join(work, 'debian')
  await run('mmdebstrap', [
    ...['--quiet', '--variant=extract', '--include=libstdc++6', '--aptopt=APT::Install-Recommends "false"'],
    ...[SUITE, debian, ...(await aptSources())],
  ])
  await mkdir(join(debian, dirname(NODE)), { recursive: true })
  await copyFile(join(folder, 'bin', 'node'), join(debian, NODE))
  await pickProgram(debian, root, NODE)
  await mkdir(join(root, 'usr/share/doc/node'), { recursive: true })
  await copyFile(join(folder, 'LICENSE'), join(root, 'usr/share/doc/node/copyright'))
}

/**
 * Makes the image's archive unless it is there.
 * @param cache folder that keeps it between runs
 * @returns the archive's path
 */
export async function buildOperatorImage(cache: string, log: (line: string) => void): Promise<string> {
  const packer = await Promise.all(
    ['oci-image.ts', 'tar.ts', 'program.ts'].map((name) => readFile(join(import.meta.dirname, '..', name))),
  )
  const node = await nodePackage()
  const archive = join(cache, `operator-${keyOf(RECIPE, SUITE, node.version, ...packer, ...(await bundle()))}.tar`)
  if (await stat(archive).catch(() => null)) return archive
  if (process.getuid?.() !== 0) throw new Error('building the operator image needs root (mmdebstrap, chroot)')
  await mkdir(cache, { recursive: true })
  await withFolder(async (folder) => {
    const root = join(folder, 'root')
    await nodeRoot(folder, root, node.folder)
    for (const name of PROGRAMS) await cp(join(OUT, name), join(root, 'app', name), { recursive: true })
    const image = {
      name: DEFAULT_OPERATOR_IMAGE,
      entrypoint: [NODE, '/app/operator/index.js'],
      user: USER,
      workdir: '/tmp',
      env: { NODE_ENV: 'production' },
    }
    const bytes = await packImage(image, root, archive)
    log(`operator image: ${DEFAULT_OPERATOR_IMAGE}, ${Math.round(bytes / 1e6)} MB`)
  })
  return archive
}

if (import.meta.main) console.log(await buildOperatorImage(imageCache(), console.log))
