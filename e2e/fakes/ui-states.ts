// States of the UI by name, as topics: what the dev page shows and component tests start from.
import type { ClusterView } from '../../shared/domain/cluster.ts'
import { STAGES, type SessionView, type Stage } from '../../shared/domain/session.ts'
import { DEFAULT_SETTINGS } from '../../shared/domain/settings.ts'
import type { TemplateView } from '../../shared/domain/template-view.ts'
import { AppError } from '../../shared/errors.ts'
import type { FixtureTopics } from './fixture-bridge.ts'
import { INVENTORY_STATES } from './inventory-states.ts'

const MINUTE = 60_000

export function clusterFixture(more: Partial<ClusterView> = {}): ClusterView {
  return {
    id: 'lab',
    kind: 'kubeconfig',
    name: 'Lab Zürich',
    source: '~/.kube/config',
    host: 'lab.example:6443',
    state: 'live',
    since: Date.now() - MINUTE,
    mode: 'direct',
    removable: false,
    ...more,
  }
}

export function templateFixture(more: Partial<TemplateView> = {}): TemplateView {
  return {
    id: 'ubuntu',
    clusterId: 'lab',
    name: 'Ubuntu desktop',
    description: 'GNOME, office, your own tools',
    icon: 'monitor',
    slices: 1,
    size: '4 cores, 16 GB',
    hasHome: true,
    usualReadyMs: 6_000,
    ...more,
  }
}

export function stagesFixture(
  done: number,
  present: Partial<Stage> = {},
  startedAt = Date.now() - 48_000,
): readonly Stage[] {
  return STAGES.map((name, index): Stage => {
    if (index < done)
      return { name, state: 'done', startedAt: startedAt + index * 400, endedAt: startedAt + index * 400 + 380 }
    if (index === done) return { name, state: 'active', startedAt: startedAt + index * 400, ...present }
    return { name, state: 'todo' }
  })
}

export function sessionFixture(more: Partial<SessionView> = {}): SessionView {
  const name = more.name ?? 'blender-a'
  return {
    id: `lab/desktops/${name}`,
    clusterId: 'lab',
    namespace: 'desktops',
    name,
    displayName: 'Blender',
    templateId: 'blender',
    templateName: 'Blender',
    icon: 'shapes',
    phase: 'running',
    node: 'gpu-a',
    slices: 1,
    hasHome: true,
    startedAt: Date.now() - 300 * MINUTE,
    readyAt: Date.now() - 300 * MINUTE,
    stages: [],
    openable: true,
    canStartWithoutGpu: false,
    ...more,
  }
}

const templates: readonly TemplateView[] = [
  templateFixture(),
  templateFixture({
    id: 'blender',
    name: 'Blender',
    description: '3D modelling with Cycles on the GPU',
    icon: 'shapes',
    size: '8 cores, 32 GB',
    usualReadyMs: 9_000,
    usualStages: { asked: 100, placed: 300, home: 1_500, image: 90_000, started: 3_000, connected: 1_000 },
  }),
  templateFixture({
    id: 'cad',
    name: 'CAD workstation',
    description: 'FreeCAD and KiCad',
    icon: 'ruler',
    blocked: { sentence: 'No free GPU slice.', canWait: true },
  }),
  templateFixture({
    id: 'kiosk',
    name: 'Firefox kiosk',
    description: 'One browser, nothing kept',
    icon: 'globe',
    slices: 0,
    size: '2 cores, 4 GB',
    hasHome: false,
    usualReadyMs: 3_000,
  }),
  templateFixture({
    id: 'webtop',
    name: 'LinuxServer webtop',
    description: 'The webtop of LinuxServer.io: a whole XFCE desktop, fetched from their registry.',
    icon: 'layout-grid',
    slices: 0,
    securityNote: 'Needs more rights than usual: its supervisor starts as root and changes users itself.',
  }),
  templateFixture({
    id: 'broken',
    name: 'Old notebook',
    description: 'Asks for a RuntimeClass that is not there',
    icon: 'chart-line',
    blocked: { sentence: 'The cluster has no RuntimeClass kata.', canWait: false },
  }),
]

/** A picture of a desktop, made of rectangles. */
const picture = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 100"><rect width="160" height="100" fill="#5b3a6b"/><rect width="160" height="5" fill="#1a1420"/><rect x="14" y="14" width="90" height="62" rx="2" fill="#1c1f2e"/><rect x="80" y="36" width="66" height="52" rx="2" fill="#fbfbfd"/></svg>')}`

const sessions: readonly SessionView[] = [
  sessionFixture(),
  sessionFixture({
    name: 'ubuntu-b',
    displayName: 'Ubuntu desktop',
    templateName: 'Ubuntu desktop',
    templateId: 'ubuntu',
    icon: 'monitor',
    node: 'gpu-b',
    idleStopAt: Date.now() + 12 * MINUTE,
  }),
  sessionFixture({ name: 'term-c', displayName: 'Plain terminal', icon: 'terminal', hasHome: false }),
  sessionFixture({
    name: 'cad-d',
    displayName: 'CAD workstation',
    icon: 'ruler',
    phase: 'stopped',
    openable: false,
    note: 'Stopped from outside.',
    stoppedAt: Date.now() - 90 * MINUTE,
  }),
]

