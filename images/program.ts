// Takes one program out of a Debian root: its file, the libraries it loads and every package's licence, nothing else (no shell).
// Needs root (chroot). A library that is not there fails the build with its name.
import { execFile } from 'node:child_process'
import { copyFile, cp, mkdir, readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

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
async function programFiles(root: string, program: string): Promise<readonly string[]> {
  const loader = await loaderOf(root)
  const { stdout } = await promisify(execFile)('chroot', [root, loader, '--list', program])
  const missing = stdout.split('\n').filter((line) => line.includes('not found'))
  if (missing.length > 0) throw new Error(`libraries are missing: ${missing.join(', ')}`)
  const libraries = [...stdout.matchAll(/=> (\/\S+) \(/g)].flatMap(([, path]) => path ?? [])
  return [program, loader, ...libraries]
}

/**
 * Copies a program's files, under the names that it asks for, and every package's licence.
 * @param from a Debian root
 * @param to the image's root; gets a /tmp
 * @param program its path inside `from`
 */
export async function pickProgram(from: string, to: string, program: string): Promise<void> {
  for (const path of await programFiles(from, program)) {
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
