// What stands above the desktops when the cluster in use is not live: old data is dated, a failure says its next step.
import { CloudOff, KeyRound, Lock } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { ClusterView } from '../../../shared/domain/cluster.ts'
import type { AppErrorView } from '../../../shared/errors.ts'
import { useActions } from '../../app/actions.ts'
import { goTo } from '../../app/route.ts'
import { useNow } from '../../stores/now.ts'
import { clockSeconds, spanSoFar } from '../../stores/words.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { Notice } from '../../ui/notice.tsx'
import { NamespacePrompt } from './namespace-prompt.tsx'
import { PluginConsent } from './plugin-consent.tsx'

export function ClusterStatus({ cluster }: { readonly cluster: ClusterView }): ReactNode {
  const actions = useActions()
  const again = (): void => void actions.selectCluster(cluster.id)
  const other = <Button onClick={() => goTo('clusters')}>Choose another cluster</Button>
  switch (cluster.state) {
    case 'live':
    case 'idle':
    case 'connecting':
      return null
    case 'stale':
      return <Stale cluster={cluster} />
    case 'needs-consent':
      return cluster.plugin ? <PluginConsent cluster={cluster} plugin={cluster.plugin} /> : null
    case 'signed-out':
      return (
        <ErrorPanel
          error={cluster.error ?? lacking('signed-out', 'Your sign-in has run out.', 'Sign in again.')}
          icon={<KeyRound size={20} />}
          actions={
            <>
              <Button kind="primary" onClick={again}>
                Sign in again
              </Button>
              {other}
            </>
          }
        />
      )
    case 'forbidden':
      return <Forbidden cluster={cluster} again={again} other={other} />
    default:
      return (
        <ErrorPanel
          icon={<CloudOff size={20} />}
          error={
            cluster.error ??
            lacking('cluster-unreachable', `${cluster.name} cannot be reached.`, 'It connects by itself when it can.')
          }
          actions={
            <>
              <Button kind="primary" onClick={again}>
                Try again
              </Button>
              {other}
            </>
          }
        />
      )
  }
}

/**
 * Nothing may be started in the namespace that was found. Naming another one is the way out; but where an operator is, it is the admin who
 * has to do something, and the namespace only for who knows of one.
 */
function Forbidden({
  cluster,
  again,
  other,
}: {
  readonly cluster: ClusterView
  readonly again: () => void
  readonly other: ReactNode
}): ReactNode {
  const isForAdmin = cluster.error?.code === 'not-admitted'
  const [isAsked, setAsked] = useState(false)
  return (
    <ErrorPanel
      tone="warn"
      icon={<Lock size={20} />}
      error={
        cluster.error ??
        lacking('no-namespace', 'You may not start desktops here.', 'Name a namespace in which you may.')
      }
      actions={
        <>
          <Button kind={isForAdmin ? 'primary' : 'plain'} onClick={again}>
            Try again
          </Button>
          {other}
          {isForAdmin ? (
            <Button kind="link" aria-expanded={isAsked} onClick={() => setAsked(!isAsked)}>
              Name a namespace
            </Button>
          ) : null}
        </>
      }
    >
      {isForAdmin && !isAsked ? null : <NamespacePrompt cluster={cluster} kind={isForAdmin ? 'plain' : 'primary'} />}
    </ErrorPanel>
  )
}

/** Words for a state that came without an error of its own. */
function lacking(code: string, sentence: string, nextStep: string): AppErrorView {
  return { code, sentence, nextStep }
}

function Stale({ cluster }: { readonly cluster: ClusterView }): ReactNode {
  const actions = useActions()
  const now = useNow()
  return (
    <Notice
      icon="clock"
      title={`No news for ${spanSoFar(now - cluster.since)}.`}
      action={
        <Button kind="link" onClick={() => void actions.refresh()}>
          Try now
        </Button>
      }
    >
      {cluster.name} does not answer. What you see is as of <time className="num">{clockSeconds(cluster.since)}</time>;
      it is tried again by itself.
    </Notice>
  )
}
