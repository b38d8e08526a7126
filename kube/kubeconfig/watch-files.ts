// Tells when files change, appear or go: kubeconfigs and what they point to, replaced files and symbolic links too.
// Policy: folders are watched, since editors replace files; only a change of the files themselves is told, once it is quiet.
import { statSync, watch, type FSWatcher, type Stats } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Watches files that may not exist yet.
 * @param paths absolute
 * @param options debounceMs: quiet time after the last event, ms
 * @returns stops watching
 */
export function watchFiles(
  paths: readonly string[],
  onChange: () => void,
  options: { readonly debounceMs?: number } = {},
): () => void {
  /** By folder and inode: another folder under the same name needs a watcher of its own. */
  const watchers = new Map<string, FSWatcher>()
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  // at once, so that nothing falls between whoever has just read the files and the first event
  let known: readonly string[] = paths.map(signatureNow)

  const settle = async (): Promise<void> => {
    const present = await Promise.all(paths.map(signature))
    if (stopped) return
    const isNew = present.some((text, index) => text !== known[index])
    known = present
    await follow()
    if (isNew && !stopped) onChange()
  }
  const onEvent = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => void settle(), options.debounceMs ?? 200)
  }
  const follow = async (): Promise<void> => {
    const wanted = new Map((await Promise.all(paths.map(foldersOf))).flat())
    if (stopped) return
    for (const [key, watcher] of watchers) {
      if (wanted.has(key)) continue
      watcher.close()
      watchers.delete(key)
    }
    for (const [key, folder] of wanted) {
      if (watchers.has(key)) continue
      try {
        const watcher = watch(folder, { persistent: false }, onEvent)
        watcher.on('error', () => {
          // the folder is gone: the nearest one above it is followed instead
          watcher.close()
          watchers.delete(key)
          onEvent()
        })
        watchers.set(key, watcher)
      } catch {
        // no watches left, or not ours to watch: "refresh" still reads it
      }
    }
  }
  void follow().then(onEvent)
  return () => {
    stopped = true
    clearTimeout(timer)
    for (const watcher of watchers.values()) watcher.close()
    watchers.clear()
  }
}

function signatureNow(path: string): string {
  try {
    return signatureOf(statSync(path))
  } catch {
    // absent is a state like others
    return ''
  }
}

function signatureOf({ ino, size, mtimeMs }: Stats): string {
  return `${ino} ${size} ${mtimeMs}`
}

async function signature(path: string): Promise<string> {
  try {
    return signatureOf(await stat(path))
  } catch {
    // absent is a state like others
    return ''
  }
}

type Folder = readonly [key: string, path: string]

/** The folder of a path, and where the path is a link also the folder of the file that it leads to. */
async function foldersOf(path: string): Promise<readonly Folder[]> {
  const named = await nearestFolder(dirname(path))
  try {
    const target = dirname(await realpath(path))
    return target === named[1] ? [named] : [named, await nearestFolder(target)]
  } catch {
    // no such file yet, or a link that leads nowhere
    return [named]
  }
}

async function nearestFolder(folder: string): Promise<Folder> {
  try {
    const about = await stat(folder)
    if (about.isDirectory()) return [`${about.ino} ${folder}`, folder]
  } catch {
    // not there yet: its parent will tell when it comes
  }
  const parent = dirname(folder)
  return parent === folder ? [folder, folder] : await nearestFolder(parent)
}
