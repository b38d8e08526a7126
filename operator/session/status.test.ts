import { describe, expect, it } from 'vitest'
import type { Condition } from '../../shared/domain/conditions.ts'
import { vdiSessionStatusSchema, type VdiSessionStatus } from '../../shared/domain/vdi-session.ts'
import { BEGIN, NAME, nodeObject, RELAY, sessionWorld, type SessionWorld } from './testing/session-world.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND

/** How kstatus reads any object (its generic rules), written down a second time. */
function kstatus(generation: number, { observedGeneration, conditions = [] }: VdiSessionStatus): string {
  const holds = (type: string, status = 'True'): boolean =>
    conditions.some((one) => one.type === type && one.status === status)
  if (observedGeneration !== generation) return 'InProgress'
  if (holds('Reconciling')) return 'InProgress'
  if (holds('Stalled')) return 'Failed'
  return holds('Ready') ? 'Current' : holds('Ready', 'False') ? 'InProgress' : 'Current'
}

type Story = readonly [name: string, tell: (world: SessionWorld) => void, phase: string, health: string]

const STORIES: readonly Story[] = [
  ['it waits for its place', (world) => world.settle(), 'Scheduling', 'InProgress'],
  [
    'it is being started',
    (world) => {
      world.settle()
      world.placed()
    },
    'Starting',
    'InProgress',
  ],
  ['it runs', (world) => world.runs(), 'Ready', 'Current'],
  [
    'it runs and is used',
    (world) => {
      world.runs()
      world.clients(2)
    },
    'Ready',
    'Current',
  ],
  [
    'it has no room',
    (world) => {
      world.settle()
      world.unschedulable('0/1 nodes are available: 1 Insufficient nvidia.com/gpu.shared.')
    },
    'Scheduling',
    'InProgress',
  ],
  [
    'its image cannot be fetched',
    (world) => {
      world.settle()
      world.placed()
      world.container({ waiting: { reason: 'ImagePullBackOff' } })
    },
    'Starting',
    'InProgress',
  ],
  [
    'its image has no valid name',
    (world) => {
      world.settle()
      world.placed()
      world.container({ waiting: { reason: 'InvalidImageName' } })
    },
    'Failed',
    'Failed',
  ],
  [
    'its start took too long',
    (world) => {
      world.settle()
      world.placed()
      world.pass(10 * MINUTE)
      world.settle()
      world.podsEnd()
    },
    'Failed',
    'Failed',
  ],
  [
    'its node does not answer',
    (world) => {
      world.runs()
      world.observed.node = nodeObject('gpu-a', 'Unknown')
    },
    'Starting',
    'InProgress',
  ],
  [
    'its template is missing',
    (world) => {
      world.retemplate(undefined)
    },
    'Failed',
    'Failed',
  ],
  [
    'its template has changed',
    (world) => {
      world.runs()
      world.retemplate({ image: 'registry.example/studio:9' })
    },
    'Ready',
    'Current',
  ],
  [
    'it is ending',
    (world) => {
      world.runs()
      world.wish({ desiredState: 'Stopped' })
    },
    'Stopping',
    'InProgress',
  ],
  [
    'it is stopped',
    (world) => {
      world.runs()
      world.wish({ desiredState: 'Stopped' })
      world.settle()
      world.podsEnd()
    },
    'Stopped',
    'InProgress',
  ],
  [
    'it is being removed',
    (world) => {
      world.runs()
      world.deleted()
    },
    'Terminating',
    'InProgress',
  ],
  [
    'its home is in use',
    (world) => {
      world.observed.siblings = [{ name: 'other', running: true, startedAt: BEGIN, ending: false, removing: false }]
    },
    'Failed',
    'Failed',
  ],
  [
    'its pod was evicted',
    (world) => {
      world.runs()
      world.fails('Evicted')
    },
    'Starting',
    'InProgress',
  ],
]

