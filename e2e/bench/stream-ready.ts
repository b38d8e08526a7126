// How long the operator takes from a wish to a desktop that answers, as anybody sees it who watches VDISessions: from the event of the
// spec (made, or changed) to that of the status which says StreamReady of this very spec. Both on this process's clock.
import { setTimeout as delay } from 'node:timers/promises'
import { createReflector } from '../../kube/reflector.ts'
import { VDI_SESSION, type KubeClient } from '../../kube/types.ts'
import { parseVdiSession } from '../../shared/domain/vdi-objects.ts'

/** Nothing takes this long, ms. */
const PATIENCE_MS = 60_000

export interface StreamReady {
  /** The time of the last wish about a session, ms. @throws when it is not ready within a minute */
  wait(name: string): Promise<number>
  stop(): void
}

interface Wish {
  readonly generation: number
  readonly at: number
  readyAt: number | undefined
}

/** Watches the sessions of a namespace; returns when it sees what is there. */
export async function watchStreamReady(client: KubeClient, namespace: string): Promise<StreamReady> {
  const wishes = new Map<string, Wish>()
  const reflector = createReflector(client, VDI_SESSION, { namespace })
  reflector.onObject((before, after) => {
    const { name } = (after ?? before)?.metadata ?? {}
    if (name === undefined) return
    const read = after && parseVdiSession(after)
    if (!read?.ok) return void wishes.delete(name)
    const { metadata, status } = read.object
    const generation = metadata.generation ?? 0
    const known = wishes.get(name)
    const wish = known?.generation === generation ? known : { generation, at: performance.now(), readyAt: undefined }
    wishes.set(name, wish)
    const told = status.conditions?.find(({ type }) => type === 'StreamReady')
    if (status.observedGeneration === generation && told?.status === 'True') wish.readyAt ??= performance.now()
  })
  await reflector.synced
  return {
    async wait(name) {
      for (const end = performance.now() + PATIENCE_MS; performance.now() < end; await delay(50)) {
        const wish = wishes.get(name)
        if (wish?.readyAt !== undefined) return wish.readyAt - wish.at
      }
      throw new Error(`the operator did not call ${name} ready within ${PATIENCE_MS / 1000} s`)
    },
    stop: () => reflector.stop(),
  }
}
