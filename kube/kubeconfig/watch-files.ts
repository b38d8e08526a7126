// Tells when files change, appear or go: kubeconfigs and what they point to, replaced files and symbolic links too.
// Policy: folders are watched, since editors replace files; only a change of the files themselves is told, once it is quiet.
import { statSync, watch, type FSWatcher, type Stats } from 'node:fs'
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

async function nearestFolder(folder: string): Promise<string> {
  try {
    if ((await stat(folder)).isDirectory()) return folder
  } catch {
    // not there yet: its parent will tell when it comes
  }
  const parent = dirname(folder)
  return parent === folder ? folder : await nearestFolder(parent)
}
