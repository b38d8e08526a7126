// What a person can do, as functions: each calls the core, and what fails is said in a message with its next step.
import { createContext, use } from 'react'
import type { SessionView } from '../../shared/domain/session.ts'
import type { SettingsPatch } from '../../shared/domain/settings.ts'
import type { TemplateView } from '../../shared/domain/template-view.ts'
import type { CallInput, CallOutput } from '../../shared/ipc/contract.ts'
import type { CallName } from '../../shared/ipc/names.ts'
import type { AppStores } from '../stores/app-stores.ts'
import { announce } from '../ui/live-region.tsx'
import type { ToastStore } from '../ui/toasts.tsx'

export interface Actions {
  start(template: TemplateView): Promise<void>
  startWithoutGpu(session: SessionView): Promise<void>
  cancel(session: SessionView): Promise<void>
  stop(session: SessionView): Promise<void>
  /** Starts a stopped or failed desktop again. */
  resume(session: SessionView): Promise<void>
  remove(session: SessionView, deleteHome: boolean): Promise<void>
  keepRunning(session: SessionView): Promise<void>
  /** Opens its window or tab. @returns whether it opened: a browser may refuse a tab that nobody clicked for */
  open(session: Pick<SessionView, 'id' | 'displayName'>): Promise<boolean>
  /** Stops somebody's desktop from the cluster view. @param done said when the core agreed */
  stopOf(pod: CallInput<'inventory.stop'>, done: string): Promise<void>
  selectCluster(clusterId: string): Promise<boolean>
  removeCluster(clusterId: string): Promise<void>
  refresh(): Promise<void>
  /** @returns ids of what was found in the text, or null when it failed */
  addKubeconfig(name: string, text: string): Promise<readonly string[] | null>
  /** @returns ids, or null when nothing was chosen or it failed */
  pickKubeconfig(): Promise<readonly string[] | null>
  trustPlugin(clusterId: string, fingerprint: string): Promise<void>
  setNamespace(clusterId: string, namespace: string): Promise<void>
  set(patch: SettingsPatch): Promise<void>
}

export interface ActionDeps {
  readonly stores: AppStores
  readonly toasts: ToastStore
  /** Opens a desktop's page as a tab of the browser; absent where the app has windows of its own. @returns false when refused */
  readonly openTab?: ((sessionId: string) => boolean) | undefined
}

/** What a connect can fail with that says nothing about the cluster. */
const NOT_OF_THE_CLUSTER: ReadonlySet<string> = new Set(['internal', 'bad-request', 'core-lost', 'cluster-unknown'])

export function createActions({ stores, toasts, openTab }: ActionDeps): Actions {
  const { bridge, carrier, page } = stores

  async function call<N extends CallName>(
    name: N,
    input: CallInput<N>,
    shownElsewhere: (code: string) => boolean = () => false,
  ): Promise<CallOutput<N> | null> {
    const answer = await bridge.call(name, input)
    if (answer.ok) return answer.value
    carrier.saw(answer.error.code !== 'core-lost')
    if (!shownElsewhere(answer.error.code)) toasts.add({ kind: 'failed', error: answer.error })
    return null
  }
  /** How a connect failed stands in the cluster's own view: a message would say it twice. */
  const standsInView = (code: string): boolean => !NOT_OF_THE_CLUSTER.has(code)
  function openSoon(sessionId: string): void {
    page.setState(({ openSoon: before }) => ({ openSoon: new Set([...before, sessionId]) }))
  }
  function forget(sessionId: string): void {
    const without = (before: ReadonlySet<string>) => new Set([...before].filter((id) => id !== sessionId))
    page.setState((state) => ({ openSoon: without(state.openSoon), readyToOpen: without(state.readyToOpen) }))
  }
  /** A start that goes on under another id opens under that one; one that failed opens nothing. */
  function follow(id: string, answer: { readonly sessionId: string } | null): void {
    if (answer?.sessionId === id) return
    forget(id)
    if (answer) openSoon(answer.sessionId)
  }
  async function resume(session: SessionView): Promise<void> {
    openSoon(session.id)
    announce(`${session.displayName} starts.`)
    follow(session.id, await call('sessions.resume', { sessionId: session.id }))
  }

  return {
    async start(template) {
      announce(`${template.name} starts.`)
      const answer = await call('sessions.start', { clusterId: template.clusterId, templateId: template.id })
      if (answer) openSoon(answer.sessionId)
    },
    async startWithoutGpu({ id }) {
      openSoon(id)
      follow(id, await call('sessions.startWithoutGpu', { sessionId: id }))
    },
    async cancel({ id, displayName }) {
      forget(id)
      if (await call('sessions.cancel', { sessionId: id })) announce(`The start of ${displayName} is cancelled.`)
    },
    async stop(session) {
      forget(session.id)
      if (!(await call('sessions.stop', { sessionId: session.id }))) return
      toasts.add({
        kind: 'done',
        title: session.hasHome ? `${session.displayName} stops. Your home stays.` : `${session.displayName} stops.`,
        action: { label: 'Start again', run: () => void resume(session) },
      })
    },
    resume,
    async remove({ id, displayName, hasHome }, deleteHome) {
      forget(id)
      if (!(await call('sessions.remove', { sessionId: id, deleteHome }))) return
      const home = !hasHome ? '' : deleteHome ? ' Its home is deleted.' : ' Your home stays.'
      toasts.add({ kind: 'done', title: `${displayName} is removed.${home}` })
    },
    async keepRunning({ id, displayName }) {
      if (await call('sessions.keepRunning', { sessionId: id })) announce(`${displayName} keeps running.`)
    },
    async open({ id, displayName }) {
      if (!openTab) {
        if (!(await call('windows.openViewer', { sessionId: id }))) return false
      } else if (!openTab(id)) return false
      forget(id)
      announce(`${displayName} opens.`)
      return true
    },
    async stopOf(pod, done) {
      if (await call('inventory.stop', pod)) toasts.add({ kind: 'done', title: done })
    },
    selectCluster: async (clusterId) => (await call('clusters.select', { clusterId }, standsInView)) !== null,
    removeCluster: async (clusterId) => void (await call('clusters.remove', { clusterId })),
    refresh: async () => void (await call('clusters.refresh', {})),
    addKubeconfig: async (name, text) => (await call('clusters.addText', { name, text }))?.clusterIds ?? null,
    pickKubeconfig: async () => (await call('clusters.pickFile', {}))?.clusterIds ?? null,
    trustPlugin: async (clusterId, fingerprint) =>
      void (await call('clusters.trustPlugin', { clusterId, fingerprint }, standsInView)),
    setNamespace: async (clusterId, namespace) =>
      void (await call('clusters.setNamespace', { clusterId, namespace }, standsInView)),
    set: async (patch) => void (await call('settings.set', patch)),
  }
}

const ActionsContext = createContext<Actions | null>(null)
export const ActionsProvider = ActionsContext.Provider

/** @throws outside <ActionsProvider>: a mistake of ours */
export function useActions(): Actions {
  const actions = use(ActionsContext)
  if (!actions) throw new Error('no <ActionsProvider> above')
  return actions
}
