// The question before somebody's desktop is stopped: it names whose, what is lost and what stays.
import type { ReactNode } from 'react'
import { useActions } from '../../app/actions.ts'
import { useLibrary } from '../../stores/hooks.ts'
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
  /** The template's id, where told. */
  readonly template: string | undefined
}

/** What can be stopped of what was chosen, or undefined when this person may not. */
export function stopTargetOf({ holder, session, waiting, places }: Chosen): StopTarget | undefined {
  const who = session ?? holder ?? waiting
  if (!who || session?.canStop === false || session?.state === 'ending') return undefined
  if (places.some(({ slice }) => slice.state === 'releasing')) return undefined
  const { namespace, pod, person, title } = who
  // of another's pod the rights are not known before: the core asks for them and refuses in words
  const ours = (session ?? holder?.sessionId ?? waiting?.sessionId) !== undefined
  return { namespace, pod, person, title, ours, template: session?.template }
}

/** Whether its template says that the desktop has no home: then nothing of it stays. */
export function useKeepsNothing(target: StopTarget | undefined): boolean {
  const templates = useLibrary()?.templates ?? []
  return templates.find(({ id }) => id === target?.template)?.hasHome === false
}

/** "Stops bob’s desktop; the home stays" */
export function stopWords({ person, pod, ours }: StopTarget, keepsNothing: boolean): string {
  if (!ours) return `Deletes the pod ${pod} of ${person}`
  return `Stops ${possessive(person)} desktop; ${keepsNothing ? 'it has no home, nothing of it stays' : 'the home stays'}`
}

export interface StopQuestionProps {
  readonly clusterId: string
  readonly target: StopTarget | undefined
  readonly onClose: () => void
}

export function StopQuestion({ clusterId, target, onClose }: StopQuestionProps): ReactNode {
  const actions = useActions()
  const keepsNothing = useKeepsNothing(target)
  if (!target) return null
  const { namespace, pod, person, title, ours } = target
  return (
    <Dialog
      open
      onClose={onClose}
      title={ours ? `Stop ${possessive(person)} desktop?` : `Delete the pod ${pod}?`}
      text={
        ours
          ? `${title} stops at once. ${keepsNothing ? `It has no home: everything that ${person} has in it is lost.` : `What ${person} has not saved is lost; files in the home stay, and the desktop can be started again.`}`
          : `It is not one of our desktops: ${namespace}/${pod} ends at once, and what is not stored elsewhere is lost. What started it may start it again.`
      }
      actions={
        <>
          <Button onClick={onClose}>Keep running</Button>
          <Button
            kind="danger"
            onClick={() => {
              onClose()
              const done = ours
                ? `${possessive(person)} desktop stops.${keepsNothing ? '' : ' The home stays.'}`
                : `The pod ${pod} ends.`
              void actions.stopOf({ clusterId, namespace, pod }, done)
            }}
          >
            {ours ? 'Stop desktop' : 'Delete pod'}
          </Button>
        </>
      }
    />
  )
}
