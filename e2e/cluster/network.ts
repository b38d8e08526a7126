// The cluster's own network namespace, joined to the host by one link. Nothing of the host's own network is changed but two routes
// and the link, which go with it.
import { run, tryRun } from './process.ts'
import { NETWORK } from './settings.ts'
import { findProgram } from './toolchain.ts'

/** Command and arguments before a program that is to run in the cluster's network. */
// not `ip netns exec`: that remounts /sys and hides the cgroups from kubelet and containerd
export const INSIDE: readonly string[] = ['nsenter', `--net=/run/netns/${NETWORK.namespace}`]

const ip = (...args: readonly string[]): Promise<string> => run('ip', args)

async function networkNamespaces(): Promise<string[]> {
  const lines = (await tryRun('ip', ['netns', 'list'])).stdout.split('\n')
  return lines.map((line) => line.split(' ')[0] ?? '').filter((name) => name !== '')
}

/** Makes namespace, link and routes. Throws when they are there already. */
export async function makeNetwork(): Promise<void> {
  const { namespace, hostLink, hostIp, nodeIp, podCidr, serviceCidr } = NETWORK
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

/** The cluster's namespace and those of its pods, which have an address of the cluster's range: another runtime's pods have not. */
export async function leftNamespaces(): Promise<string[]> {
  const range = ` ${NETWORK.podCidr.replace(/\d+\/24$/, '')}`
  const found: string[] = []
  for (const name of await networkNamespaces()) {
    const isPod =
      name.startsWith('cni-') && (await tryRun('ip', ['-n', name, '-o', '-4', 'addr', 'show'])).stdout.includes(range)
    if (isPod || name === NETWORK.namespace) found.push(name)
  }
  return found
}

/** Removes the network with its pods' namespaces. Safe when nothing is there. */
export async function removeNetwork(): Promise<void> {
  const ours = await leftNamespaces()
  await tryRun('ip', ['link', 'del', NETWORK.hostLink])
  for (const name of ours) await tryRun('ip', ['netns', 'del', name])
}
