// What the palette offers right now: desktops to open, start or stop, clusters to switch to, places to go, settings to change.
import {
  FlaskConical,
  Layers,
  Monitor,
  Palette as PaletteIcon,
  Play,
  Plus,
  RefreshCw,
  Server,
  Settings2,
  Square,
} from 'lucide-react'
import type { ReactNode } from 'react'
import type { ClustersSnapshot, LibrarySnapshot } from '../../shared/domain/cluster.ts'
import type { SessionView } from '../../shared/domain/session.ts'
import { clusterStateWord, isActive, span } from '../stores/words.ts'
import type { Actions } from './actions.ts'
import { goTo } from './route.ts'

export interface Command {
  readonly id: string
  readonly group: 'Desktops' | 'Clusters' | 'Actions'
  readonly icon: ReactNode
  readonly title: string
  readonly note?: string | undefined
  /** Its shortcut outside of the palette. */
  readonly keys?: readonly string[]
  readonly run: () => void
}

export interface CommandSources {
  readonly clusters: ClustersSnapshot | undefined
  readonly library: LibrarySnapshot | undefined
  readonly sessions: readonly SessionView[]
  /** Whether the cluster view is offered. */
  readonly maySeeCluster: boolean
  readonly actions: Actions
  /** Epoch ms. */
  readonly now: number
}

export function commandsOf({
  clusters,
  library,
  sessions,
  maySeeCluster,
  actions,
  now,
}: CommandSources): readonly Command[] {
  const activeId = clusters?.activeId
  const own = sessions.filter(({ clusterId }) => clusterId === activeId)
  return [
    ...own.flatMap((session) => sessionCommands(session, actions)),
    ...(activeId === undefined ? [] : (library?.templates ?? [])).map((template): Command => ({
      id: `start ${template.id}`,
      group: 'Desktops',
      icon: <Play size={16} aria-hidden="true" />,
      title: `${own.some((s) => s.templateId === template.id && isActive(s)) ? 'Start another' : 'Start'} ${template.name}`,
      note:
        template.blocked?.sentence ??
        (template.usualReadyMs === undefined ? undefined : `usually ready in ${span(template.usualReadyMs)}`),
      run: () => {
        goTo('desktops')
        void actions.start(template)
      },
    })),
    ...(clusters?.clusters ?? [])
      .filter(({ id }) => id !== activeId)
      .map((cluster): Command => ({
        id: `cluster ${cluster.id}`,
        group: 'Clusters',
        icon:
          cluster.kind === 'demo' ? (
            <FlaskConical size={16} aria-hidden="true" />
          ) : (
            <Server size={16} aria-hidden="true" />
          ),
        title: `Switch to ${cluster.name}`,
        note: clusterStateWord(cluster, now),
        run: () => {
          goTo('desktops')
          void actions.selectCluster(cluster.id)
        },
      })),
    ...placeCommands(actions, maySeeCluster),
  ]
}

function sessionCommands(session: SessionView, actions: Actions): readonly Command[] {
  const { id, displayName, node } = session
  const commands: Command[] = []
  if (session.openable)
    commands.push({
      id: `open ${id}`,
      group: 'Desktops',
      icon: <Monitor size={16} aria-hidden="true" />,
      title: `Open ${displayName}`,
      note: node === undefined ? undefined : `on ${node}`,
      run: () => void actions.open(session),
    })
  if (session.phase === 'stopped' || session.phase === 'failed')
    commands.push({
      id: `resume ${id}`,
      group: 'Desktops',
      icon: <Play size={16} aria-hidden="true" />,
      title: `Start ${displayName} again`,
      run: () => {
        goTo('desktops')
        void actions.resume(session)
      },
    })
  // a desktop without a home loses everything when it stops: its card asks first, so the palette does not offer it
  if (session.phase === 'running' && session.hasHome)
    commands.push({
      id: `stop ${id}`,
      group: 'Desktops',
      icon: <Square size={16} aria-hidden="true" />,
      title: `Stop ${displayName}`,
      note: 'the home stays',
      run: () => void actions.stop(session),
    })
  return commands
}

function placeCommands(actions: Actions, maySeeCluster: boolean): readonly Command[] {
  const theme = (value: 'light' | 'dark' | 'system', title: string): Command => ({
    id: `theme ${value}`,
    group: 'Actions',
    icon: <PaletteIcon size={16} aria-hidden="true" />,
    title,
    ...(value === 'system' ? { keys: ['G', 'T'], note: 'or the next theme by key' } : {}),
    run: () => void actions.set({ theme: value }),
  })
  return [
    {
      id: 'go desktops',
      group: 'Actions',
      icon: <Monitor size={16} aria-hidden="true" />,
      title: 'Go to desktops',
      keys: ['G', 'D'],
      run: () => goTo('desktops'),
    },
    ...(maySeeCluster
      ? [
          {
            id: 'go cluster',
            group: 'Actions' as const,
            icon: <Layers size={16} aria-hidden="true" />,
            title: 'Cluster: GPUs, sessions, who waits',
            keys: ['G', 'C'],
            run: () => goTo('cluster'),
          },
        ]
      : []),
    {
      id: 'go settings',
      group: 'Actions',
      icon: <Settings2 size={16} aria-hidden="true" />,
      title: 'Settings',
      keys: ['Mod', ','],
      run: () => goTo('settings'),
    },
    {
      id: 'add cluster',
      group: 'Actions',
      icon: <Plus size={16} aria-hidden="true" />,
      title: 'Add a cluster',
      keys: ['G', 'A'],
      run: () => goTo('clusters'),
    },
    {
      id: 'refresh',
      group: 'Actions',
      icon: <RefreshCw size={16} aria-hidden="true" />,
      title: 'Look for clusters again',
      run: () => void actions.refresh(),
    },
    theme('light', 'Use the light theme'),
    theme('dark', 'Use the dark theme'),
    theme('system', 'Follow the system’s theme'),
  ]
}
