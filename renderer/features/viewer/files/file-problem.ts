// What can go wrong with a file on its way, in words: one sentence, one next step. The server's own words are read, never shown.
import { CATALOG } from '../../../../shared/error-catalog.ts'
import { text, translated } from '../../../ui/translate.ts'
import type { NameProblem } from '../../../../shared/selkies/g2/file-listing.ts'

export type ProblemKind =
  | 'cancelled'
  | 'lost'
  | 'no-room'
  | 'no-room-here'
  | 'not-allowed'
  | 'no-right'
  | 'name'
  | 'name-sign'
  | 'name-long'
  | 'is-folder'
  | 'busy'
  | 'missing'
  | 'changed'
  | 'unreadable'
  | 'too-many'
  | 'refused'

const WORDS: Readonly<Record<ProblemKind, string>> = {
  cancelled: text('Cancelled. Nothing of it was left behind.'),
  lost: text('The connection was lost. Try again when the desktop is back.'),
  'no-room': text('There is no room left on the desktop. Delete something there, then try again.'),
  'no-room-here': text('There is no room for it on this computer. Make room, then try again.'),
  'not-allowed': text('The desktop refused: whoever runs it decided so.'),
  'no-right': text('The desktop may not write there. Choose another folder.'),
  name: text('The desktop takes no such name. Rename the file, then try again.'),
  'name-sign': text('A sign in its name cannot be used there. Rename it, then try again.'),
  'name-long': text('Its name or path is too long for the desktop. Shorten it, then try again.'),
  'is-folder': text('The desktop has a folder of that name. Rename one of them, then try again.'),
  busy: text('The desktop is still taking another file of that name. Try again in a moment.'),
  missing: text('It is not there any more. Look at the list again.'),
  changed: text('It changed on the way. Try again.'),
  unreadable: text('It cannot be read here: it was moved, changed, or is in use. Try again.'),
  'too-many': text('Those are too many files for one go. Pack them into an archive, or drop fewer.'),
  refused: text('The desktop’s server refused it. Try again; if it stays, tell whoever runs the desktop.'),
}

/** Ends a transfer. */
export class FileProblem extends Error {
  readonly kind: ProblemKind
  constructor(kind: ProblemKind) {
    super(translated(WORDS[kind]))
    this.kind = kind
  }
}

/** Words for anything that was thrown. */
export function problemOf(thrown: unknown): FileProblem {
  if (thrown instanceof FileProblem) return thrown
  if (thrown instanceof DOMException) {
    if (thrown.name === 'AbortError') return new FileProblem('cancelled')
    if (thrown.name === 'NotReadableError' || thrown.name === 'NotFoundError') return new FileProblem('unreadable')
    if (thrown.name === 'QuotaExceededError') return new FileProblem('no-room-here')
  }
  return new FileProblem('refused')
}

export function nameProblemKind(problem: NameProblem): ProblemKind {
  switch (problem) {
    case 'sign':
      return 'name-sign'
    case 'long':
      return 'name-long'
    default:
      return 'name'
  }
}

/** A door's or a server's refusal. `again`: the way was cut, and the same may be tried when it is back. */
export type Refusal = { readonly kind: ProblemKind } | { readonly kind: 'again' } | { readonly kind: 'from-start' }

/**
 * Reads a refusal of an upload.
 * @param doorError the door's own code, when the answer is the door's
 * @param body what was answered, JSON of Selkies 2.1: `{"status":"error","message"}`
 */
export function uploadRefusal(status: number, doorError: string | null, body: string): Refusal {
  if (doorError !== null) return doorRefusal(doorError)
  const message = messageOf(body)
  if (/Errno 28\b|Errno 122\b|no space|quota/i.test(message)) return { kind: 'no-room' }
  if (/Errno 36\b|name too long/i.test(message)) return { kind: 'name-long' }
  if (/Errno 21\b|Errno 39\b|is a directory|not empty/i.test(message)) return { kind: 'is-folder' }
  if (/Errno 20\b|Errno 17\b|not a directory/i.test(message)) return { kind: 'is-folder' }
  if (/Errno 13\b|Errno 30\b|Errno 1\b|permission|read-only/i.test(message)) return { kind: 'no-right' }
  if (/invalid upload path|path escape/i.test(message)) return { kind: 'name' }
  if (status === 409) return /in flight/i.test(message) ? { kind: 'busy' } : { kind: 'from-start' }
  if (status === 403) return { kind: 'not-allowed' }
  // the server threw away what it had: half a body, another size than was said
  if (status === 400 && /size mismatch|content-length|body|payload/i.test(message)) return { kind: 'from-start' }
  if (status === 502 || status === 503 || status === 504) return { kind: 'again' }
  return { kind: 'refused' }
}

/** Reads a refusal of a download or a listing. */
export function downloadRefusal(status: number, doorError: string | null): Refusal {
  if (doorError !== null) return doorRefusal(doorError)
  if (status === 403) return { kind: 'not-allowed' }
  if (status === 404) return { kind: 'missing' }
  if (status === 416) return { kind: 'from-start' }
  if (status >= 500) return { kind: 'again' }
  return { kind: 'refused' }
}

/** The door says that it is closed, or that the desktop cannot be reached: both pass. */
function doorRefusal(code: string): Refusal {
  return code === 'desktop-unreachable' || code === 'door-closed' || !(code in CATALOG)
    ? { kind: 'again' }
    : { kind: code === 'bad-request' ? 'name' : 'again' }
}

function messageOf(body: string): string {
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value !== 'object' || value === null) return ''
    const { message, error } = value as { message?: unknown; error?: unknown }
    return [message, error].filter((words) => typeof words === 'string').join(' ')
  } catch {
    // no JSON: the status tells
    return ''
  }
}
