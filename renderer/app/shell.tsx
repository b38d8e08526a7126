// The frame: rail, bar with search, the page of the route. Without a cluster in use it is the first-start screen alone.
import { Layers, Monitor, Search, Settings2 } from 'lucide-react'
import { useEffect, useMemo, useRef, type ReactNode } from 'react'
import { assertNever } from '../../shared/assert-never.ts'
import { PRODUCT_NAME } from '../../shared/product.ts'
import { ClusterPage } from '../features/admin/cluster-page.tsx'
import { ClusterTabs } from '../features/admin/cluster-tabs.tsx'
import { FirstStart } from '../features/clusters/first-start.tsx'
import { DesktopsPage } from '../features/library/desktops-page.tsx'
import { SettingsPage } from '../features/settings/settings-page.tsx'
import { useCarrier, useClusters, useMaySeeCluster, usePage, useSettings, useStores } from '../stores/hooks.ts'
import { cx } from '../ui/cx.ts'
import { BrandMark } from '../ui/brand-mark.tsx'
import { Keys } from '../ui/kbd.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { useActions } from './actions.ts'
import { CarrierNotice } from './carrier-notice.tsx'
import { ClusterSwitcher } from './cluster-switcher.tsx'
import { Palette } from './palette.tsx'
import { goTo, hrefOf, useRoute, type Route } from './route.ts'
import { useShortcuts } from './shortcuts.ts'
import { useTheme } from './theme.ts'
import styles from './shell.module.css'

const TITLES: Readonly<Record<Route, string>> = {
  desktops: 'Desktops',
  cluster: 'Cluster',
  settings: 'Settings',
  clusters: 'Clusters',
}
const SEARCHES: Readonly<Record<Exclude<Route, 'clusters'>, string>> = {
  desktops: 'Search desktops and templates',
  cluster: 'Search people, desktops and nodes',
  settings: 'Search settings',
}
const NEXT_THEME = { system: 'light', light: 'dark', dark: 'system' } as const

export function Shell(): ReactNode {
  useTheme()
  const route = useRoute()
  const clusters = useClusters()
  const settings = useSettings()
  const { page } = useStores()
  const { connected } = useCarrier()
  const actions = useActions()
  const search = useRef<HTMLInputElement>(null)
  const maySeeCluster = useMaySeeCluster()
  const theme = settings?.theme ?? 'system'
  const shortcuts = useMemo(
    () => ({
      palette: () => page.setState(({ paletteOpen }) => ({ paletteOpen: !paletteOpen })),
      search: () => search.current?.focus(),
      settings: () => goTo('settings'),
      go: {
        d: () => goTo('desktops'),
        ...(maySeeCluster ? { c: () => goTo('cluster') } : {}),
        s: () => goTo('settings'),
        k: () => document.getElementById('cluster-switcher')?.click(),
        a: () => goTo('clusters'),
        t: () => void actions.set({ theme: NEXT_THEME[theme] }),
      },
    }),
    [page, actions, theme, maySeeCluster],
  )
  useShortcuts(shortcuts)
  const first = clusters !== undefined && clusters.activeId === undefined && route !== 'settings'
  useEffect(() => {
    document.title = first ? PRODUCT_NAME : `${TITLES[route]} – ${PRODUCT_NAME}`
  }, [route, first])

  if (clusters === undefined) return connected ? <Waiting /> : <CarrierNotice alone />
  if (first)
    return (
      <>
        <CarrierNotice />
        <FirstStart />
        <Palette />
      </>
    )
  return (
    <div className={styles['app']}>
      <a className={styles['skip']} href="#content" onClick={focusContent}>
        Skip to content
      </a>
      <aside className={styles['rail']} aria-label="Navigation">
        <div className={styles['brand']}>
          <BrandMark size={20} />
          <span className={styles['label']}>{PRODUCT_NAME}</span>
        </div>
        <nav aria-label="Main" className={styles['nav']}>
          <RailLink route="desktops" current={route} icon={<Monitor size={16} aria-hidden="true" />} />
          {maySeeCluster ? (
            <RailLink route="cluster" current={route} icon={<Layers size={16} aria-hidden="true" />} />
          ) : null}
          <RailLink route="settings" current={route} icon={<Settings2 size={16} aria-hidden="true" />} />
        </nav>
        <div className={styles['space']} />
        <ClusterSwitcher />
      </aside>
      <div className={styles['main']}>
        <header className={cx(styles['bar'], route === 'cluster' && styles['tabbed'])}>
          <h1>{TITLES[route]}</h1>
          {route === 'cluster' ? <ClusterTabs /> : null}
          {route === 'clusters' ? null : <SearchField ref={search} route={route} />}
        </header>
        <CarrierNotice />
        <main className={cx(styles['page'], route === 'cluster' && styles['whole'])} id="content" tabIndex={-1}>
          <Page route={route} />
        </main>
      </div>
      <Palette />
    </div>
  )
}

function Page({ route }: { readonly route: Route }): ReactNode {
  switch (route) {
    case 'desktops':
      return <DesktopsPage />
    case 'cluster':
      return <ClusterPage />
    case 'settings':
      return <SettingsPage />
    case 'clusters':
      return <FirstStart inside />
    default:
      return assertNever(route)
  }
}

function focusContent(event: { preventDefault(): void }): void {
  // the hash is the route's: the link only moves the focus
  event.preventDefault()
  document.getElementById('content')?.focus()
}

function RailLink(props: { readonly route: Route; readonly current: Route; readonly icon: ReactNode }): ReactNode {
  const { route, current, icon } = props
  return (
    <a
      href={hrefOf(route)}
      className={styles['link']}
      title={TITLES[route]}
      {...(route === current ? { 'aria-current': 'page' as const } : {})}
    >
      {icon}
      <span className={styles['label']}>{TITLES[route]}</span>
    </a>
  )
}

function SearchField(props: {
  readonly ref: React.Ref<HTMLInputElement>
  readonly route: Exclude<Route, 'clusters'>
}): ReactNode {
  const { ref, route } = props
  const { page } = useStores()
  const text = usePage((state) => state.search)
  const words = SEARCHES[route]
  return (
    <search className={styles['find']}>
      <Search size={14} aria-hidden="true" />
      <input
        ref={ref}
        type="search"
        aria-label={words}
        placeholder={route === 'cluster' ? 'Search' : words}
        value={text}
        onChange={(event) => page.setState({ search: event.target.value })}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          if (text === '') event.currentTarget.blur()
          page.setState({ search: '' })
        }}
      />
      <button
        type="button"
        className={styles['palette']}
        title="Commands"
        onClick={() => page.setState({ paletteOpen: true })}
      >
        <span className="sr-only">Commands </span>
        <Keys keys={['Mod', 'K']} />
      </button>
    </search>
  )
}

function Waiting(): ReactNode {
  return (
    <main className={styles['wait']}>
      <Spinner />
      <p role="status">Starting…</p>
    </main>
  )
}
