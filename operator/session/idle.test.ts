import { describe, expect, it } from 'vitest'
import { ANNOTATION } from '../../shared/product.ts'
import { idleTimeout } from './idle.ts'
import { BEGIN, deletesOf, NAME, sessionWorld, templateSpec, writesOf } from './testing/session-world.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const at = (ms: number): string => new Date(BEGIN + ms).toISOString()
const TEN_MINUTES = { lifecycle: { idleTimeoutSeconds: 600, idleWarningSeconds: 120 } }

/** Ready, and its server says that nobody is there. */
function idleWorld(template: object = TEN_MINUTES, spec: object = {}) {
  const world = sessionWorld({ template, spec: spec as Record<string, unknown> })
  world.runs()
  world.clients(0)
  world.settle()
  return world
}

/** Time passes, and the server is asked all along. */
function wait(world: ReturnType<typeof idleWorld>, ms: number, clients = 0): void {
  const until = world.now + ms
  while (world.now < until) {
    world.pass(Math.min(30 * SECOND, until - world.now))
    world.clients(clients)
    world.settle()
  }
}

describe('the time', () => {
  it.each([
    [600, undefined, 600],
    [600, 300, 300],
    [600, 900, 600],
    [600, 0, 600],
    [0, undefined, 0],
    [0, 300, 300],
  ])('template %i s, session %s s: %i s', (template, own, expected) => {
    expect(idleTimeout(templateSpec({ lifecycle: { idleTimeoutSeconds: template } }), own)).toBe(expected)
  })

  it('is none where idleness ends nothing', () => {
    expect(idleTimeout(templateSpec({ lifecycle: { idleTimeoutSeconds: 600, onIdle: 'None' } }), 60)).toBe(0)
  })
})

describe('nobody is connected', () => {
  it('is said, and ends the desktop after its time', () => {
    const world = idleWorld()
    expect(world.condition('Idle')).toMatchObject({ status: 'True', reason: 'NotConnected' })
    wait(world, 10 * MINUTE - SECOND)
    expect(world.ready.status).toBe('True')
    world.pass(SECOND)
    const plan = world.step()
    expect(deletesOf(plan)).toContain(`Pod ${NAME}`)
    expect(world.observed.spec.desiredState).toBe('Stopped')
    expect(world.status).toMatchObject({ stopReason: 'IdleTimeout', stoppedAt: at(10 * MINUTE) })
    expect(world.ready.message).toContain('nobody was connected for 10 minutes. Start it again; its home is kept.')
    expect(plan.events).toMatchObject([{ type: 'Normal', reason: 'IdleTimeout', action: 'Stop' }])
    world.podsEnd()
    world.settle()
    expect(world.status).toMatchObject({ phase: 'Stopped', stopReason: 'IdleTimeout' })
    expect(world.ready.message).toContain('nobody was connected')
    expect(world.condition('Stalled')).toBeUndefined()
  })

  it('keeps its reason when the operator ended between the wish and the pod', () => {
    const world = idleWorld()
    wait(world, 10 * MINUTE - SECOND)
    world.pass(SECOND)
    world.wish({ desiredState: 'Stopped' })
    world.step()
    expect(world.status.stopReason).toBe('IdleTimeout')
  })

  it('is resumed by wanting it again', () => {
    const world = idleWorld()
    wait(world, 10 * MINUTE)
    world.podsEnd()
    world.settle()
    world.wish({ desiredState: 'Running' })
    world.runs()
    expect(world.status).toMatchObject({ phase: 'Ready', startedAt: at(10 * MINUTE) })
  })

  it('is warned of in time, at that time and not before', () => {
    const world = idleWorld()
    expect(world.plan().nextAt).toBe(BEGIN + 8 * MINUTE)
    wait(world, 8 * MINUTE - SECOND)
    expect(world.status.idleStopAt).toBeUndefined()
    world.pass(SECOND)
    world.settle()
    expect(world.status.idleStopAt).toBe(at(10 * MINUTE))
    expect(world.plan().nextAt).toBe(BEGIN + 10 * MINUTE)
  })

  it('does not end what the template keeps', () => {
    const world = idleWorld({ lifecycle: { idleTimeoutSeconds: 600, onIdle: 'None' } })
    wait(world, 60 * MINUTE)
    expect(world.ready.status).toBe('True')
    expect(world.status.idleStopAt).toBeUndefined()
  })

  it('removes what the template removes', () => {
    const world = idleWorld({ lifecycle: { idleTimeoutSeconds: 600, onIdle: 'Delete' } })
    wait(world, 10 * MINUTE - SECOND)
    world.pass(SECOND)
    world.clients(0)
    const plan = world.step()
    expect(deletesOf(plan)).toEqual([`VDISession ${NAME}`])
    expect(plan.deletes[0]?.uid).toBe('session-uid')
    expect(plan.events).toMatchObject([{ reason: 'IdleTimeout', action: 'Remove' }])
    world.step()
    world.podsEnd()
    expect(world.step().finalizers).toEqual([])
  })

  it('is counted from the moment it was ready, not from the start', () => {
    const world = sessionWorld({ template: TEN_MINUTES })
    world.settle()
    world.pass(4 * MINUTE)
    world.becomesReady()
    world.settle()
    wait(world, 10 * MINUTE - SECOND)
    expect(world.status.stopReason).toBeUndefined()
    wait(world, SECOND)
    expect(world.status.stopReason).toBe('IdleTimeout')
  })
})

