// The listing of a desktop's folder: Selkies 2.1 has it as an HTML page alone, which is read as text and never becomes a document.
// Policy: a row that is not plainly one is left out, and so is a name that could mean two things; names are shown as text.
import { plainWords } from '../words.ts'

export interface FileEntry {
  readonly kind: 'file' | 'folder'
  /** As the desktop has it; to be shown through `shown` alone. */
  readonly name: string
  /** One line of text. */
  readonly shown: string
  /** The server's rounded words (`293.0 KB`), empty for a folder: the exact size is told by HEAD. */
  readonly size: string
  /** `YYYY-MM-DD HH:MM:SS`, the desktop's local time. */
  readonly date: string
}

/** Entries that are read of one folder. */
export const ENTRIES_LIMIT = 5000
/** Bytes of one name. Source: Linux. */
export const NAME_LIMIT = 255
/** What the server keeps beside a file that is being uploaded. Source: Selkies 2.1. */
const STAGING = /^\.selkies-upload-[0-9a-f]{16}\.part$/
const ROW =
  /<tr>\s{0,100}<td><a href="([^"<>]{1,2048})">[^<]{0,2048}<\/a><\/td>\s{0,100}<td>([^<]{0,100})<\/td>\s{0,100}<td>([^<]{0,100})<\/td>\s{0,100}<\/tr>/g

/** Reads the page. @param html what `GET api/files/<folder>/` answered */
export function readListing(html: string): readonly FileEntry[] {
  const entries: FileEntry[] = []
  for (const [, href = '', date = '', size = ''] of html.matchAll(ROW)) {
    if (entries.length >= ENTRIES_LIMIT) break
    const isFolder = href.endsWith('/')
    const name = decode(isFolder ? href.slice(0, -1) : href)
    if (name === null || fileNameProblem(name) !== null || STAGING.test(name)) continue
    entries.push({
      kind: isFolder ? 'folder' : 'file',
      name,
      shown: plainWords(name) || '(a name of signs that are not shown)',
      size: isFolder ? '' : plainWords(size, 20),
      date: plainWords(date, 20),
    })
  }
  return entries
}

export type NameProblem = 'empty' | 'dots' | 'sign' | 'long'

/** Why a name cannot be one part of a path there; null when it can. */
export function fileNameProblem(name: string): NameProblem | null {
  if (name === '') return 'empty'
  if (name === '.' || name === '..') return 'dots'
  // oxlint-disable-next-line no-control-regex -- control signs are what is looked for
  if (/[\u0000-\u001f\u007f/\\]/.test(name) || !name.isWellFormed()) return 'sign'
  return new TextEncoder().encode(name).length > NAME_LIMIT ? 'long' : null
}

/** The path behind `api/files/`, encoded; a folder's ends with a slash. */
export function filesPath(parts: readonly string[], kind: FileEntry['kind']): string {
  const path = parts.map((part) => encodeURIComponent(part)).join('/')
  return kind === 'folder' && path !== '' ? `${path}/` : path
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    // a name that is no UTF-8: no address of a browser leads to it
    return null
  }
}
