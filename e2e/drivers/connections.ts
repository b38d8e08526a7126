// A process' TCP connections, to be reset under it as a network does that changes, or a proxy that restarts.
import { run } from '../cluster/process.ts'

/** Local ports of a process' connections to an address. */
export async function connectionsOf(pid: number, address: string): Promise<readonly string[]> {
  const lines = await run('ss', ['-Htnp', 'state', 'established', 'dst', address])
  return lines
    .split('\n')
    .filter((line) => line.includes(`pid=${pid},`))
    .flatMap((line) => /:(\d+)\s/.exec(line)?.[1] ?? [])
}

/** Resets connections by their local port; new ones are let through. */
export async function resetConnections(ports: readonly string[]): Promise<void> {
  for (const port of ports) await run('ss', ['-K', 'state', 'established', 'sport', '=', `:${port}`])
}
