// Applies the templates and users that the chart's values name: in order, each once, by server-side apply.
// Kinds that are not served yet (definitions just applied), pauses and server errors are waited for; a refusal is the end for that object,
// and all refusals are told together, so that one wrong entry hides no other.
import type { KubeClient, KubeObject, Resource } from '../../kube/types.ts'
import { ApiError, VDI_TEMPLATE, VDI_USER } from '../../kube/types.ts'
import { API_GROUP, API_VERSION } from '../../shared/product.ts'

/** Owns the fields that values set; what an admin adds by hand to other fields stays. */
export const FIELD_MANAGER_CHART = 'kasm-operator-chart'

export interface BootstrapOptions {
  readonly client: Pick<KubeClient, 'apply'>
  readonly wait: (ms: number) => Promise<void>
  readonly log: (line: string) => void
  /** Questions for one object that may fail for a passing reason before it counts as refused. */
  readonly attempts: number
}

const KINDS: readonly Resource[] = [VDI_TEMPLATE, VDI_USER]
const PAUSE_MS = 1000

/** Reads one document of the chart. @throws when it is none of our kinds */
export function chartObject(text: string, from: string): KubeObject {
  const object = JSON.parse(text) as KubeObject
  if (resourceOf(object) === undefined) throw new Error(`${from} is neither a VDITemplate nor a VDIUser`)
  return object
}

/** Applies all objects. @returns a sentence for each that was refused */
export async function applyAll(objects: readonly KubeObject[], options: BootstrapOptions): Promise<readonly string[]> {
  const refused: string[] = []
  for (const object of objects) {
    const what = `${object.kind} ${object.metadata.name}`
    try {
      await applyOne(object, options)
      options.log(`${what} is as the chart says`)
    } catch (error) {
      refused.push(`${what}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return refused
}

async function applyOne(object: KubeObject, { client, wait, attempts }: BootstrapOptions): Promise<void> {
  const resource = resourceOf(object)
  if (resource === undefined) throw new Error('not one of our kinds')
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.apply(resource, object, { fieldManager: FIELD_MANAGER_CHART, force: true })
      return
    } catch (error) {
      if (attempt >= attempts || !passes(error)) throw error
      await wait(error instanceof ApiError ? (error.retryAfterMs ?? PAUSE_MS) : PAUSE_MS)
    }
  }
}

/** Whether asking again may help: no answer, an overloaded server, a kind that is not served yet. */
function passes(error: unknown): boolean {
  if (!(error instanceof ApiError)) return true
  return error.status === 404 || error.status === 429 || error.status >= 500
}

function resourceOf(object: KubeObject): Resource | undefined {
  if (object.apiVersion !== `${API_GROUP}/${API_VERSION}`) return undefined
  return KINDS.find(({ kind }) => kind === object.kind)
}
