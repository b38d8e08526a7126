// Desktops: running ones first, stopped ones below them, then what can be started. Search filters both.
import { Inbox, Monitor, Search } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { LibrarySnapshot } from '../../../shared/domain/cluster.ts'
import type { SessionView } from '../../../shared/domain/session.ts'
import { useActions } from '../../app/actions.ts'
import { goTo } from '../../app/route.ts'
import { useActiveCluster, useLibrary, usePage, usePictures, useSessions, useStores } from '../../stores/hooks.ts'
import { matches } from '../../stores/search.ts'
import { useNow } from '../../stores/now.ts'
import { useStableOrder } from '../../stores/stable-order.ts'
import { clockTime, isActive } from '../../stores/words.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Notice } from '../../ui/notice.tsx'
import { ClusterStatus } from '../clusters/cluster-status.tsx'
import { DesktopCard } from './desktop-card.tsx'
import { RemoveDialog, StopDialog } from './end-dialogs.tsx'
import { StartCard } from './start-card.tsx'
import { StoppedList } from './stopped-list.tsx'
import { TemplateSkeleton } from './template-card.tsx'
import { TemplateGrid } from './template-grid.tsx'
import styles from './library.module.css'

export function DesktopsPage(): ReactNode {
  const cluster = useActiveCluster()
  const library = useLibrary()
  const snapshot = useSessions()
  const pictures = usePictures()
  const query = usePage((state) => state.search)
  const actions = useActions()
  const [stopping, setStopping] = useState<SessionView | null>(null)
  const [removing, setRemoving] = useState<SessionView | null>(null)
  const own = useStableOrder((snapshot?.sessions ?? []).filter(({ clusterId }) => clusterId === cluster?.id))
  if (!cluster) return null
  const shown = own.filter((s) => matches(query, s.displayName, s.templateName, s.node))
  const active = shown.filter(isActive)
  const stopped = shown.filter((session) => !isActive(session))
  const current = library?.clusterId === cluster.id ? library : undefined
  const templates = (current?.templates ?? []).filter((t) => matches(query, t.name, t.description))
  const isLive = cluster.state === 'live'
  const isFirst = cluster.state === 'connecting' || cluster.state === 'idle'
  const loading = isFirst || (isLive && (current === undefined || current.loading))
  const loadingSessions = isFirst || (isLive && snapshot?.loading !== false && own.length === 0)
  const nothing = query !== '' && shown.length === 0 && templates.length === 0 && !loading
  // what keeps nothing asks before it stops; everything else can be started again
  const stop = (session: SessionView): void => (session.hasHome ? void actions.stop(session) : setStopping(session))

  // nothing is known of a cluster that was never reached: its error stands alone, with its own ways on
  if (!isLive && !isFirst && own.length === 0 && (current?.templates ?? []).length === 0)
    return (
      <div className={styles['page']}>
        <ClusterStatus cluster={cluster} />
      </div>
    )

  return (
    <div className={styles['page']}>
      <ClusterStatus cluster={cluster} />
      {nothing ? <NothingFound query={query} /> : null}
      {nothing || (query !== '' && shown.length === 0) ? null : (
        <section aria-labelledby="your-desktops" className={isLive || isFirst ? undefined : styles['old']}>
          <div className={styles['heading']}>
            <h2 id="your-desktops">Your desktops</h2>
            <Count sessions={own} isOld={!isLive && !isFirst} since={cluster.since} />
          </div>
          {shown.length === 0 ? (
            <NoDesktop loading={loadingSessions} hasTemplates={templates.length > 0} />
          ) : (
            <div className={styles['desks']}>
              {active.map((session) =>
                session.phase === 'starting' || session.phase === 'failed' ? (
                  <StartCard key={session.id} session={session} onRemove={setRemoving} />
                ) : (
                  <DesktopCard
                    key={session.id}
                    session={session}
                    picture={pictures[session.id]}
                    onStop={stop}
                    onRemove={setRemoving}
                  />
                ),
              )}
            </div>
          )}
          {stopped.length > 0 ? <StoppedList sessions={stopped} onRemove={setRemoving} /> : null}
        </section>
      )}
      {nothing || (query !== '' && templates.length === 0) ? null : (
        <section aria-labelledby="start-a-desktop" aria-busy={loading}>
          <div className={styles['heading']}>
            <h2 id="start-a-desktop">Start a desktop</h2>
            {cluster.kind === 'demo' ? <span>Demo: nothing here is real but the stream</span> : null}
          </div>
          <Templates loading={loading} templates={templates} disabled={!isLive && cluster.state !== 'stale'} />
          <TemplateProblems problems={current?.problems ?? []} />
        </section>
      )}
      <StopDialog session={stopping} onClose={() => setStopping(null)} />
      <RemoveDialog session={removing} onClose={() => setRemoving(null)} />
    </div>
  )
}

function Count(props: {
  readonly sessions: readonly SessionView[]
  readonly isOld: boolean
  readonly since: number
}): ReactNode {
  const { sessions, isOld, since } = props
  const now = useNow()
  if (isOld) return sessions.length > 0 ? <p>as of {clockTime(since, now)}</p> : null
  const running = sessions.filter(({ phase }) => phase === 'running').length
  return sessions.length === 0 ? null : (
    <p>
      {running} of {sessions.length} running
    </p>
  )
}

function NoDesktop({
  loading,
  hasTemplates,
}: {
  readonly loading: boolean
  readonly hasTemplates: boolean
}): ReactNode {
  if (loading) return <p role="status">Asking the cluster…</p>
  return (
    <EmptyState
      icon={<Monitor size={20} />}
      title="No desktop yet"
      text={
        hasTemplates
          ? 'Start one below. It keeps your files in your home, so you can stop it at any time.'
          : 'What you start stands here.'
      }
    />
  )
}

function Templates(props: {
  readonly loading: boolean
  readonly templates: LibrarySnapshot['templates']
  readonly disabled: boolean
}): ReactNode {
  const { loading, templates, disabled } = props
  if (templates.length > 0) return <TemplateGrid templates={templates} disabled={disabled} />
  if (loading)
    return (
      <div className={styles['templates']}>
        <p className="sr-only" role="status">
          Templates are on their way.
        </p>
        {['a', 'b', 'c'].map((key) => (
          <TemplateSkeleton key={key} />
        ))}
      </div>
    )
  return (
    <EmptyState
      icon={<Inbox size={20} />}
      title="No templates here"
      text="What can be started is not known, or nothing is offered to you. Ask your admin for a template, or choose another cluster."
      actions={<Button onClick={() => goTo('clusters')}>Choose another cluster</Button>}
    />
  )
}

function TemplateProblems({ problems }: { readonly problems: LibrarySnapshot['problems'] }): ReactNode {
  if (problems.length === 0) return null
  return (
    <div className={styles['problems']}>
      {problems.map(({ source, error }) => (
        <Notice key={source} title={error.sentence}>
          {error.nextStep} (<span className="mono">{source}</span>)
        </Notice>
      ))}
    </div>
  )
}

function NothingFound({ query }: { readonly query: string }): ReactNode {
  const { page } = useStores()
  return (
    <EmptyState
      icon={<Search size={20} />}
      title={`Nothing is called “${query}”`}
      text="Neither a desktop nor a template has these words in its name."
      actions={<Button onClick={() => page.setState({ search: '' })}>Clear search</Button>}
    />
  )
}
