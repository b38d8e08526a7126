// Asks for the namespace in which desktops may be started: the API often gives no list to choose from.
import { useState, type ReactNode } from 'react'
import type { ClusterView } from '../../../shared/domain/cluster.ts'
import { useActions } from '../../app/actions.ts'
import { Button } from '../../ui/button.tsx'
import { Field, inputClass } from '../../ui/field.tsx'
import styles from './namespace-prompt.module.css'

const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/

export function NamespacePrompt({
  cluster,
  kind,
}: {
  readonly cluster: ClusterView
  /** Of its button: whether it is the way on. */
  readonly kind: 'primary' | 'plain'
}): ReactNode {
  const actions = useActions()
  const [name, setName] = useState(cluster.namespace ?? '')
  const [problem, setProblem] = useState<string>()
  return (
    <form
      className={styles['row']}
      onSubmit={(event) => {
        event.preventDefault()
        if (NAMESPACE.test(name)) void actions.setNamespace(cluster.id, name)
        else setProblem('Lower-case letters, digits and hyphens; at most 63.')
      }}
    >
      <Field label="Namespace" problem={problem}>
        {(control) => (
          <input
            {...control}
            className={inputClass}
            value={name}
            spellCheck={false}
            autoCapitalize="none"
            onChange={(event) => {
              setName(event.target.value.trim())
              setProblem(undefined)
            }}
          />
        )}
      </Field>
      <Button kind={kind} type="submit">
        Use this namespace
      </Button>
    </form>
  )
}
