// Short results in the corner: what was done with a way back, or what failed with its next step. Failures stay until closed.
import { CircleCheck, CircleX, X } from 'lucide-react'
import { useEffect, type ReactNode } from 'react'
import { useStore } from 'zustand'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { AppErrorView } from '../../shared/errors.ts'
import { Button, IconButton } from './button.tsx'
import { cx } from './cx.ts'
import { useErrorDetails } from './error-details.tsx'
import styles from './toasts.module.css'

export type Toast = { readonly id: number } & (
  | {
      readonly kind: 'done'
      readonly title: string
      readonly action?: { readonly label: string; readonly run: () => void } | undefined
    }
  | { readonly kind: 'failed'; readonly error: AppErrorView }
)
/** A toast before it has its id. */
export type NewToast = Toast extends infer T ? (T extends Toast ? Omit<T, 'id'> : never) : never

export interface ToastStore extends StoreApi<readonly Toast[]> {
  add(toast: NewToast): void
  close(id: number): void
}

/** How long a result stays, ms. */
const SHOWN_MS = 8_000
const MOST = 4

export function createToastStore(): ToastStore {
  const store = createStore<readonly Toast[]>(() => [])
  let last = 0
  return {
    ...store,
    add(toast) {
      last += 1
      const next: Toast = { ...toast, id: last }
      store.setState((shown) => [...shown, next].slice(-MOST), true)
    },
    close: (id) => store.setState((shown) => shown.filter((toast) => toast.id !== id), true),
  }
}

export function Toasts({ store }: { readonly store: ToastStore }): ReactNode {
  const toasts = useStore(store)
  return (
    <section className={styles['region']} aria-label="Messages" aria-live="polite">
      {toasts.map((toast) => (
        <ToastCard key={toast.id} toast={toast} onClose={() => store.close(toast.id)} />
      ))}
    </section>
  )
}

function ToastCard({ toast, onClose }: { readonly toast: Toast; readonly onClose: () => void }): ReactNode {
  return toast.kind === 'done' ? (
    <Done toast={toast} onClose={onClose} />
  ) : (
    <Failed error={toast.error} onClose={onClose} />
  )
}

function Done(props: { readonly toast: Extract<Toast, { kind: 'done' }>; readonly onClose: () => void }): ReactNode {
  const { toast, onClose } = props
  useEffect(() => {
    const timer = setTimeout(onClose, SHOWN_MS)
    return () => clearTimeout(timer)
    // once for each toast: a new `onClose` of a later render must not start its time again
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [toast.id])
  const { action } = toast
  return (
    <div className={cx(styles['toast'], styles['good'])}>
      <CircleCheck size={16} aria-hidden="true" />
      <div className={styles['words']}>
        <p>{toast.title}</p>
        {action ? (
          <div className={styles['actions']}>
            <Button
              kind="link"
              onClick={() => {
                action.run()
                onClose()
              }}
            >
              {action.label}
            </Button>
          </div>
        ) : null}
      </div>
      <IconButton label="Close message" hint="Close" icon={<X size={16} aria-hidden="true" />} onClick={onClose} />
    </div>
  )
}

function Failed({ error, onClose }: { readonly error: AppErrorView; readonly onClose: () => void }): ReactNode {
  const details = useErrorDetails(error)
  return (
    <div className={cx(styles['toast'], styles['bad'])} role="alert">
      <CircleX size={16} aria-hidden="true" />
      <div className={styles['words']}>
        <p>{error.sentence}</p>
        <p className={styles['text']}>{error.nextStep}</p>
        <div className={styles['actions']}>{details.toggle}</div>
        {details.box}
      </div>
      <IconButton label="Close message" hint="Close" icon={<X size={16} aria-hidden="true" />} onClick={onClose} />
    </div>
  )
}
