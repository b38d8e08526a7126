// Tells when files change, appear or go: kubeconfigs and what they point to, replaced files and symbolic links too.
// Policy: folders are watched, since editors replace files; only a change of the files themselves is told, once it is quiet.
import { watch, type FSWatcher } from 'node:fs'
import { stat } from 'node:fs/promises'
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
  const watchers = new Map<string, FSWatcher>()
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let known = Promise.all(paths.map(signature))

  const settle = async (): Promise<void> => {
    const before = await known
    const present = await Promise.all(paths.map(signature))
    if (stopped) return
    known = Promise.resolve(present)
    await follow()
    if (present.some((text, index) => text !== before[index])) onChange()
  }
  const onEvent = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => void settle(), options.debounceMs ?? 200)
  }
  const follow = async (): Promise<void> => {
    const wanted = new Set(await Promise.all(paths.map((path) => nearestFolder(dirname(path)))))
    if (stopped) return
    for (const [folder, watcher] of watchers) {
      if (wanted.has(folder)) continue
      watcher.close()
      watchers.delete(folder)
    }
    for (const folder of wanted) {
      if (watchers.has(folder)) continue
      try {
        const watcher = watch(folder, { persistent: false }, onEvent)
        watcher.on('error', () => {
          // the folder is gone: the nearest one above it is followed instead
          watcher.close()
          watchers.delete(folder)
          onEvent()
        })
        watchers.set(folder, watcher)
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

async function signature(path: string): Promise<string> {
  try {
    const { ino, size, mtimeMs } = await stat(path)
    return `${ino} ${size} ${mtimeMs}`
  } catch {
    // absent is a state like others
    return ''
  }
}

async function nearestFolder(folder: string): Promise<string> {
  try {
    if ((await stat(folder)).isDirectory()) return folder
  } catch {
    // not there yet: its parent will tell when it comes
  }
  const parent = dirname(folder)
  return parent === folder ? folder : await nearestFolder(parent)
}
