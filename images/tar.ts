// Writes POSIX tar members (ustar with pax records where a value does not fit). Equal input gives equal bytes:
// every time stamp is the one that the caller names, and there are no user or group names.
const BLOCK = 512

/** One member of a tar archive. */
export interface TarMember {
  readonly path: string
  readonly kind: 'file' | 'directory' | 'symlink' | 'hardlink'
  /** Permission bits. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Bytes of content that follow the header; 0 unless `file`. */
  readonly size: number
  /** Target of a symbolic link; of a hard link the path of the member that carries the content. */
  readonly link?: string
  /** Seconds since 1970. */
  readonly mtime: number
}

const TYPE_FLAG = { file: '0', directory: '5', symlink: '2', hardlink: '1' } as const

function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, '0')}\0`
}

function header(member: TarMember, name: string, link: string, type: string, size: number): Buffer {
  const block = Buffer.alloc(BLOCK)
  block.write(name, 0, 100, 'utf8')
  block.write(octal(member.mode & 0o7777, 8), 100, 'latin1')
  block.write(octal(member.uid, 8), 108, 'latin1')
  block.write(octal(member.gid, 8), 116, 'latin1')
  block.write(octal(size, 12), 124, 'latin1')
  block.write(octal(member.mtime, 12), 136, 'latin1')
  block.write(' '.repeat(8), 148, 'latin1')
  block.write(type, 156, 'latin1')
  block.write(link, 157, 100, 'utf8')
  block.write('ustar\x0000', 257, 'latin1')
  let sum = 0
  for (const byte of block) sum += byte
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}

/** A pax record: its length counts itself. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`
  const bytes = Buffer.byteLength(rest)
  let length = bytes + String(bytes).length
  if (bytes + String(length).length !== length) length = bytes + String(length).length
  return `${length}${rest}`
}

/**
 * The bytes before a member's content.
 * @param member its path without a leading slash; a directory's trailing slash is added here
 */
export function tarHeader(member: TarMember): Buffer {
  const name = member.kind === 'directory' ? `${member.path}/` : member.path
  const link = member.link ?? ''
  const records: string[] = []
  if (!fits(name)) records.push(paxRecord('path', name))
  if (!fits(link)) records.push(paxRecord('linkpath', link))
  const own = header(member, ascii(name), ascii(link), TYPE_FLAG[member.kind], member.size)
  if (records.length === 0) return own
  const body = Buffer.from(records.join(''))
  return Buffer.concat([header(member, 'pax', '', 'x', body.length), body, tarPadding(body.length), own])
}

/** The zeros after `size` bytes of content. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK)
}

/** The two empty blocks that end an archive. */
export function tarEnd(): Buffer {
  return Buffer.alloc(2 * BLOCK)
}

function fits(text: string): boolean {
  return text.length <= 100 && /^[\x20-\x7e]*$/.test(text)
}

/** What stands in the old header when a pax record carries the real value. */
function ascii(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '_').slice(0, 100)
}
