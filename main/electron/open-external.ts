// Links that leave the app. Only plain https pages: anything else could start a program of this machine. Refusals are logged.
import type { Shell } from 'electron'
import type { Logger } from '../logging/logger.ts'

/** Whether a link may go to the person's browser: https, no user or password in it, no odd port games. */
export function mayOpenExternal(link: string): boolean {
  let url: URL
  try {
    url = new URL(link)
  } catch {
    // not a link
    return false
  }
  return url.protocol === 'https:' && url.username === '' && url.password === '' && url.hostname !== ''
}

/** Makes the one way to the operating system's browser. A browser that cannot be started is logged, never thrown. */
export function createOpenExternal(shell: Pick<Shell, 'openExternal'>, log: Logger): (link: string) => void {
  return (link) => {
    if (!mayOpenExternal(link)) {
      log.warn('a link was not opened', { scheme: /^[a-z][a-z0-9+.-]*:/i.exec(link)?.[0] ?? 'none' })
      return
    }
    // as the parser wrote it: what was checked is what is opened
    shell
      .openExternal(new URL(link).href)
      .catch((thrown: unknown) => log.warn('a link failed', { error: String(thrown) }))
  }
}
