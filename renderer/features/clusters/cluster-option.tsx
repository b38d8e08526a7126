// One cluster to choose: its state in words with the reason, and the one thing to do about it.
import { CircleCheck, CircleX, FlaskConical, KeyRound, Server, Trash2, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ClusterView } from '../../../shared/domain/cluster.ts'
import { useActions } from '../../app/actions.ts'
import { goTo } from '../../app/route.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { cx } from '../../ui/cx.ts'
import { Spinner } from '../../ui/spinner.tsx'
import { useErrorDetails } from '../../ui/error-details.tsx'
import { PluginConsent } from './plugin-consent.tsx'
import styles from './first-start.module.css'

export interface ClusterOptionProps {
  readonly cluster: ClusterView
  /** The one to take first: its button is filled. */
  readonly best?: boolean
  readonly active: boolean
}

export function ClusterOption({ cluster, best, active }: ClusterOptionProps): ReactNode {
  const actions = useActions()
  const { id, kind, name, state } = cluster
  const isDemo = kind === 'demo'
  const use = (): void => {
    goTo('desktops')
    void actions.selectCluster(id)
  }
  const retry = state === 'unreachable'
  const words = isDemo ? 'Start demo' : retry ? 'Try again' : active ? 'In use' : 'Use'
  return (
    <div className={cx(styles['option'], best && styles['best'])}>
      <span className={styles['icon']}>
        {isDemo ? <FlaskConical size={20} aria-hidden="true" /> : <Server size={20} aria-hidden="true" />}
      </span>
      <div>
        <h3 className={styles['name']}>{isDemo ? 'Try the demo' : name}</h3>
        {isDemo ? (
          <p className={styles['facts']}>A pretend cluster and a real stream. Nothing to set up.</p>
        ) : (
          <Facts cluster={cluster} />
        )}
      </div>
      <div className={styles['actions']}>
        {cluster.removable ? (
          <IconButton
            label={`Forget ${name}`}
            hint="Forget"
            icon={<Trash2 size={16} aria-hidden="true" />}
            onClick={() => void actions.removeCluster(id)}
          />
        ) : null}
        {state === 'needs-consent' || state === 'invalid' ? null : (
          <Button
            kind={best ? 'primary' : 'plain'}
            large={best ?? false}
            busy={state === 'connecting'}
            aria-label={labelOf(name, words)}
            onClick={() => (retry ? void actions.selectCluster(id) : use())}
          >
            {words}
          </Button>
        )}
      </div>
      {state === 'needs-consent' && cluster.plugin ? (
        <div className={styles['below']}>
          <PluginConsent cluster={cluster} plugin={cluster.plugin} />
        </div>
      ) : null}
    </div>
  )
}

/** The words shown come first in the name, so that speech input finds them. */
function labelOf(name: string, words: string): string {
  return words === 'Start demo' ? words : words === 'Use' ? `Use ${name}` : `${words}: ${name}`
}

function Facts({ cluster }: { readonly cluster: ClusterView }): ReactNode {
  const { state, error, source, host } = cluster
  return (
    <div className={styles['facts']}>
      <StateLine state={state} />
      {host === undefined ? null : <span className="cut">{host}</span>}
      {error && state !== 'needs-consent' ? (
        <span className={styles['why']}>
          {error.sentence} {error.nextStep}
        </span>
      ) : null}
      <span className={cx('mono', styles['source'], styles['why'])}>{source}</span>
      {error?.detail === undefined || state === 'needs-consent' ? null : <Details error={error} />}
    </div>
  )
}

function Details({ error }: { readonly error: NonNullable<ClusterView['error']> }): ReactNode {
  const { toggle, box } = useErrorDetails(error, true)
  return (
    <div className={styles['why']}>
      {toggle}
      {box}
    </div>
  )
}

function StateLine({ state }: { readonly state: ClusterView['state'] }): ReactNode {
  switch (state) {
    case 'live':
    case 'stale':
      return (
        <span className={cx(styles['state'], styles['good'])}>
          <CircleCheck size={14} aria-hidden="true" /> Reachable
        </span>
      )
    case 'connecting':
      return (
        <span className={styles['state']}>
          <Spinner /> Connecting
        </span>
      )
    case 'idle':
      return <span className={styles['state']}>Not asked yet</span>
    case 'needs-consent':
      return (
        <span className={cx(styles['state'], styles['warn'])}>
          <KeyRound size={14} aria-hidden="true" /> Waits for your consent
        </span>
      )
    case 'signed-out':
      return (
        <span className={cx(styles['state'], styles['warn'])}>
          <KeyRound size={14} aria-hidden="true" /> Signed out
        </span>
      )
    case 'unreachable':
      return (
        <span className={cx(styles['state'], styles['warn'])}>
          <TriangleAlert size={14} aria-hidden="true" /> Not reachable
        </span>
      )
    default:
      return (
        <span className={cx(styles['state'], styles['bad'])}>
          <CircleX size={14} aria-hidden="true" /> {state === 'forbidden' ? 'Rights missing' : 'Cannot be used'}
        </span>
      )
  }
}
