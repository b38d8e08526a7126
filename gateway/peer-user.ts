// Whose program is at the other end of a loopback connection. Every user of a machine may read the link with the token (it is an argument
// of the browser's start) and may be sent its cookie (on any port): both are good for this person's programs alone.
// Only Linux tells; where nothing is told, token and cookie alone decide.
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'

/** Both forms of 127.0.0.1 in the kernel's tables. Source: /proc/net/tcp and tcp6, addresses as words of the machine's byte order. */
const LOOPBACK = ['0100007F', '0000000000000000FFFF00000100007F'] as const
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'] as const

/**
 * The user whose socket has these ports on loopback, or undefined when the table does not have it.
 * @param table text of `/proc/net/tcp` or `/proc/net/tcp6`
 * @param from the port of that socket
 * @param to the port that it is connected to
 */
export function userOfPeer(table: string, from: number, to: number): number | undefined {
  const ends = LOOPBACK.map((address) => `${address}:${hex(from)} ${address}:${hex(to)}`)
  for (const line of table.split('\n').slice(1)) {
    const [, local = '', remote = '', , , , , uid = ''] = line.trim().split(/\s+/)
    if (ends.includes(`${local} ${remote}`) && /^\d+$/.test(uid)) return Number(uid)
  }
  return undefined
}

/**
 * Whether a connection may be this person's: not when it is known to be another user's. The superuser may read all that we know
 * anyway, and stands behind the port relays of virtual machines.
 */
export function mayBeOwnUser(
  { remotePort, localPort }: Pick<Socket, 'remotePort' | 'localPort'>,
  read: (path: string) => string = readTable,
): boolean {
  const own = process.getuid?.()
  if (process.platform !== 'linux' || own === undefined || remotePort === undefined || localPort === undefined)
    return true
  const uid = TABLES.map((path) => userOfPeer(read(path), remotePort, localPort)).find((found) => found !== undefined)
  return uid === undefined || uid === own || uid === 0 || String(uid) === process.env['SUDO_UID']
}

function readTable(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    // not told here
    return ''
  }
}

function hex(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0')
}
