// The folders of homes on this node. A folder belongs to whom desktops run as, and to nobody else.
// Policy: the caller names a folder by its own name alone; a removal is a rename first, so that what is half gone is never somebody's home.
import { chmod, chown, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Whom desktops run as in every image (the pod's runAsUser and fsGroup). */
export const HOME_USER = 1000
/** As the kubelet would make it for that fsGroup, which then has nothing to change at a start. */
const MODE = 0o2770
const NAME = /^pvc-[0-9a-f-]{36}$/
const LEAVING = '.leaving-'

export interface Folders {
  /** Makes the folder; one that is there stays as it is. @throws what the file system says */
  make(name: string): Promise<void>
  /** Removes it with all that is in it; one that is not there is no error. @throws what the file system says */
  remove(name: string): Promise<void>
  /** Ends removals that were cut off. */
  sweep(): Promise<void>
}

/** @param root folder of all homes @param owner uid and gid of a new home's folder; another than 1000 only in tests */
export function createFolders(root: string, owner: number = HOME_USER): Folders {
  const pathOf = (name: string): string => {
    if (!NAME.test(name)) throw new Error(`${name} is no home's folder`)
    return join(root, name)
  }
  const drop = (path: string): Promise<void> => rm(path, { recursive: true, force: true, maxRetries: 2 })
  return {
    async make(name) {
      const path = pathOf(name)
      try {
        await mkdir(path, { mode: 0o700 })
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error
        const found = await lstat(path)
        if (!found.isDirectory()) throw new Error(`${path} is in the way: it is no folder`, { cause: error })
        // begun and cut off: nobody has had it yet
        if (found.uid === owner) return
      }
      // the group's bit would be lost if it were set by somebody outside of the group
      await chmod(path, MODE)
      await chown(path, owner, owner)
    },
    async remove(name) {
      const path = pathOf(name)
      const leaving = join(root, `${LEAVING}${name}`)
      try {
        await rename(path, leaving)
      } catch (error) {
        const code = codeOf(error)
        // begun before, and cut off
        if (code === 'ENOTEMPTY' || code === 'EEXIST') await drop(path)
        else if (code !== 'ENOENT') throw error
      }
      await drop(leaving)
    },
    async sweep() {
      for (const name of await readdir(root)) if (name.startsWith(`${LEAVING}pvc-`)) await drop(join(root, name))
    },
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