describe('somebody is connected', () => {
  it('ends nothing, however long', () => {
    const world = idleWorld()
    wait(world, 24 * 60 * MINUTE, 1)
    expect(world.ready.status).toBe('True')
    expect(world.condition('Idle')).toMatchObject({ status: 'False', reason: 'Connected' })
    expect(world.status).toMatchObject({ connectedClients: 1 })
    expect(world.status.idleStopAt).toBeUndefined()
  })

  it('begins the time anew when they go', () => {
    const world = idleWorld()
    wait(world, 9 * MINUTE)
    expect(world.status.idleStopAt).toBeDefined()
    wait(world, MINUTE, 1)
    expect(world.status.idleStopAt).toBeUndefined()
    // the next answer says that they are gone: they may have gone just now
    wait(world, 30 * SECOND)
    wait(world, 10 * MINUTE - SECOND)
    expect(world.ready.status).toBe('True')
    wait(world, SECOND)
    expect(world.status.stopReason).toBe('IdleTimeout')
  })

  it('is written once a minute at most', () => {
    const world = idleWorld()
    wait(world, 30 * SECOND, 1)
    const before = world.history.length
    let writes = 0
    for (let second = 0; second < 3600; second += 10) {
      world.pass(10 * SECOND)
      world.clients(1)
      if (!world.isQuiet(world.plan())) writes += 1
      world.step()
    }
    expect(world.history.length - before).toBe(360)
    expect(writes).toBeLessThanOrEqual(60)
    expect(writes).toBeGreaterThan(50)
  })
})

describe('nobody knows', () => {
  it('after hours without an operator the server is asked first', () => {
    const world = idleWorld()
    world.pass(5 * 60 * MINUTE)
    world.observed.activity = undefined
    expect(deletesOf(world.settle())).toEqual([])
    world.clients(1)
    world.settle()
    expect(world.ready.status).toBe('True')
    world.pass(MINUTE)
    world.clients(0)
    world.settle()
    expect(world.ready.status).toBe('True')
  })

  it('after hours without an operator it ends at once when the server says so', () => {
    const world = idleWorld()
    world.pass(5 * 60 * MINUTE)
    world.observed.activity = undefined
    world.settle()
    world.clients(0)
    world.step()
    expect(world.status.stopReason).toBe('IdleTimeout')
  })

  it('a server that has stopped answering ends nothing', () => {
    const world = idleWorld()
    world.pass(60 * MINUTE)
    world.settle()
    expect(world.observed.pods).toHaveLength(1)
  })

  it('a server that never answered is said to be unknown', () => {
    const world = sessionWorld({ template: TEN_MINUTES })
    world.runs()
    expect(world.condition('Idle')).toMatchObject({ status: 'Unknown' })
    expect(world.status.connectedClients).toBeUndefined()
  })

  it('what was said of an earlier pod says nothing', () => {
    const world = idleWorld()
    world.clients(2)
    world.settle()
    world.podDeleted()
    world.settle()
    world.pass(MINUTE)
    world.becomesReady()
    world.settle()
    expect(world.condition('Idle')?.status).not.toBe('False')
  })
})

describe('keep running', () => {
  it('begins the time anew, and takes the warning back', () => {
    const world = idleWorld()
    wait(world, 9 * MINUTE)
    expect(world.status.idleStopAt).toBeDefined()
    world.annotate(ANNOTATION.heartbeat, at(9 * MINUTE))
    world.settle()
    expect(world.status.idleStopAt).toBeUndefined()
    expect(world.status.lastActivityTime).toBe(at(9 * MINUTE))
    wait(world, 10 * MINUTE - SECOND)
    expect(world.ready.status).toBe('True')
    wait(world, SECOND)
    expect(world.status.stopReason).toBe('IdleTimeout')
  })

  it.each([
    ['that lies a day ahead', at(24 * 60 * MINUTE)],
    ['that cannot be read', 'soon'],
  ])('a time %s is not believed', (_, time) => {
    const world = idleWorld()
    world.annotate(ANNOTATION.heartbeat, time)
    wait(world, 10 * MINUTE)
    expect(world.status.stopReason).toBe('IdleTimeout')
  })
})