function world(cluster: ClusterView, more: FixtureTopics = {}): FixtureTopics {
  return {
    clusters: { clusters: [cluster, demo], activeId: cluster.id, problems: [], searching: false },
    library: { clusterId: cluster.id, loading: false, templates: [...templates], problems: [] },
    sessions: { sessions: [...sessions], loading: false },
    pictures: { pictures: { 'lab/desktops/blender-a': picture, 'lab/desktops/ubuntu-b': picture } },
    settings: DEFAULT_SETTINGS,
    ...more,
  }
}
/** A cluster in which this person may start nothing. */
function shutOut(error: AppError): FixtureTopics {
  return world(clusterFixture({ state: 'forbidden', namespace: 'default', error: error.toView() }), {
    library: { clusterId: 'lab', loading: false, templates: [], problems: [] },
    sessions: { sessions: [], loading: false },
  })
}
const demo = clusterFixture({ id: 'demo', kind: 'demo', name: 'Demo', source: 'built in', state: 'idle', mode: 'demo' })

const failure = {
  code: 'start-image',
  sentence: 'The image lab.example/cad:7 cannot be fetched.',
  nextStep: 'Ask your admin to check its name and the registry.',
  detail: 'Failed to pull image "lab.example/cad:7": not found',
}
const starting: readonly SessionView[] = [
  sessionFixture({
    phase: 'starting',
    openable: false,
    startedAt: Date.now() - 48_000,
    stages: [...stagesFixture(3, { note: 'Pulled for the first time on gpu-a.' })],
  }),
  sessionFixture({
    name: 'cad-b',
    displayName: 'CAD workstation',
    templateId: 'cad',
    phase: 'starting',
    openable: false,
    node: undefined,
    startedAt: Date.now() - 370_000,
    canStartWithoutGpu: true,
    stages: [
      ...stagesFixture(
        1,
        {
          state: 'waiting',
          error: {
            code: 'start-no-slice',
            sentence: 'No free GPU slice.',
            nextStep: 'Wait: it starts by itself, or start without GPU.',
          },
        },
        Date.now() - 370_000,
      ),
    ],
  }),
  sessionFixture({
    name: 'cad-c',
    displayName: 'Old notebook',
    phase: 'failed',
    openable: false,
    startedAt: Date.now() - 48_000,
    error: failure,
    stages: [
      ...stagesFixture(3, { state: 'failed', endedAt: Date.now() - 20_000, error: failure }).map((stage) =>
        stage.name === 'home' ? { name: stage.name, state: 'skipped' as const } : stage,
      ),
    ],
  }),
]

export const UI_STATES: Readonly<Record<string, FixtureTopics>> = {
  desktops: world(clusterFixture()),
  ...Object.fromEntries(
    Object.entries(INVENTORY_STATES).map(([name, inventory]) => [name, world(clusterFixture(), { inventory })]),
  ),
  starting: world(clusterFixture(), { sessions: { sessions: [...starting], loading: false } }),
  empty: world(clusterFixture(), { sessions: { sessions: [], loading: false } }),
  loading: world(clusterFixture({ state: 'connecting' }), {
    library: { clusterId: 'lab', loading: true, templates: [], problems: [] },
    sessions: { sessions: [], loading: true },
  }),
  stale: world(clusterFixture({ state: 'stale', since: Date.now() - 12_000 })),
  'signed-out': world(
    clusterFixture({
      state: 'signed-out',
      error: {
        code: 'signed-out',
        sentence: 'Your sign-in has run out.',
        nextStep: 'Sign in again; your desktop keeps running.',
        detail: '401 Unauthorized: token is expired by 41s',
      },
    }),
  ),
  forbidden: shutOut(new AppError('no-namespace', { namespace: 'default' })),
  'not-admitted': shutOut(new AppError('not-admitted', { username: 'alice' })),
  'first-start': {
    ...world(clusterFixture()),
    clusters: {
      clusters: [
        clusterFixture(),
        clusterFixture({ id: 'k3d', name: 'k3d-test', state: 'idle', host: '127.0.0.1:6550' }),
        clusterFixture({
          id: 'farm',
          name: 'Render farm',
          state: 'unreachable',
          host: 'farm.example',
          error: {
            code: 'cluster-unreachable',
            sentence: 'The cluster at farm.example cannot be reached.',
            nextStep: 'Check your network or VPN; it connects by itself when the way is open.',
            detail: 'connect ETIMEDOUT',
          },
        }),
        clusterFixture({
          id: 'sso',
          name: 'Company cloud',
          state: 'needs-consent',
          host: 'cloud.example',
          plugin: {
            fingerprint: 'f00',
            command: 'kubectl-oidc',
            resolvedPath: '/usr/local/bin/kubectl-oidc',
            args: ['get-token', '--issuer', 'https://sso.example'],
          },
        }),
        demo,
      ],
      problems: [
        {
          source: '~/old.yaml',
          error: {
            code: 'kubeconfig-not-yaml',
            sentence: 'old.yaml is not a kubeconfig: it cannot be read as YAML.',
            nextStep: 'Choose another file.',
          },
        },
      ],
      searching: false,
    },
  },
  'nothing-found': {
    ...world(demo),
    clusters: { clusters: [demo], problems: [], searching: false },
  },
}
