// Reads the spec of one of our kinds. The API server's schema refuses what is wrong; an object from another version may still hold it.
// Policy: what cannot be read is said with its field's name and never thrown.
import type * as z from 'zod/mini'
import type { KubeObject } from '../shared/render/types.ts'

export interface SpecProblem {
  /** Names the field; no full stop. */
  readonly problem: string
}

/** @returns the spec with its defaults, or what is wrong with it */
export function parseSpec<T>(
  schema: { safeParse(value: unknown): z.core.util.SafeParseResult<T> },
  object: KubeObject | undefined,
): T | SpecProblem {
  const parsed = schema.safeParse(object?.['spec'] ?? {})
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  if (issue === undefined) return { problem: 'spec cannot be read' }
  return { problem: `${['spec', ...issue.path].join('.')}: ${issue.message}` }
}

/** @returns the status as it is; an empty one where another version wrote it: it is written anew */
export function parseStatus<T>(
  schema: { safeParse(value: unknown): z.core.util.SafeParseResult<T> },
  object: KubeObject | undefined,
  empty: T,
): T {
  const parsed = schema.safeParse(object?.['status'] ?? {})
  return parsed.success ? parsed.data : empty
}
