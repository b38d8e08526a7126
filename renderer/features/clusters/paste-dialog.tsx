// Paste a kubeconfig: its text goes to the core, which reads and vets it; what is wrong with it is said in place.
import { useRef, useState, type ReactNode } from 'react'
import { useStores } from '../../stores/hooks.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field, inputClass } from '../../ui/field.tsx'

export interface PasteDialogProps {
  readonly open: boolean
  readonly onClose: () => void
  readonly onAdded: (clusterIds: readonly string[]) => void
}

export function PasteDialog({ open, onClose, onAdded }: PasteDialogProps): ReactNode {
  const { bridge } = useStores()
  const [text, setText] = useState('')
  const [problem, setProblem] = useState<string>()
  const [busy, setBusy] = useState(false)
  const area = useRef<HTMLTextAreaElement>(null)

  function close(): void {
    // it may hold a credential: it does not stay in the page
    setText('')
    setProblem(undefined)
    onClose()
  }
  async function add(): Promise<void> {
    if (text.trim() === '') {
      setProblem('Paste the text first.')
      area.current?.focus()
      return
    }
    setBusy(true)
    const answer = await bridge.call('clusters.addText', { name: 'The pasted text', text })
    setBusy(false)
    if (answer.ok) {
      close()
      onAdded(answer.value.clusterIds)
    } else setProblem(`${answer.error.sentence} ${answer.error.nextStep}`)
  }
  return (
    <Dialog
      open={open}
      onClose={close}
      wide
      title="Paste a kubeconfig"
      text="It is kept on this computer, readable by you alone."
      initialFocus={area}
      actions={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button kind="primary" busy={busy} onClick={() => void add()}>
            Add cluster
          </Button>
        </>
      }
    >
      <Field label="Kubeconfig" problem={problem}>
        {(control) => (
          <textarea
            {...control}
            ref={area}
            className={inputClass}
            spellCheck={false}
            autoComplete="off"
            placeholder={'apiVersion: v1\nkind: Config\nclusters:\n…'}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
    </Dialog>
  )
}
