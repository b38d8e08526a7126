// The whole page over its stores: providers, theme, what opens by itself, and the frame.
import { CSPProvider } from '@base-ui/react/csp-provider'
import { Tooltip } from '@base-ui/react/tooltip'
import { useEffect, useState, type ReactNode } from 'react'
import type { AppStores } from '../stores/app-stores.ts'
import { StoresProvider } from '../stores/hooks.ts'
import { LiveRegion } from '../ui/live-region.tsx'
import { createToastStore, Toasts } from '../ui/toasts.tsx'
import { ActionsProvider, createActions } from './actions.ts'
import { watchOpenWhenReady } from './auto-open.ts'
import { ErrorBoundary } from './error-boundary.tsx'
import { Shell } from './shell.tsx'

export interface AppProps {
  readonly stores: AppStores
  /** Opens a desktop as a tab; absent where the app has windows of its own. */
  readonly openTab?: ((sessionId: string) => boolean) | undefined
}

export function App({ stores, openTab }: AppProps): ReactNode {
  const [{ toasts, actions }] = useState(() => {
    const store = createToastStore()
    return { toasts: store, actions: createActions({ stores, toasts: store, openTab }) }
  })
  useEffect(() => watchOpenWhenReady(stores, actions), [stores, actions])
  return (
    <CSPProvider disableStyleElements>
      <StoresProvider value={stores}>
        <ActionsProvider value={actions}>
          <Tooltip.Provider>
            <ErrorBoundary
              onError={(message) =>
                void stores.bridge.call('app.log', {
                  level: 'error',
                  scope: 'ui',
                  message: message.slice(0, 4_000) || 'unknown',
                })
              }
            >
              <Shell />
            </ErrorBoundary>
            <Toasts store={toasts} />
            <LiveRegion />
          </Tooltip.Provider>
        </ActionsProvider>
      </StoresProvider>
    </CSPProvider>
  )
}
