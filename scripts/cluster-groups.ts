// Which specs of the test cluster may run beside which. A new file is one of many in direct mode, unless its name says otherwise.

export interface ClusterGroup {
  readonly name: string
  readonly files: readonly string[]
}

/** They measure what a busy machine would blur: nothing runs beside them but what mostly waits. The viewer's others are its features. */
const VIEWER = ['viewer-input', 'viewer-paths']
/** They install the operator, or its definitions: one after the other. */
const PLATFORM = [
  ...['chart', 'crds', 'crds-upgrade', 'install', 'manifests'],
  ...['operator-lifecycle', 'operator-traefik', 'operator-warm', 'phases'],
]
/** One takes every slice, and parts of the cluster away under everybody; the others install the platform too, and find room here. */
const CHAOS = ['guard-rails', 'guard-rails-operator', 'operator-chaos']

type GroupName = 'direct' | 'platform' | 'viewer' | 'features' | 'chaos'

/**
 * The groups in rounds: those of one round run beside each other, file by file, each round after the one before it; none that is empty.
 * Direct mode and the platform mostly wait, for pods and provisioners, and people of the one are strangers to the other. So do chaos and
 * the viewer's specs; of the two that take all slices each stands in a round of its own.
 * @param files names of spec files, without their folder
 * @param wanted beginnings of those to run; none means all
 * @param long the long chaos is run too, which stops the API server and the node under everybody
 */
export function clusterRounds(
  files: readonly string[],
  wanted: readonly string[],
  long = false,
): readonly (readonly ClusterGroup[])[] {
  const groups: Record<GroupName, string[]> = { direct: [], platform: [], viewer: [], features: [], chaos: [] }
  for (const file of files.toSorted()) {
    const name = file.replace(/\.spec\.ts$/, '')
    if (wanted.length > 0 && !wanted.some((part) => name.startsWith(part))) continue
    if (PLATFORM.includes(name)) groups.platform.push(file)
    else if (CHAOS.includes(name)) groups.chaos.push(file)
    else if (VIEWER.includes(name)) groups.viewer.push(file)
    else if (name.startsWith('viewer-')) groups.features.push(file)
    else groups.direct.push(file)
  }
  const last: readonly (readonly GroupName[])[] = long ? [['viewer'], ['chaos']] : [['viewer', 'chaos']]
  const rounds: readonly (readonly GroupName[])[] = [['direct', 'platform'], ...last, ['features']]
  return rounds
    .map((round) => round.map((name) => ({ name, files: groups[name] })).filter((group) => group.files.length > 0))
    .filter((round) => round.length > 0)
}
