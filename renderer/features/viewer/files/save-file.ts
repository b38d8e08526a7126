// Gives a fetched file to the person: the browser's own download, or in the app the system's dialog, which the download brings up there.
// Policy: it is always saved, never shown: whatever its kind, no page of ours opens it. The name is made one that every system takes.
import { safeFileName } from '../../../../shared/selkies/file-name.ts'

/** The browser has read it by then, ms. */
const KEEP_MS = 60_000

/** Saves it. */
export function saveFile(blob: Blob, name: string): void {
  // the kind of content is the download's, whatever the desktop says: nothing can be made of it in this origin
  const url = URL.createObjectURL(new Blob([blob], { type: 'application/octet-stream' }))
  const link = document.createElement('a')
  link.href = url
  link.download = safeFileName(name)
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), KEEP_MS)
}
