// What the images' builds share: running a program, the host's package sources, keys of what is kept, and the folder that keeps it.
// A program that fails ends the build with its name; its own words were shown.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from './cache-folder.ts'

/** The Debian that the images are made of. */
export const SUITE = 'bookworm'

/** Runs a program to its end; its output is shown. Throws when it fails. */
export async function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const code = await new Promise<number>((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env })
    child.on('error', (error) => reject(new Error(`${command} could not be started: ${error.message}`)))
    child.on('exit', (status) => resolve(status ?? 1))
  })
  if (code !== 0) throw new Error(`${command} ended with ${code}`)
}

/** A short name for everything that a result depends on. */
export function keyOf(...parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part).update('\0')
  return hash.digest('hex').slice(0, 12)
}

/** The host's own package sources: a mirror that works there works here. */
export async function aptSources(): Promise<string[]> {
  const folder = '/etc/apt/sources.list.d'
  const names = await readdir(folder).catch(() => [])
  const files = ['/etc/apt/sources.list', ...names.map((name) => join(folder, name))]
  const sizes = await Promise.all(files.map(async (file) => (await stat(file).catch(() => null))?.size ?? 0))
  return files.filter((file, index) => /\.(list|sources)$/.test(file) && (sizes[index] ?? 0) > 0)
}

/** Folder for images and their parts. */
export function imageCache(): string {
  return join(cacheFolder(), 'images')
}
