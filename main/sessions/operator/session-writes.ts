// The writes of operator mode: one VDISession made, changed or deleted. What the API server answers is seen before its event arrives.
import { ApiError, VDI_SESSION, type KubeClient, type KubeObject } from '../../../kube/types.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Template } from '../../../shared/domain/template.ts'
import type { VdiSessionObject } from '../../../shared/domain/vdi-objects.ts'
import { API_GROUP, API_VERSION, FIELD_MANAGER_DESKTOP, FINALIZER } from '../../../shared/product.ts'
import type { Logger } from '../../logging/logger.ts'
import { sleep, type Timers } from '../timers.ts'
import type { OperatorState } from './operator-state.ts'

/** Between two tries to delete a session whose creation got no answer, ms. */
const UNDO_PAUSE_MS = 2_000

export interface SessionWritesDeps {
  readonly client: KubeClient
  readonly namespace: string
  readonly owner: string
  readonly state: OperatorState
  readonly timers: Timers
  readonly log: Logger
  /** Ends with the provider. */
  readonly signal: AbortSignal
}

export interface SessionWrites {
  /** Makes a session. Rejects with the server's refusal, or `cancelled`; then there is none. */
  create(
    name: string,
    template: Template,
    spec: { readonly displayName?: string; readonly withoutGpu?: boolean; readonly startAhead?: boolean },
    signal?: AbortSignal,
  ): Promise<void>
  /** Changes what is wanted of a session. */
  patch(session: VdiSessionObject, patch: unknown): Promise<void>
  /**
   * Deletes a session, and its home when asked for.
   * @param usual what becomes of the home by its template's word; the person's word goes before it
   */
  remove(session: VdiSessionObject, deleteHome: boolean, usual: 'Retain' | 'Delete' | undefined): Promise<void>
}

export function createSessionWrites(deps: SessionWritesDeps): SessionWrites {
  const { client, namespace, state, timers, log, signal: life } = deps

  const patch = async ({ metadata }: VdiSessionObject, change: unknown): Promise<void> =>
    state.sessions.wrote(await client.patch(VDI_SESSION, metadata.name, namespace, change))

  /** Nobody knows whether it was made: it is deleted until the server says that it is not there. */
  const undo = async (name: string): Promise<void> => {
    for (let tries = 1; ; tries++)
      try {
        return await client.delete(VDI_SESSION, name, namespace)
      } catch (thrown) {
        log.warn('a start could not be taken back yet', { session: name, tries, reason: String(thrown) })
        await sleep(timers, Math.min(UNDO_PAUSE_MS * tries, 30_000), life)
      }
  }

  return {
    patch,
    async create(name, template, spec, signal) {
      if (signal?.aborted) throw new AppError('cancelled')
      const object: KubeObject = {
        apiVersion: `${API_GROUP}/${API_VERSION}`,
        kind: VDI_SESSION.kind,
        // as the operator would, in a request of its own and before anything else
        metadata: { name, namespace, finalizers: [FINALIZER] },
        spec: { templateRef: { name: template.id }, owner: deps.owner, ...spec },
      }
      try {
        // not broken off: an answer that nobody waits for may still be carried out
        state.sessions.wrote(await client.create(VDI_SESSION, object, { fieldManager: FIELD_MANAGER_DESKTOP }))
      } catch (thrown) {
        const isRefused = thrown instanceof ApiError && thrown.status < 500
        if (!isRefused) undo(name).catch(() => undefined) // disposed meanwhile
        throw thrown
      }
      if (!signal?.aborted) return
      undo(name).catch(() => undefined) // disposed meanwhile
      throw new AppError('cancelled')
    },
    async remove(session, deleteHome, usual = 'Retain') {
      const { name, uid } = session.metadata
      const wanted = deleteHome ? 'Delete' : 'Retain'
      if ((session.spec.home?.reclaim ?? usual) !== wanted)
        await patch(session, { spec: { home: { reclaim: wanted } } })
      await client.delete(VDI_SESSION, name, namespace, uid === undefined ? {} : { uid })
    },
  }
}
