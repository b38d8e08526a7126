// One desktop of the demo: what is remembered of it, and the view of it that people see. Pure but for the record itself.
import { sessionId } from '../../shared/domain/names.ts'
import { STAGES, type SessionPhase, type SessionView, type Stage, type StageName } from '../../shared/domain/session.ts'
import type { Template } from '../../shared/domain/template.ts'
import type { AppError } from '../../shared/errors.ts'
import type { DesktopServer } from './desktop-server.ts'

/** Where the demo's desktops are said to be. */
export const DEMO_NAMESPACE = 'demo'
/** Who one is in the demo's cluster. */
export const DEMO_USER = 'you'
/** The warning stands this long before an idle desktop is stopped, ms. */
export const IDLE_WARNING_MS = 300_000

export interface DemoSession {
  readonly name: string
  readonly template: Template
  readonly displayName: string
  withoutGpu: boolean
  phase: SessionPhase
  stages: Stage[]
  note?: string | undefined
  error?: AppError | undefined
  node?: string | undefined
  startedAt?: number | undefined
  readyAt?: number | undefined
  stoppedAt?: number | undefined
  /** Epoch ms of the last sign of a person; set while it runs and nobody is connected. */
  idleSince?: number | undefined
  server?: DesktopServer | undefined
  /** The start that runs. */
  starting?: { readonly abort: AbortController; readonly over: Promise<void> } | undefined
  /** What a cancelled or failed start goes back to: absent for a first start. */
  before?: { readonly stoppedAt: number | undefined } | undefined
  callOffIdle: () => void
}

/** A desktop that does not run. */
export function newSession(name: string, template: Template, displayName: string): DemoSession {
  return {
    name,
    template,
    displayName,
    withoutGpu: false,
    phase: 'stopped',
    stages: [],
    callOffIdle: () => undefined,
  }
}

/** Slices that it asks for. */
export function slicesOf({ withoutGpu, template }: DemoSession): number {
  return withoutGpu ? 0 : template.spec.gpu.slices
}

/** All stages before a start. */
export function untouchedStages(): Stage[] {
  return STAGES.map((name) => ({ name, state: 'todo' }))
}

/** Replaces one stage. */
export function setStage(session: DemoSession, name: StageName, change: Omit<Partial<Stage>, 'name'>): void {
  session.stages = session.stages.map((stage) => (stage.name === name ? { ...stage, ...change } : stage))
}

/** What people see of it. @param now epoch ms @param speed of the cluster's time */
export function demoView(clusterId: string, session: DemoSession, now: number, speed: number): SessionView {
  const { name, template, phase, stages, note, error, node, startedAt, readyAt, stoppedAt } = session
  const alive = phase === 'starting' || phase === 'running'
  const placed = stages.find((stage) => stage.name === 'placed')
  const idleStopAt = idleEnd(session, speed)
  return {
    id: sessionId({ clusterId, namespace: DEMO_NAMESPACE, name }),
    clusterId,
    namespace: DEMO_NAMESPACE,
    name,
    displayName: session.displayName,
    templateId: template.id,
    templateName: template.spec.displayName,
    icon: template.spec.icon,
    phase,
    slices: slicesOf(session),
    hasHome: template.spec.storage.home !== undefined,
    stages: phase === 'stopping' || phase === 'stopped' || phase === 'removing' ? [] : stages,
    openable: alive && session.server !== undefined,
    canStartWithoutGpu: placed?.state === 'waiting' && slicesOf(session) > 0,
    ...(note === undefined ? {} : { note }),
    ...(error === undefined ? {} : { error: error.toView() }),
    ...(node === undefined || !alive ? {} : { node }),
    ...(startedAt === undefined || phase === 'stopped' ? {} : { startedAt }),
    ...(readyAt === undefined || !alive ? {} : { readyAt }),
    ...(stoppedAt === undefined || phase !== 'stopped' ? {} : { stoppedAt }),
    ...(idleStopAt !== undefined && idleStopAt - now <= IDLE_WARNING_MS / speed ? { idleStopAt } : {}),
  }
}

/** When it will be stopped for being idle, epoch ms. @param speed of the cluster's time */
export function idleEnd({ phase, idleSince, template }: DemoSession, speed: number): number | undefined {
  const seconds = template.spec.lifecycle.idleTimeoutSeconds
  return phase === 'running' && idleSince !== undefined && seconds > 0
    ? idleSince + (seconds * 1000) / speed
    : undefined
}
