// Questions to a TURN server from outside the cluster, with Debian's own client (turnutils_uclient, package coturn).
import { createHmac } from 'node:crypto'
import { tryRun } from '../cluster/process.ts'

/** A credential of coturn's REST scheme. @param forS how long it is good, s */
export function turnCredential(
  secret: string,
  user: string,
  forS = 600,
): { readonly username: string; readonly credential: string } {
  const username = `${Math.floor(Date.now() / 1000) + forS}:${user}`
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') }
}

/**
 * Asks for an allocation and for the permission to send to a peer.
 * @returns whether both were given, and what the client said
 */
export async function turnAllows(
  server: { readonly host: string; readonly port: number },
  secret: string,
  peer: string,
): Promise<{ readonly allowed: boolean; readonly said: string }> {
  const { username, credential } = turnCredential(secret, 'spec')
  const who = ['-u', username, '-w', credential, '-p', String(server.port)]
  const args = ['8', 'turnutils_uclient', '-c', '-n', '1', '-m', '1', ...who, '-e', peer, server.host]
  const { stdout, stderr } = await tryRun('timeout', args)
  const said = stdout + stderr
  return { allowed: said.includes('Total connect time') && !/error/i.test(said), said }
}
