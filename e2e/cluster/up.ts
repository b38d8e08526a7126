// Brings a real one-node Kubernetes up in a network namespace of its own. All or nothing: a failure takes down what had started.
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildCluster, type Built } from './build.ts'
import { startControlPlane } from './control-plane.ts'
import { takeDown } from './down.ts'
import { makeNetwork } from './network.ts'
import { startNode } from './node.ts'
import { startParts } from './parts.ts'
import { makePki } from './pki.ts'
import { isAlive, readDaemons } from './process.ts'
import { FOLDERS, KUBELET_FOLDER, RUN } from './settings.ts'

/** What a running cluster says about itself. */
export interface Running {
  readonly built: Built
  /** Parts that this cluster does not have, and why. */
  readonly notRun: readonly string[]
}

/** @returns the running cluster, or null when none is (whole) */
export async function running(): Promise<Running | null> {
  if (!existsSync(RUN.ready)) return null
  // the files outlive the machine's restart, the processes do not
  if (!readDaemons(RUN.daemons).some(isAlive)) return null
  return JSON.parse(await readFile(RUN.ready, 'utf8')) as Running
}

/** Names of the cluster's processes that have ended although it is up. */
export function deadDaemons(): readonly string[] {
  return readDaemons(RUN.daemons).flatMap((daemon) => (isAlive(daemon) ? [] : [daemon.name]))
}

/** Another kubelet's plugins would be taken over: the folder of their sockets is the same for all. */
async function refuseBesideKubelet(): Promise<void> {
  const sockets = await readFile('/proc/net/unix', 'utf8')
  if (sockets.includes(join(KUBELET_FOLDER, 'device-plugins', 'kubelet.sock')))
    throw new Error('another kubelet runs on this machine (K3s?): stop it first, or use its cluster')
}

/**
 * Builds what is missing and starts the cluster. A second call changes nothing.
 * @param log gets a line for each step
 */
export async function bringUp(log: (line: string) => void): Promise<Running> {
  const present = await running()
  if (present !== null) return present
  // a cluster that came up half, or whose machine was restarted
  await takeDown()
  await refuseBesideKubelet()
  const built = await buildCluster(log)
  const began = Date.now()
  const step = (what: string): void => log(`${((Date.now() - began) / 1000).toFixed(1)} s: ${what}`)
  try {
    for (const folder of [FOLDERS.run, RUN.log]) await mkdir(folder, { recursive: true })
    await makeNetwork()
    await makePki()
    await startControlPlane(built)
    step('control plane ready')
    await startNode(built)
    step('node ready')
    const notRun = await startParts(built)
    step('parts ready')
    const state: Running = { built, notRun }
    await writeFile(RUN.ready, JSON.stringify(state))
    return state
  } catch (error) {
    const logs = await lastWords()
    await takeDown()
    throw new Error(`the cluster did not come up: ${error instanceof Error ? error.message : String(error)}\n${logs}`, {
      cause: error,
    })
  }
}

/** The ends of the daemons' logs, since they go with the cluster. */
async function lastWords(): Promise<string> {
  const parts: string[] = []
  for (const name of ['kube-apiserver', 'kubelet', 'containerd']) {
    const text = await readFile(`${RUN.log}/${name}.log`, 'utf8').catch(() => '')
    if (text !== '') parts.push(`--- ${name}\n${text.trim().split('\n').slice(-6).join('\n')}`)
  }
  return parts.join('\n')
}
