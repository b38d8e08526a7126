// The question before somebody's desktop is stopped: it names whose, what is lost and what stays.
import type { ReactNode } from 'react'
import { useActions } from '../../app/actions.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import type { Chosen } from './choice.ts'
import { possessive } from './words.ts'

export interface StopTarget {
  readonly namespace: string
  readonly pod: string
  readonly person: string
  readonly title: string
  /** A desktop of ours keeps its home; of another's pod we know nothing but that it ends. */
  readonly ours: boolean
}

/** What can be stopped of what was chosen, or undefined when this person may not. */
export function stopTargetOf({ holder, session, waiting, places }: Chosen): StopTarget | undefined {
  const who = session ?? holder ?? waiting
  if (!who || session?.canStop === false || session?.state === 'ending') return undefined
  if (places.some(({ slice }) => slice.state === 'releasing')) return undefined
  const { namespace, pod, person, title } = who
  // of another's pod the rights are not known before: the core asks for them and refuses in words
  const ours = (session ?? holder?.sessionId ?? waiting?.sessionId) !== undefined
  return { namespace, pod, person, title, ours }
}

/** "Stops bob’s desktop; the home stays" */
export function stopWords({ person, pod, ours }: StopTarget): string {
  return ours ? `Stops ${possessive(person)} desktop; the home stays` : `Deletes the pod ${pod} of ${person}`
}

export interface StopQuestionProps {
  readonly clusterId: string
  readonly target: StopTarget | undefined
  readonly onClose: () => void
  /** Told when the core has agreed to stop it. */
  readonly onStopped: () => void
}

export function StopQuestion({ clusterId, target, onClose, onStopped }: StopQuestionProps): ReactNode {
  const actions = useActions()
  if (!target) return null
  const { namespace, pod, person, title, ours } = target
  return (
    <Dialog
      open
      onClose={onClose}
      title={ours ? `Stop ${possessive(person)} desktop?` : `Delete the pod ${pod}?`}
      text={
        ours
          ? `${title} stops at once. What ${person} has not saved is lost; files in the home stay, and the desktop can be started again.`
          : `It is not one of our desktops: ${namespace}/${pod} ends at once, and what is not stored elsewhere is lost. What started it may start it again.`
      }
      actions={
        <>
          <Button onClick={onClose}>Keep running</Button>
          <Button
            kind="danger"
            onClick={() => {
              onClose()
              const done = ours ? `${possessive(person)} desktop stops. The home stays.` : `The pod ${pod} ends.`
              void actions
                .stopOf({ clusterId, namespace, pod }, done)
                .then((agreed) => (agreed ? onStopped() : undefined))
            }}
          >
            {ours ? 'Stop desktop' : 'Delete pod'}
          </Button>
        </>
      }
    />
  )
}
