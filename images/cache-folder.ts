// Where builds keep what they made. Under sudo it is root's own folder, whatever HOME says: nothing of root's may lie in a person's
// cache, and the next run under sudo must find it again.
import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'

/** @param env of the process */
export function cacheFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  if (env['SUDO_UID'] !== undefined && process.getuid?.() === 0)
    return join(userInfo().homedir, '.cache', 'kasm-operator')
  return join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'kasm-operator')
}
