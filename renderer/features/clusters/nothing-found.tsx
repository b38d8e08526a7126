// No kubeconfig was found: where the app looked, and what helps.
import type { ReactNode } from 'react'
import { useActions } from '../../app/actions.ts'
import { Button } from '../../ui/button.tsx'
import styles from './first-start.module.css'

export function NothingFound(): ReactNode {
  const actions = useActions()
  return (
    <div className={styles['empty']}>
      <p>No kubeconfig was found. The app looked in</p>
      <ul>
        <li>
          the files that <code className="mono">KUBECONFIG</code> names
        </li>
        <li>
          <code className="mono">~/.kube/config</code>
        </li>
        <li>files that you added here</li>
      </ul>
      <p>
        A kubeconfig is a small text file that says where your cluster is and who you are. Your admin has it, or the
        tool that made your cluster. Put it in one of these places, or open it below.
      </p>
      <p>
        <Button onClick={() => void actions.refresh()}>Look again</Button>
      </p>
    </div>
  )
}
