// Small JSON files of the app: written beside, flushed, then renamed, so that a crash leaves the old one or the new one.
// A file that cannot be read is kept aside for whoever wants to look, and the caller goes on with nothing.
import { mkdirSync, readFileSync, renameSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Writes a file so that it is whole or not there. Mode 0600, its folder 0700.
 * @throws whatever the file system says; the old file is then untouched
 */
export async function writeFileAtomic(path: string, text: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  // two processes may write: each has a name of its own
  const temporary = `${path}.${process.pid}.${Date.now().toString(36)}.tmp`
  try {
    const file = await open(temporary, 'w', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (thrown) {
    await rm(temporary, { force: true })
    throw thrown
  }
}

export type ReadJson =
  | { readonly state: 'read'; readonly value: unknown }
  | { readonly state: 'absent' }
  /** Not JSON, or not readable; `aside` is where it was kept. */
  | { readonly state: 'broken'; readonly reason: string; readonly aside?: string }

/**
 * Reads a JSON file. Never throws; a broken one is renamed to `<path>.broken-<epoch ms>`.
 * @param now epoch ms, for the name of a broken file
 */
export function readJsonFile(path: string, now: number): ReadJson {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (thrown) {
    const { code, message } = thrown as NodeJS.ErrnoException
    return code === 'ENOENT' ? { state: 'absent' } : { state: 'broken', reason: message }
  }
  try {
    return { state: 'read', value: JSON.parse(text) as unknown }
  } catch (thrown) {
    return keepAside(path, now, (thrown as Error).message)
  }
}

/** Puts a file that cannot be used out of the way. */
export function keepAside(path: string, now: number, reason: string): ReadJson & { readonly state: 'broken' } {
  const aside = `${path}.broken-${now}`
  try {
    renameSync(path, aside)
    return { state: 'broken', reason, aside }
  } catch {
    // it stays where it is; the next write replaces it
    return { state: 'broken', reason }
  }
}
