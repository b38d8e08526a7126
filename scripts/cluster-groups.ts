// Which specs of the test cluster may run beside which. A new file is one of many in direct mode, unless its name says otherwise.

export interface ClusterGroup {
  readonly name: string
  readonly files: readonly string[]
}

/** They take every slice, cut what all use, or measure what a busy machine would blur. */
const ALONE = ['admin-view', 'slices', 'viewer-input', 'viewer-paths']
/** They install the operator, or its definitions: one after the other. */
const PLATFORM = [
  'chart',
  'crds',
  'guard-rails',
  'guard-rails-operator',
  'install',
  'operator-lifecycle',
  'operator-traefik',
]
/** It takes parts of the cluster away under everybody. */
const CHAOS = ['operator-chaos']

/**
 * The groups in rounds: those of one round run beside each other, file by file, each round after the one before it; none that is empty.
 * Direct mode and the platform mostly wait, for pods and provisioners, and people of the one are strangers to the other.
 * @param files names of spec files, without their folder
 * @param wanted beginnings of those to run; none means all
 */
export function clusterRounds(
  files: readonly string[],
  wanted: readonly string[],
): readonly (readonly ClusterGroup[])[] {
  const groups: Record<'direct' | 'platform' | 'alone' | 'chaos', string[]> = {
    direct: [],
    platform: [],
    alone: [],
    chaos: [],
  }
  for (const file of files.toSorted()) {
    const name = file.replace(/\.spec\.ts$/, '')
    if (wanted.length > 0 && !wanted.some((part) => name.startsWith(part))) continue
    if (PLATFORM.includes(name)) groups.platform.push(file)
    else if (CHAOS.includes(name)) groups.chaos.push(file)
    else if (ALONE.includes(name)) groups.alone.push(file)
    else groups.direct.push(file)
  }
  return ([['direct', 'platform'], ['alone'], ['chaos']] as const)
    .map((round) => round.map((name) => ({ name, files: groups[name] })).filter((group) => group.files.length > 0))
    .filter((round) => round.length > 0)
}
