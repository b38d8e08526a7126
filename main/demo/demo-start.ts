// The way of a demo desktop from the click to a server that answers, stage by stage, in times as a real cluster has them.
// Policy: it ends with its signal at any stage and then leaves nothing held; undoing is the caller's.
import { AppError } from '../../shared/errors.ts'
import type { StageName } from '../../shared/domain/session.ts'
import type { Clock } from '../app-host.ts'
import { sleep, type Timers } from '../sessions/timers.ts'
import type { DemoCluster } from './demo-cluster.ts'
import { DEMO_USER, setStage, slicesOf, type DemoSession } from './demo-session.ts'
import { between, type Random } from './random.ts'
import { BROKEN_IMAGE } from './templates.ts'

/** Least and most time of a stage, ms. */
const TIMES = {
  asked: [140, 260],
  placed: [240, 480],
  home: [1_100, 1_900],
  image: [7_500, 11_000],
  imageRefused: [3_000, 4_000],
  started: [1_900, 2_700],
} as const

export interface StartWorld {
  readonly cluster: DemoCluster
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  /** Template ids whose home is there. */
  readonly homes: Set<string>
  changed(): void
  /** The desktop's server is to come up. */
  serve(): void
}

/** What a start made, for whoever undoes it. */
export interface StartTrace {
  madeHome: boolean
}

/**
 * Runs a start until the desktop's server answers.
 * @throws the signal's reason when it aborts, AppError `start-image` when the image cannot be had
 */
export async function runStart(
  session: DemoSession,
  world: StartWorld,
  trace: StartTrace,
  signal: AbortSignal,
): Promise<void> {
  const { cluster, clock, timers, random, homes, changed } = world
  const { spec, id } = session.template
  const wait = (span: keyof typeof TIMES): Promise<void> => {
    const [least, most] = TIMES[span]
    return sleep(timers, between(random, least, most), signal)
  }
  const begin = (name: StageName, note?: string): void => {
    setStage(session, name, { state: 'active', startedAt: clock.now(), ...(note === undefined ? {} : { note }) })
    changed()
  }
  const end = (name: StageName, note?: string): void =>
    setStage(session, name, { state: 'done', endedAt: clock.now(), note, error: undefined })
  const skip = (name: StageName): void => setStage(session, name, { state: 'skipped' })

  begin('asked')
  await wait('asked')
  end('asked')

  begin('placed')
  await wait('placed')
  const node = await place(session, world, signal)
  session.node = node
  end('placed', `On ${node}.`)

  if (spec.storage.home === undefined || homes.has(id)) skip('home')
  else {
    begin('home', 'Your home is being made.')
    await wait('home')
    homes.add(id)
    trace.madeHome = true
    end('home')
  }

  if (cluster.hasImage(node, spec.image)) skip('image')
  else {
    begin('image', `The image is being fetched for the first time on ${node}.`)
    if (spec.image === BROKEN_IMAGE) {
      await wait('imageRefused')
      throw new AppError('start-image', { image: spec.image }, { detail: `${spec.image}: not found` })
    }
    await wait('image')
    cluster.addImage(node, spec.image)
    end('image', `Fetched for the first time on ${node}.`)
  }

  begin('started')
  await wait('started')
  end('started')
  world.serve()
  begin('connected')
}

/** Waits for a machine with room; says so while there is none. @returns its name */
function place(session: DemoSession, world: StartWorld, signal: AbortSignal): Promise<string> {
  const { cluster, clock, changed } = world
  const { name, template } = session
  const slices = slicesOf(session)
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const onAbort = (): void => {
    cluster.release(name)
    reject(signal.reason as Error)
  }
  const placed = cluster.place({
    holder: { session: name, owner: DEMO_USER, template: template.spec.displayName, since: clock.now() },
    spec: template.spec,
    slices,
    placed: (node) => {
      signal.removeEventListener('abort', onAbort)
      resolve(node)
    },
  })
  if (!placed) {
    signal.addEventListener('abort', onAbort, { once: true })
    const error = new AppError(slices > 0 ? 'start-no-slice' : 'start-unschedulable')
    setStage(session, 'placed', { state: 'waiting', note: undefined, error: error.toView() })
    changed()
  }
  return promise
}
