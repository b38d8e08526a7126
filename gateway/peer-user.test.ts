// Whose program redeems a login: read from the kernel's table of connections.
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { expect, it } from 'vitest'
import { mayBeOwnUser, userOfPeer } from './peer-user.ts'

const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode'
const row = (local: string, remote: string, uid: number) =>
  `   0: ${local} ${remote} 01 00000000:00000000 00:00000000 00000000 ${String(uid).padStart(5)}        0 12345 1 0000000000000000`
// 40000 is 9C40, 8080 is 1F90
const table = (uid: number) =>
  [HEAD, row('0100007F:1F90', '0100007F:9C40', 1), row('0100007F:9C40', '0100007F:1F90', uid), ''].join('\n')
const ends = { remotePort: 40_000, localPort: 8080 }

it('finds the user of the other end, not of ours', () => {
  expect(userOfPeer(table(1001), 40_000, 8080)).toBe(1001)
  expect(userOfPeer(table(1001), 40_001, 8080)).toBeUndefined()
  const mapped = '0000000000000000FFFF00000100007F'
  expect(userOfPeer([HEAD, row(`${mapped}:9C40`, `${mapped}:1F90`, 7)].join('\n'), 40_000, 8080)).toBe(7)
  expect(userOfPeer('', 40_000, 8080)).toBeUndefined()
})

it.runIf(process.platform === 'linux')('refuses another user alone', () => {
  const own = process.getuid?.() ?? -1
  expect(mayBeOwnUser(ends, () => table(own + 1))).toBe(own + 1 === Number(process.env['SUDO_UID']))
  expect(mayBeOwnUser(ends, () => table(own))).toBe(true)
  expect(mayBeOwnUser(ends, () => table(0))).toBe(true)
  expect(mayBeOwnUser(ends, () => '')).toBe(true)
})

it('takes a real connection of this process for its own', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve))
  await new Promise((resolve) => server.once('listening', resolve))
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const socket = await accepted
  expect(mayBeOwnUser(socket)).toBe(true)
  client.destroy()
  socket.destroy()
  await new Promise((resolve) => server.close(resolve))
})
