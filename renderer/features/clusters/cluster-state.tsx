// A cluster's state: its mark and its word, the span ticking while it is stale.
import type { ReactNode } from 'react'
import type { ClusterState, ClusterView } from '../../../shared/domain/cluster.ts'
import { useNow } from '../../stores/now.ts'
import { clusterStateWord } from '../../stores/words.ts'
import { StateDot, type Tone } from '../../ui/state-dot.tsx'

const TONES: Readonly<Record<ClusterState, Tone>> = {
  idle: 'plain',
  connecting: 'plain',
  live: 'good',
  stale: 'warn',
  'signed-out': 'warn',
  unreachable: 'bad',
  forbidden: 'bad',
  'needs-consent': 'warn',
  invalid: 'bad',
}

export function clusterTone({ state, kind }: ClusterView): Tone {
  return state === 'live' && kind === 'demo' ? 'info' : TONES[state]
}

export function ClusterStateWords({ cluster }: { readonly cluster: ClusterView }): ReactNode {
  return cluster.state === 'stale' ? <Ticking cluster={cluster} /> : <Words cluster={cluster} now={cluster.since} />
}
function Ticking({ cluster }: { readonly cluster: ClusterView }): ReactNode {
  return <Words cluster={cluster} now={useNow()} />
}
function Words({ cluster, now }: { readonly cluster: ClusterView; readonly now: number }): ReactNode {
  return (
    <>
      <StateDot tone={clusterTone(cluster)} />
      <span className="cut">{clusterStateWord(cluster, now)}</span>
    </>
  )
}
