// What a page may save: the files that it has fetched from a desktop itself, and nothing that a link or a redirect brings.
// The person chooses the place; a name is only proposed.
import { join } from 'node:path'
import type { Session } from 'electron'

export interface DownloadOptions {
  readonly uiOrigin: string
  /** Whether our factory made this WebContents. */
  readonly knows: (webContentsId: number) => boolean
  readonly downloads: string
}

/** Installs the rule on a session. */
export function guardDownloads(session: Pick<Session, 'on'>, { uiOrigin, knows, downloads }: DownloadOptions): void {
  session.on('will-download', (event, item, contents) => {
    if (!knows(contents.id) || !item.getURL().startsWith(`blob:${uiOrigin}/`)) return event.preventDefault()
    item.setSaveDialogOptions({ defaultPath: join(downloads, item.getFilename()) })
  })
}
