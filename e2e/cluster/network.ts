// The cluster's own network namespace, joined to the host by one link. Nothing of the host's own network is changed but two routes
// and the link, which go with it.
import { writeFile } from 'node:fs/promises'
import { run, tryRun } from './process.ts'
import { NETWORK, RUN } from './settings.ts'
import { findProgram } from './toolchain.ts'

/** Command and arguments before a program that is to run in the cluster's network. */
// not `ip netns exec`: that remounts /sys and hides the cgroups from kubelet and containerd
export const INSIDE: readonly string[] = ['nsenter', `--net=/run/netns/${NETWORK.namespace}`]

const ip = (...args: readonly string[]): Promise<string> => run('ip', args)

async function networkNamespaces(): Promise<string[]> {
  const lines = (await run('ip', ['netns', 'list'])).split('\n')
  return lines.map((line) => line.split(' ')[0] ?? '').filter((name) => name !== '')
}

/** Makes namespace, link and routes. Throws when they are there already. */
export async function makeNetwork(): Promise<void> {
  const { namespace, hostLink, hostIp, nodeIp, podCidr, serviceCidr } = NETWORK
  await writeFile(RUN.namespacesBefore, JSON.stringify(await networkNamespaces()))
  await ip('netns', 'add', namespace)
  await ip('-n', namespace, 'link', 'set', 'lo', 'up')
  await ip('link', 'add', hostLink, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace)
  await ip('addr', 'add', `${hostIp}/24`, 'dev', hostLink)
  await ip('link', 'set', hostLink, 'up')
  await ip('-n', namespace, 'addr', 'add', `${nodeIp}/24`, 'dev', 'eth0')
  await ip('-n', namespace, 'link', 'set', 'eth0', 'up')
  await ip('-n', namespace, 'route', 'add', 'default', 'via', hostIp)
  for (const range of [podCidr, serviceCidr]) await ip('route', 'add', range, 'via', nodeIp)
  const inside = (...args: readonly string[]): Promise<unknown> =>
    tryRun(INSIDE[0] ?? '', [...INSIDE.slice(1), ...args])
  await inside('sysctl', '-qw', 'net.ipv4.ip_forward=1')
  // network policies see traffic between pods of one bridge only with this; absent where the module is built in and on
  const modprobe = findProgram('modprobe')
  if (modprobe !== null) await tryRun(modprobe, ['br_netfilter'])
  await inside('sysctl', '-qw', 'net.bridge.bridge-nf-call-iptables=1')
}

/** Removes the network and the pods' namespaces that appeared since `before`. Safe when nothing is there. */
export async function removeNetwork(before: readonly string[]): Promise<void> {
  await tryRun('ip', ['link', 'del', NETWORK.hostLink])
  const now = await networkNamespaces()
  const ours = now.filter((name) => name === NETWORK.namespace || (name.startsWith('cni-') && !before.includes(name)))
  for (const name of ours) await tryRun('ip', ['netns', 'del', name])
}
