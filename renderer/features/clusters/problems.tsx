// Files that were looked at and could not be used: which, why, and the next step.
import { FileWarning } from 'lucide-react'
import type { ReactNode } from 'react'
import type { AppErrorView } from '../../../shared/errors.ts'
import { useErrorDetails } from '../../ui/error-details.tsx'
import styles from './first-start.module.css'

export interface Problem {
  readonly source: string
  readonly error: AppErrorView
}

export function Problems({ problems }: { readonly problems: readonly Problem[] }): ReactNode {
  return (
    <>
      <h2 className={styles['heading']}>Could not be used</h2>
      <div className={styles['list']}>
        {problems.map((problem, index) => (
          // two problems may have the same source
          <ProblemRow key={`${problem.source} ${index}`} problem={problem} />
        ))}
      </div>
    </>
  )
}

function ProblemRow({ problem: { source, error } }: { readonly problem: Problem }): ReactNode {
  const { toggle, box } = useErrorDetails(error)
  return (
    <div className={styles['option']}>
      <span className={styles['icon']}>
        <FileWarning size={20} aria-hidden="true" />
      </span>
      <div>
        <h3 className={styles['name']}>{error.sentence}</h3>
        <div className={styles['facts']}>
          {error.nextStep}
          <span className={`mono ${styles['source']} ${styles['why']}`}>{source}</span>
        </div>
      </div>
      <div className={styles['actions']}>{toggle}</div>
      <div className={styles['below']}>{box}</div>
    </div>
  )
}
