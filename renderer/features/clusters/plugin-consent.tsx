// A kubeconfig wants to run a program to sign in: which one, with which arguments; nothing runs before it is allowed.
import { useState, type ReactNode } from 'react'
import type { ClusterView, PluginRequest } from '../../../shared/domain/cluster.ts'
import { useActions } from '../../app/actions.ts'
import { goTo } from '../../app/route.ts'
import { Button } from '../../ui/button.tsx'
import styles from './plugin-consent.module.css'

export interface PluginConsentProps {
  readonly cluster: ClusterView
  readonly plugin: PluginRequest
}

export function PluginConsent({ cluster, plugin }: PluginConsentProps): ReactNode {
  const actions = useActions()
  const [later, setLater] = useState(false)
  if (later) {
    return (
      <Button onClick={() => setLater(false)} aria-label={`Show the sign-in program of ${cluster.name}`}>
        Show the sign-in program
      </Button>
    )
  }
  const missing = plugin.resolvedPath === undefined
  return (
    <div className={styles['consent']} role="group" aria-label={`Sign-in program of ${cluster.name}`}>
      <p className={styles['title']}>
        {missing ? 'The sign-in program is not installed.' : 'Signing in runs a program on this computer.'}
      </p>
      <p className={styles['text']}>
        {missing
          ? 'Install it, then look again.'
          : 'It runs as you. Allow it only if you trust whoever gave you this kubeconfig.'}
      </p>
      <code className={`mono ${styles['command']}`}>
        {[plugin.resolvedPath ?? plugin.command, ...plugin.args].map(quoted).join(' ')}
      </code>
      {plugin.installHint === undefined || !missing ? null : (
        <p className={`${styles['text']} ${styles['hint']}`}>The kubeconfig says: {plugin.installHint}</p>
      )}
      <div className={styles['actions']}>
        {missing ? (
          <Button kind="primary" onClick={() => void actions.refresh()}>
            Look again
          </Button>
        ) : (
          <Button
            kind="primary"
            onClick={() => {
              goTo('desktops')
              void actions.trustPlugin(cluster.id, plugin.fingerprint).then(() => actions.selectCluster(cluster.id))
            }}
          >
            Allow and connect
          </Button>
        )}
        <Button onClick={() => setLater(true)}>Not now</Button>
      </div>
    </div>
  )
}

/** Arguments with spaces in quotes, so that each is told from the next. */
function quoted(argument: string): string {
  return /[\s"'\\]/.test(argument) || argument === '' ? JSON.stringify(argument) : argument
}
