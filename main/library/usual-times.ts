// How long a template usually takes on a cluster, from this person's own last starts: the median, per stage and in all.
// Kept in `<dataDir>/usual-times.json`; a file that cannot be read or written costs the memory, nothing else.
import { join } from 'node:path'
import * as z from 'zod/mini'
import type { SessionView, StageName } from '../../shared/domain/session.ts'
import type { Clock } from '../app-host.ts'
import { keepAside, readJsonFile, writeFileAtomic } from '../atomic-file.ts'
import type { Logger } from '../logging/logger.ts'

const STARTS_KEPT = 9
const TEMPLATES_KEPT = 200

const startSchema = z.object({
  /** Click to first picture, ms. */
  readyMs: z.number().check(z.gte(0)),
  /** Stage -> ms. */
  stages: z.record(z.string(), z.number().check(z.gte(0))),
})
const documentSchema = z.object({
  version: z.literal(1),
  starts: z.record(z.string(), z.array(startSchema)),
})
export type MeasuredStart = z.infer<typeof startSchema>

export interface UsualTimes {
  /** The usual times of a template, when it was started before. */
  of(clusterId: string, templateId: string): MeasuredStart | undefined
  /** Takes a finished start into account and writes it down. */
  add(clusterId: string, templateId: string, start: MeasuredStart): void
  /** Resolves when what was added is on disk. */
  flush(): Promise<void>
}

/** Reads what was measured before. Never throws. */
export function openUsualTimes(options: {
  readonly dataDir: string
  readonly clock: Clock
  readonly log: Logger
}): UsualTimes {
  const { dataDir, clock, log } = options
  const path = join(dataDir, 'usual-times.json')
  const starts = new Map<string, readonly MeasuredStart[]>(read())
  let writing: Promise<void> = Promise.resolve()

  function read(): (readonly [string, readonly MeasuredStart[]])[] {
    const found = readJsonFile(path, clock.now())
    if (found.state === 'absent') return []
    const checked = found.state === 'read' ? documentSchema.safeParse(found.value) : undefined
    if (checked?.success) return Object.entries(checked.data.starts)
    if (found.state === 'read') keepAside(path, clock.now(), 'not a document of usual times')
    log.warn('the usual times cannot be read; they are measured anew')
    return []
  }

  return {
    of(clusterId, templateId) {
      const known = starts.get(keyOf(clusterId, templateId)) ?? []
      if (known.length === 0) return undefined
      const names = new Set(known.flatMap((start) => Object.keys(start.stages)))
      const stages = [...names].map((name) => {
        const times = known.flatMap((start) => start.stages[name] ?? [])
        return [name, median(times)] as const
      })
      return { readyMs: median(known.map((start) => start.readyMs)), stages: Object.fromEntries(stages) }
    },
    add(clusterId, templateId, start) {
      const key = keyOf(clusterId, templateId)
      const kept = [...(starts.get(key) ?? []), start].slice(-STARTS_KEPT)
      // last in, last out: what was not started for the longest time is forgotten first
      starts.delete(key)
      starts.set(key, kept)
      for (const oldest of starts.keys()) {
        if (starts.size <= TEMPLATES_KEPT) break
        starts.delete(oldest)
      }
      const text = JSON.stringify({ version: 1, starts: Object.fromEntries(starts) })
      writing = writing
        .then(() => writeFileAtomic(path, text))
        .catch((thrown: unknown) => log.warn('the usual times cannot be written', { error: String(thrown) }))
    },
    flush: () => writing,
  }
}

/** The times of a start that has just shown its first picture, or null when its stages do not say. */
export function measureStart(session: SessionView, now: number): MeasuredStart | null {
  if (session.startedAt === undefined || now < session.startedAt) return null
  const stages: Partial<Record<StageName, number>> = {}
  for (const { name, state, startedAt, endedAt } of session.stages) {
    // what was skipped took no time and says nothing about the next one
    if (state === 'done' && startedAt !== undefined && endedAt !== undefined && endedAt >= startedAt)
      stages[name] = endedAt - startedAt
  }
  return { readyMs: now - session.startedAt, stages }
}

function keyOf(clusterId: string, templateId: string): string {
  return `${clusterId} ${templateId}`
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? 0
  return Math.round(sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2)
}
