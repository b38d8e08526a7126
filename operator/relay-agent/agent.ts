// Keeps coturn's file of secrets as the mounted Secret is, and ends coturn when that changes: it reads its secrets only when it starts,
// and its container is started again at once. A Secret that cannot be read or used keeps the last file and is said.
import { readFile, readlink, readdir, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { relaySettings, SECRET_KEYS } from './relay-settings.ts'

export interface RelayAgent {
  /** One look. @returns whether the file was written */
  look(): Promise<boolean>
}

export interface RelayAgentOptions {
  /** Folder of the mounted Secret. */
  readonly secrets: string
  /** Files whose change ends coturn too: a renewed certificate. */
  readonly watched: readonly string[]
  /** coturn's file. */
  readonly out: string
  /** Ends coturn. Called after the file is written, but not for the first one. */
  readonly restart: () => Promise<void>
}

/** Makes the agent. @throws (from `look`) when the Secret is not usable; nothing was changed then */
export function createRelayAgent({ secrets, watched, out, restart }: RelayAgentOptions): RelayAgent {
  let last: string | undefined
  return {
    async look() {
      const present = new Map<string, string>()
      for (const key of SECRET_KEYS) {
        const text = await readFile(join(secrets, key), 'utf8').catch(() => undefined) // a key that the Secret lacks
        if (text !== undefined) present.set(key, text)
      }
      const settings = relaySettings((key) => present.get(key))
      const seen = [settings, ...(await Promise.all(watched.map(versionOf)))].join('\n')
      if (seen === last) return false
      const part = `${out}.part`
      await writeFile(part, settings, { mode: 0o440 })
      await rename(part, out)
      if (last !== undefined) await restart()
      last = seen
      return true
    },
  }
}

/** A mounted file's version: the kubelet swaps the folder that it stands in. */
async function versionOf(path: string): Promise<string> {
  const info = await stat(path).catch(() => null) // not there yet
  return info === null ? '' : `${info.ino} ${info.mtimeMs} ${info.size}`
}

/**
 * Ends the processes of a program that this process can see: the pod's containers share their process ids.
 * @param program base name of its file
 * @returns how many were asked
 */
export async function endProgram(program: string, proc = '/proc'): Promise<number> {
  let asked = 0
  for (const pid of (await readdir(proc)).filter((name) => /^\d+$/.test(name))) {
    const file = await readlink(join(proc, pid, 'exe')).catch(() => '') // ended meanwhile, or another user's
    if (file.split('/').at(-1) !== program) continue
    process.kill(Number(pid), 'SIGTERM')
    asked += 1
  }
  return asked
}