describe('started ahead', () => {
  const AHEAD = { startAhead: { enabled: true, unopenedSeconds: 300 } }

  it('ends when nobody opens it, and can be started again', () => {
    const world = idleWorld(AHEAD, { startAhead: true })
    wait(world, 5 * MINUTE - SECOND)
    expect(world.ready.status).toBe('True')
    wait(world, SECOND)
    expect(world.status.stopReason).toBe('NotOpened')
    expect(world.condition('Stalled')).toBeUndefined()
    world.podsEnd()
    world.settle()
    world.wish({ desiredState: 'Running', startAhead: false })
    expect(writesOf(world.step())).toContain(`create Pod ${NAME}`)
  })

  it.each([
    ['the app says that it was opened', (world: ReturnType<typeof idleWorld>) => world.wish({ startAhead: false })],
    ['somebody is connected', (world: ReturnType<typeof idleWorld>) => world.clients(1)],
  ])('goes on when %s', (_, open) => {
    const world = idleWorld(AHEAD, { startAhead: true })
    open(world)
    world.settle()
    world.pass(30 * MINUTE)
    world.settle()
    expect(world.ready.status).toBe('True')
  })

  it.each([
    ['fewer than are kept free would be left', 1, {}, false],
    ['enough would be left', 2, {}, true],
    ['somebody clicked', 0, { startAhead: false }, true],
  ])('and a slice: %s', (_, freeSlices, wish, begins) => {
    const world = sessionWorld({
      template: { gpu: { slices: 1 }, startAhead: { enabled: true, keepFreeSlices: 1 } },
      spec: { startAhead: true },
    })
    world.observed.freeSlices = freeSlices
    world.wish(wish)
    world.settle()
    expect(world.observed.pods).toHaveLength(begins ? 1 : 0)
    if (!begins) expect(world.ready.message).toContain('A click starts it now.')
  })

  it('is not waited for longer than for its opening, and is waited for anew when it is wanted again', () => {
    const world = sessionWorld({
      template: { gpu: { slices: 1 }, startAhead: { enabled: true, keepFreeSlices: 1, unopenedSeconds: 300 } },
      spec: { startAhead: true },
    })
    world.observed.freeSlices = 1
    world.settle()
    expect(world.plan().nextAt).toBeLessThanOrEqual(BEGIN + 5 * MINUTE)
    world.pass(5 * MINUTE - SECOND)
    world.settle()
    expect(world.status.phase).toBe('Pending')
    world.pass(SECOND)
    const plan = world.step()
    expect(plan.events).toMatchObject([{ type: 'Normal', reason: 'NotOpened', action: 'Stop' }])
    expect(world.observed.spec.desiredState).toBe('Stopped')
    world.settle()
    expect(world.status).toMatchObject({ phase: 'Stopped', stopReason: 'NotOpened', stoppedAt: at(5 * MINUTE) })
    expect(world.condition('Stalled')).toBeUndefined()
    world.pass(24 * 60 * MINUTE)
    world.wish({ desiredState: 'Running' })
    world.settle()
    expect(world.status.phase).toBe('Pending')
    // a click is no start ahead any more
    world.wish({ startAhead: false })
    world.pass(60 * MINUTE)
    world.settle()
    expect(world.observed.pods).toHaveLength(1)
  })

  it('does not keep a place in the queue for longer', () => {
    const world = sessionWorld({ template: AHEAD, spec: { startAhead: true } })
    world.settle()
    world.unschedulable('0/1 nodes are available: 1 Insufficient nvidia.com/gpu.shared.')
    world.settle()
    world.pass(5 * MINUTE)
    world.step()
    expect(world.status.stopReason).toBe('NotOpened')
  })
})

describe('the end of its time', () => {
  it('ends it although somebody is connected, and it does not start again', () => {
    const world = sessionWorld({ spec: { expiresAt: at(20 * MINUTE) } })
    world.runs()
    world.clients(1)
    expect(world.plan().nextAt).toBeLessThanOrEqual(BEGIN + 20 * MINUTE)
    world.pass(20 * MINUTE)
    world.step()
    expect(world.status.stopReason).toBe('Expired')
    world.podsEnd()
    world.settle()
    world.wish({ desiredState: 'Running' })
    world.settle()
    expect(world.observed.pods).toEqual([])
    expect(world.status).toMatchObject({ phase: 'Stopped', stopReason: 'Expired' })
    world.wish({ expiresAt: at(60 * MINUTE) })
    world.settle()
    expect(world.observed.pods).toHaveLength(1)
  })

  it('that lies in the past makes nothing', () => {
    const world = sessionWorld({ spec: { expiresAt: at(-MINUTE) } })
    world.settle()
    expect(world.history.flatMap(writesOf)).toEqual([])
    expect(world.status.stopReason).toBe('Expired')
  })

  it('of one start is the template’s longest run', () => {
    const world = sessionWorld({ template: { lifecycle: { maxLifetimeSeconds: 7200, idleTimeoutSeconds: 0 } } })
    world.runs()
    world.clients(1)
    world.settle()
    expect(world.plan().nextAt).toBe(BEGIN + 120 * MINUTE)
    world.pass(120 * MINUTE)
    world.step()
    expect(world.status.stopReason).toBe('MaxLifetime')
    expect(world.ready.message).toContain('2 hours')
    world.podsEnd()
    world.settle()
    world.wish({ desiredState: 'Running' })
    world.settle()
    expect(world.observed.pods).toHaveLength(1)
  })
})

describe('its time has come and the server is silent', () => {
  it('is looked at again when it is asked the next time', () => {
    const world = idleWorld()
    world.pass(11 * MINUTE)
    world.settle()
    expect(world.plan().nextAt).toBe(world.now + 30 * SECOND)
  })
})
