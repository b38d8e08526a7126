// What was dropped, pasted or chosen, as files with their paths. Folders are walked where the browser lets a page see into them.
// Policy: bounded in number and depth; what cannot be read is left to be said when it is sent. Empty folders are not made there.
import { tn } from '../../../ui/translate.ts'
import { FileProblem } from './file-problem.ts'
import type { SendFile, SendItem } from './transfers.ts'

/** Files of one go, and folders within folders. */
export const FILES_LIMIT = 5000
const DEPTH_LIMIT = 32
/** More single files than this are shown as one thing. */
const SINGLE_LIMIT = 20

/** The parts of FileSystemEntry that are used: a test makes its own. */
export interface DroppedEntry {
  readonly name: string
  readonly isFile: boolean
  readonly isDirectory: boolean
}
export interface DroppedFile extends DroppedEntry {
  file(done: (file: File) => void, failed: (error: DOMException) => void): void
}
export interface DroppedFolder extends DroppedEntry {
  createReader(): {
    readEntries(done: (entries: readonly DroppedEntry[]) => void, failed: (error: DOMException) => void): void
  }
}

/** Takes the entries of a drop: to be called in the event itself, they are gone after it. */
export function entriesOf(data: DataTransfer): readonly DroppedEntry[] {
  return [...data.items]
    .filter(({ kind }) => kind === 'file')
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null)
}

/** Walks what was dropped. @throws FileProblem `too-many` */
export async function walk(entries: readonly DroppedEntry[]): Promise<readonly SendItem[]> {
  let count = 0
  const visit = async (entry: DroppedEntry, above: readonly string[]): Promise<SendFile[]> => {
    const parts = [...above, entry.name]
    if (entry.isFile) {
      if (++count > FILES_LIMIT) throw new FileProblem('too-many')
      return [{ parts, file: await new Promise<File>((done, failed) => (entry as DroppedFile).file(done, failed)) }]
    }
    if (!entry.isDirectory) return []
    if (parts.length > DEPTH_LIMIT) throw new FileProblem('too-many')
    const reader = (entry as DroppedFolder).createReader()
    const files: SendFile[] = []
    for (;;) {
      // a browser gives a hundred at a time, and none at the end
      const some = await new Promise<readonly DroppedEntry[]>((done, failed) => reader.readEntries(done, failed))
      if (some.length === 0) return files
      for (const inner of some) files.push(...(await visit(inner, parts)))
    }
  }
  const items: SendItem[] = []
  for (const entry of entries) {
    const files = await visit(entry, [])
    if (files.length > 0) items.push({ name: entry.name, files })
  }
  return grouped(items)
}

/** Files that were pasted or chosen; those of a chosen folder know their path. */
export function itemsOf(files: readonly File[]): readonly SendItem[] {
  if (files.length > FILES_LIMIT) throw new FileProblem('too-many')
  const items = new Map<string, SendFile[]>()
  for (const [index, file] of files.entries()) {
    const parts = file.webkitRelativePath === '' ? [file.name] : file.webkitRelativePath.split('/')
    // two pasted files may have one name: each is a thing of its own
    const key = parts.length === 1 ? `${index}` : `folder ${parts[0]}`
    const there = items.get(key)
    if (there === undefined) items.set(key, [{ parts, file }])
    else there.push({ parts, file })
  }
  return grouped([...items.values()].map((of) => ({ name: of[0]?.parts[0] ?? '', files: of })))
}

function grouped(items: readonly SendItem[]): readonly SendItem[] {
  if (items.length <= SINGLE_LIMIT) return items
  const files = items.flatMap((item) => item.files)
  return [{ name: tn(files.length, 'One file', '{count} files'), files }]
}
