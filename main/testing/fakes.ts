// Small stand-ins for tests of the core: clusters whose providers are in the test's hands.
import type { ClustersSnapshot } from '../../shared/domain/cluster.ts'
import type { Door, SessionView } from '../../shared/domain/session.ts'
import type { Clusters } from '../core-services.ts'
import type { DesktopProxy } from '../desktop-proxy/types.ts'
import type { DesktopAccess, ProviderSnapshot, SessionProvider } from '../sessions/provider.ts'

/** A session that runs. */
export function aSession(change: Partial<SessionView> = {}): SessionView {
  return {
    id: 'c1/ns/one',
    clusterId: 'c1',
    namespace: 'ns',
    name: 'one',
    displayName: 'One',
    templateId: 'full',
    templateName: 'Full desktop',
    icon: 'monitor',
    phase: 'running',
    slices: 1,
    hasHome: true,
    startedAt: 1_000,
    stages: [],
    openable: true,
    canStartWithoutGpu: false,
    ...change,
  }
}

export function aSnapshot(change: Partial<ProviderSnapshot> = {}): ProviderSnapshot {
  return { state: 'live', since: 0, templates: [], blocked: new Map(), problems: [], sessions: [], ...change }
}

export interface FakeProvider extends SessionProvider {
  /** What was called, with its arguments. */
  readonly calls: readonly (readonly unknown[])[]
  emit(snapshot: ProviderSnapshot): void
  readonly isWatched: boolean
}

/** A provider that writes down what it is asked. @param answers replace single methods */
export function fakeProvider(answers: Partial<SessionProvider> = {}): FakeProvider {
  const calls: unknown[][] = []
  const listeners = new Set<(snapshot: ProviderSnapshot) => void>()
  let last: ProviderSnapshot | undefined
  const noted =
    <A extends readonly unknown[], R>(name: string, answer: (...args: A) => R) =>
    (...args: A): R => {
      calls.push([name, ...args])
      return answer(...args)
    }
  const nothing = () => Promise.resolve()
  return {
    mode: answers.mode ?? 'direct',
    calls,
    get isWatched() {
      return listeners.size > 0
    },
    emit(snapshot) {
      last = snapshot
      for (const listener of listeners) listener(snapshot)
    },
    watch(listener) {
      listeners.add(listener)
      if (last) listener(last)
      return () => void listeners.delete(listener)
    },
    start: noted('start', answers.start ?? (() => Promise.resolve('c1/ns/new'))),
    cancel: noted('cancel', answers.cancel ?? nothing),
    stop: noted('stop', answers.stop ?? nothing),
    resume: noted('resume', answers.resume ?? ((sessionId) => Promise.resolve(sessionId))),
    remove: noted('remove', answers.remove ?? nothing),
    keepRunning: noted('keepRunning', answers.keepRunning ?? nothing),
    open: answers.open ?? ((sessionId) => Promise.resolve(anAccess(sessionId))),
    firstFrame: noted('firstFrame', answers.firstFrame ?? (() => undefined)),
    dispose: nothing,
  }
}

export function anAccess(sessionId: string): DesktopAccess {
  return {
    sessionId,
    dialHttp: () => Promise.reject(new Error('no desktop in this test')),
    iceServers: [],
    generation: 'selkies2',
    transport: 'dual',
  }
}

export interface FakeClusters extends Clusters {
  set(providers: ReadonlyMap<string, SessionProvider>, snapshot?: Partial<ClustersSnapshot>): void
  readonly calls: readonly (readonly unknown[])[]
}

export function fakeClusters(): FakeClusters {
  let snapshot: ClustersSnapshot = { clusters: [], problems: [], searching: false }
  let providers: ReadonlyMap<string, SessionProvider> = new Map()
  const listeners = new Set<() => void>()
  const calls: unknown[][] = []
  const note =
    (name: string) =>
    (...args: unknown[]): Promise<void> => {
      calls.push([name, ...args])
      return Promise.resolve()
    }
  return {
    calls,
    get snapshot() {
      return snapshot
    },
    get providers() {
      return providers
    },
    set(next, change = {}) {
      providers = next
      snapshot = { ...snapshot, ...change }
      for (const listener of listeners) listener()
    },
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    refresh: note('refresh'),
    select: note('select'),
    addText: (name, text) => note('addText')(name, text).then(() => ['k-1']),
    addFile: (path) => note('addFile')(path).then(() => ['k-2']),
    remove: note('remove'),
    setNamespace: note('setNamespace'),
    trustPlugin: note('trustPlugin'),
    dispose: note('dispose'),
  }
}

export interface FakeProxy extends DesktopProxy {
  readonly calls: readonly (readonly unknown[])[]
}

/** A proxy that writes down which doors open and close, and answers `/d/...` with the path. */
export function fakeProxy(door: Partial<Door> = {}): FakeProxy {
  const calls: unknown[][] = []
  const note =
    (name: string) =>
    (...args: unknown[]): Promise<void> => {
      calls.push([name, ...args])
      return Promise.resolve()
    }
  return {
    calls,
    open(access, windowId) {
      calls.push(['open', access.sessionId, windowId])
      const base = { ticket: 't', base: '/d/t/', candidates: [], iceServers: [] }
      return Promise.resolve({ ...base, generation: 'selkies2', transport: 'dual', ...door })
    },
    closeDoor: note('closeDoor'),
    takePaper(ticket, windowId, name) {
      calls.push(['takePaper', ticket, windowId, name])
      return Promise.resolve(Buffer.from('%PDF-1.4'))
    },
    closeWindow: note('closeWindow'),
    closeSession: note('closeSession'),
    handleRequest(request, response) {
      response.end(`door ${request.method} ${request.url}`)
      return true
    },
    handleUpgrade: () => false,
    dispose: note('dispose'),
  }
}
