// What goes wrong with a cluster's own parts, made on purpose: an API server that is started anew, a daemon that stands still.
import { writeFileSync } from 'node:fs'
import { startApiServer } from './control-plane.ts'
import { isAlive, readDaemons, stopAll } from './process.ts'
import { RUN } from './settings.ts'
import { running } from './up.ts'

/** Ends the API server and starts it on the same store; returns when it is ready. Throws when no cluster runs. */
export async function restartApiServer(): Promise<void> {
  const cluster = await running()
  if (cluster === null) throw new Error('no cluster runs')
  const daemons = readDaemons(RUN.daemons)
  const isOld = ({ name }: { readonly name: string }): boolean => name === 'kube-apiserver'
  await stopAll(daemons.filter(isOld), 20_000)
  // one that was ended on purpose is not one that has died
  writeFileSync(RUN.daemons, daemons.flatMap((each) => (isOld(each) ? [] : [`${JSON.stringify(each)}\n`])).join(''))
  await startApiServer(cluster.built)
}

/** Stops a daemon of the cluster where it is, as a machine that hangs. @returns lets it go on */
export function freezeDaemon(name: string): () => void {
  const daemon = readDaemons(RUN.daemons).find((each) => each.name === name && isAlive(each))
  if (daemon === undefined) throw new Error(`${name} does not run`)
  process.kill(daemon.pid, 'SIGSTOP')
  return () => void process.kill(daemon.pid, 'SIGCONT')
}