describe.each(STORIES)('%s', (_, tell, phase, health) => {
  const told = (): SessionWorld => {
    const world = sessionWorld({ relay: RELAY })
    tell(world)
    world.step()
    return world
  }

  it(`is ${phase} for people and ${health} for kstatus`, () => {
    const world = told()
    expect(world.status.phase).toBe(phase)
    expect(kstatus(world.observed.session.metadata.generation ?? 0, world.status)).toBe(health)
  })

  it('fits the schema, and each condition names the generation', () => {
    const { status } = told()
    expect(vdiSessionStatusSchema.safeParse(status).success).toBe(true)
    expect(new Set(status.conditions?.map(({ observedGeneration }) => observedGeneration)).size).toBe(1)
  })

  it('comes to rest: after one round nothing more is written for it', () => {
    const world = told()
    const last = world.settle()
    for (let second = 0; second < 30; second += 10) {
      world.pass(10 * SECOND)
      expect(world.isQuiet(world.plan())).toBe(true)
    }
    expect(last.writes).toEqual([])
  })

  it('is planned the same by a new leader: nothing but what is stored counts', () => {
    const world = told()
    const again = structuredClone(world.plan())
    expect(world.plan()).toEqual(again)
  })

  it('says a sentence for people', () => {
    expect(told().ready.message).toMatch(/^[A-Z].*[.)]$/s)
  })
})

describe('the conditions', () => {
  it('keep their time while their status does', () => {
    const world = sessionWorld()
    world.settle()
    const since = world.condition('Ready')?.lastTransitionTime
    world.pass(MINUTE)
    world.placed()
    world.settle()
    expect(world.condition('Ready')?.lastTransitionTime).toBe(since)
    world.pass(MINUTE)
    world.becomesReady()
    world.settle()
    expect(world.condition('Ready')?.lastTransitionTime).toBe(new Date(BEGIN + 2 * MINUTE).toISOString())
  })

  it('follow the generation', () => {
    const world = sessionWorld()
    world.runs()
    world.wish({ displayName: 'Mine' })
    world.settle()
    expect(world.status.observedGeneration).toBe(2)
    expect(world.condition('PodReady')?.observedGeneration).toBe(2)
  })

  it('Reconciling and Stalled are absent while they do not hold, and never there together', () => {
    for (const [, tell] of STORIES) {
      const world = sessionWorld()
      tell(world)
      world.step()
      const there = world.status.conditions?.filter(({ type }) => type === 'Reconciling' || type === 'Stalled') ?? []
      expect(there.length).toBeLessThanOrEqual(1)
      for (const condition of there) expect(condition.status).toBe('True')
    }
  })

  it('of what does not run say nothing of a pod', () => {
    const world = sessionWorld({ spec: { desiredState: 'Stopped' } })
    world.settle()
    const types = world.status.conditions?.map(({ type }: Condition) => type)
    expect(types).toEqual(['Ready', 'TemplateResolved', 'StorageReady', 'Suspended'])
  })
})

describe('a session at rest', () => {
  it('is not written in a whole day without anybody', () => {
    const world = sessionWorld({ template: { lifecycle: { idleTimeoutSeconds: 0 } } })
    world.runs()
    world.clients(0)
    world.settle()
    for (let minute = 0; minute < 24 * 60; minute += 1) {
      world.pass(MINUTE)
      world.clients(0)
      expect(world.isQuiet(world.plan())).toBe(true)
    }
  })

  it('asks for no look that is not needed', () => {
    const world = sessionWorld({ template: { lifecycle: { idleTimeoutSeconds: 0 } } })
    world.runs()
    expect(world.plan().nextAt).toBeUndefined()
    world.wish({ desiredState: 'Stopped' })
    world.settle()
    world.podsEnd()
    world.settle()
    expect(world.plan().nextAt).toBeUndefined()
  })

  it('never looks again at a time that has passed', () => {
    for (const [, tell] of STORIES) {
      const world = sessionWorld({ relay: RELAY })
      tell(world)
      world.settle()
      expect(world.plan().nextAt ?? Infinity).toBeGreaterThan(world.now)
    }
  })

  it('keeps the name of what it is', () => {
    const world = sessionWorld()
    world.runs()
    expect(world.status.podName).toBe(NAME)
  })
})
