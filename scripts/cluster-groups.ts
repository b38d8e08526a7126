// Which specs of the test cluster may run beside which. A new file is one of many in direct mode, unless its name says otherwise.

export interface ClusterGroup {
  readonly name: string
  /** Files at once. */
  readonly workers: number
  readonly files: readonly string[]
}

/** They take every slice, cut what all use, or measure what a busy machine would blur. */
const ALONE = ['admin-view', 'slices', 'viewer-input', 'viewer-paths']
/** With the definitions in the cluster every app takes it for one with an operator: after all that is about direct mode, one by one. */
const PLATFORM = ['chart', 'crds', 'guard-rails', 'guard-rails-operator', 'install', 'routes']
const OPERATOR = /^operator-/

/**
 * The groups in the order in which they run, each after the one before it has ended; none that is empty.
 * @param files names of spec files, without their folder
 * @param wanted beginnings of those to run; none means all
 */
export function clusterGroups(files: readonly string[], wanted: readonly string[]): readonly ClusterGroup[] {
  const groups: Record<'together' | 'alone' | 'platform', string[]> = { together: [], alone: [], platform: [] }
  for (const file of files.toSorted()) {
    const name = file.replace(/\.spec\.ts$/, '')
    if (wanted.length > 0 && !wanted.some((part) => name.startsWith(part))) continue
    const kind =
      PLATFORM.includes(name) || OPERATOR.test(name) ? 'platform' : ALONE.includes(name) ? 'alone' : 'together'
    groups[kind].push(file)
  }
  return [
    { name: 'together', workers: 2, files: groups.together },
    { name: 'alone', workers: 1, files: groups.alone },
    { name: 'platform', workers: 1, files: groups.platform },
  ].filter((group) => group.files.length > 0)
}
