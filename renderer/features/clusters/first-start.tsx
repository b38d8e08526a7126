// Where do your desktops run? What was found, in which state and why; the demo; a kubeconfig by file, paste or drop.
// The whole screen before there is a cluster in use; inside the frame it is the page for adding another.
import { ArrowLeft, FileText, ClipboardPaste, ShieldCheck } from 'lucide-react'
import { useRef, useState, type ReactNode } from 'react'
import { ELECTRON_API } from '../../../shared/ipc/bridge.ts'
import { useActions } from '../../app/actions.ts'
import { goTo } from '../../app/route.ts'
import { useClusters } from '../../stores/hooks.ts'
import { BrandMark } from '../../ui/brand-mark.tsx'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/cx.ts'
import { announce } from '../../ui/live-region.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { ClusterOption } from './cluster-option.tsx'
import { NothingFound } from './nothing-found.tsx'
import { PasteDialog } from './paste-dialog.tsx'
import { Problems } from './problems.tsx'
import styles from './first-start.module.css'

export function FirstStart({ inside }: { readonly inside?: boolean }): ReactNode {
  const snapshot = useClusters()
  const actions = useActions()
  const file = useRef<HTMLInputElement>(null)
  const [pasting, setPasting] = useState(false)
  const [over, setOver] = useState(false)
  const clusters = snapshot?.clusters ?? []
  const found = clusters.filter(({ kind }) => kind === 'kubeconfig')
  const demo = clusters.find(({ kind }) => kind === 'demo')
  const best = found.find(({ state }) => state === 'live') ?? found.find(({ state }) => state === 'idle')
  const problems = snapshot?.problems ?? []

  function added(ids: readonly string[] | null): void {
    const [only] = ids ?? []
    if (ids === null || only === undefined) return
    announce(ids.length === 1 ? 'One cluster added.' : `${ids.length} clusters added.`)
    if (ids.length === 1) {
      goTo('desktops')
      void actions.selectCluster(only)
    }
  }
  async function read(files: FileList | null): Promise<void> {
    const [first] = files ?? []
    if (first) added(await actions.addKubeconfig(first.name.slice(0, 128) || 'file', await first.text()))
  }
  const openFile = async (): Promise<void> => {
    if (ELECTRON_API in window) added(await actions.pickKubeconfig())
    else file.current?.click()
  }
  const Frame = inside ? 'div' : 'main'
  return (
    <Frame
      className={cx(styles['first'], inside && styles['inside'], over && styles['over'])}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={(event) => (event.currentTarget.contains(event.relatedTarget as Node) ? undefined : setOver(false))}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        void read(event.dataTransfer.files)
      }}
    >
      {inside ? (
        <Button kind="bare" className={styles['back']} onClick={() => goTo('desktops')}>
          <ArrowLeft size={16} aria-hidden="true" /> Back to desktops
        </Button>
      ) : (
        <Intro count={found.length} searching={snapshot?.searching ?? true} />
      )}
      <div>
        <h2 className={styles['heading']}>
          Found on this computer
          {snapshot?.searching ? (
            <span className={styles['state']}>
              <Spinner /> looking
            </span>
          ) : null}
        </h2>
        <div className={styles['list']}>
          {found.map((cluster) => (
            <ClusterOption
              key={cluster.id}
              cluster={cluster}
              best={cluster.id === best?.id && !inside}
              active={cluster.id === snapshot?.activeId}
            />
          ))}
          {found.length === 0 && snapshot?.searching === false ? <NothingFound /> : null}
          {found.length === 0 && snapshot?.searching !== false ? (
            <p className={styles['empty']}>Looking for kubeconfigs…</p>
          ) : null}
        </div>
        {problems.length > 0 ? <Problems problems={problems} /> : null}
        <h2 className={styles['heading']}>Or</h2>
        <div className={styles['list']}>
          {demo ? <ClusterOption cluster={demo} active={demo.id === snapshot?.activeId} /> : null}
          <Way
            icon={<FileText size={20} aria-hidden="true" />}
            name="Open a file"
            words="A kubeconfig. You can also drop it here."
            action={<Button onClick={() => void openFile()}>Open a file</Button>}
          />
          <Way
            icon={<ClipboardPaste size={20} aria-hidden="true" />}
            name="Paste a kubeconfig"
            words="The text that your admin sent you."
            action={<Button onClick={() => setPasting(true)}>Paste</Button>}
          />
        </div>
        <input
          ref={file}
          type="file"
          hidden
          aria-label="Kubeconfig file"
          onChange={(event) => {
            void read(event.target.files)
            event.target.value = ''
          }}
        />
      </div>
      <PasteDialog open={pasting} onClose={() => setPasting(false)} onAdded={added} />
    </Frame>
  )
}

function Intro({ count, searching }: { readonly count: number; readonly searching: boolean }): ReactNode {
  const lead =
    count === 0
      ? searching
        ? 'Looking for clusters on this computer.'
        : 'No cluster was found on this computer. Try the demo, or add a kubeconfig.'
      : `We found ${count === 1 ? 'one cluster' : `${count} clusters`} on this computer. Pick one to start; you can add others later.`
  return (
    <div className={styles['intro']}>
      <BrandMark size={48} />
      <h1>Where do your desktops run?</h1>
      <p className={styles['lead']}>{lead}</p>
      <p className={styles['privacy']}>
        <ShieldCheck size={16} aria-hidden="true" />
        <span>
          Your kubeconfig stays where it is. Nothing leaves this computer except to the cluster that you pick.
        </span>
      </p>
    </div>
  )
}

function Way(props: {
  readonly icon: ReactNode
  readonly name: string
  readonly words: string
  readonly action: ReactNode
}): ReactNode {
  const { icon, name, words, action } = props
  return (
    <div className={styles['option']}>
      <span className={styles['icon']}>{icon}</span>
      <div>
        <h3 className={styles['name']}>{name}</h3>
        <p className={styles['facts']}>{words}</p>
      </div>
      <div className={styles['actions']}>{action}</div>
    </div>
  )
}
