// The last net under the page: a mistake of ours shows words and a way on instead of a blank window, and goes to the log.
import { Component, type ReactNode } from 'react'
import { Button } from '../ui/button.tsx'
import { ErrorPanel } from '../ui/error-panel.tsx'
import styles from './shell.module.css'

interface Props {
  readonly onError: (message: string) => void
  readonly children: ReactNode
}

export class ErrorBoundary extends Component<Props, { readonly message: string | null }> {
  override state: { readonly message: string | null } = { message: null }
  static getDerivedStateFromError(thrown: unknown): { readonly message: string } {
    return { message: thrown instanceof Error ? thrown.message : String(thrown) }
  }
  override componentDidCatch(thrown: unknown): void {
    this.props.onError(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown))
  }
  override render(): ReactNode {
    const { message } = this.state
    if (message === null) return this.props.children
    return (
      <main className={styles['broken']}>
        <ErrorPanel
          error={{
            code: 'internal',
            sentence: 'Something went wrong in this page.',
            nextStep: 'Reload it; your desktops keep running.',
            detail: message,
          }}
          actions={
            <Button kind="primary" onClick={() => location.reload()}>
              Reload
            </Button>
          }
        />
      </main>
    )
  }
}
