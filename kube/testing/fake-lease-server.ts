// A Lease as an API server keeps it, with optimistic writes, for tests of who leads: answers may be late, lost, refused or never come.
import type { KubeClient, KubeObject } from '../types.ts'
import { ApiError } from '../types.ts'
import { AppError } from '../../shared/errors.ts'
import type { Timers } from '../retry-budget.ts'

/** What happens to one request: `lost-answer` is carried out, but the answer does not arrive. */
export type LeaseFault = 'refuse' | 'lost-answer' | 'silence' | undefined

export interface FakeLeaseServer {
  /** The Lease as it stands. */
  lease: KubeObject | undefined
  /** Writes that were carried out, oldest first. */
  readonly writes: KubeObject[]
  /** How long an answer takes, ms. */
  latencyMs: () => number
  fault: () => LeaseFault
  /** A client of its own for each replica; cut off, none of its requests gets anywhere. */
  client(): Pick<KubeClient, 'get' | 'create' | 'replace'> & { cutOff: boolean }
}

export function createFakeLeaseServer(timers: Timers): FakeLeaseServer {
  let version = 0
  const server: FakeLeaseServer = {
    lease: undefined,
    writes: [],
    latencyMs: () => 0,
    fault: () => undefined,
    client: () => {
      const ask = async (signal: AbortSignal | undefined, carryOut: () => KubeObject): Promise<KubeObject> => {
        const latency = server.latencyMs()
        const fault = client.cutOff ? 'silence' : server.fault()
        if (fault === 'silence') return await wait(Infinity, signal)
        await wait(latency / 2, signal)
        if (fault === 'refuse') throw new ApiError(503, '', 'not now')
        const answer = carryOut()
        await wait(fault === 'lost-answer' ? Infinity : latency / 2, signal)
        return answer
      }
      const client = {
        cutOff: false,
        get: (_resource: unknown, name: string, _namespace?: string, signal?: AbortSignal) =>
          ask(signal, () => {
            if (!server.lease) throw new ApiError(404, 'NotFound', `leases "${name}" not found`)
            return server.lease
          }),
        create: (_resource: unknown, object: KubeObject, options?: { readonly signal?: AbortSignal | undefined }) =>
          ask(options?.signal, () => {
            if (server.lease) throw new ApiError(409, 'AlreadyExists', 'it exists')
            return write(object)
          }),
        replace: (_resource: unknown, object: KubeObject, signal?: AbortSignal) =>
          ask(signal, () => {
            if (!server.lease) throw new ApiError(404, 'NotFound', 'it is gone')
            if (object.metadata.resourceVersion !== server.lease.metadata.resourceVersion) {
              throw new ApiError(409, 'Conflict', 'it has changed')
            }
            return write(object)
          }),
      }
      return client
    },
  }
  return server

  function write(object: KubeObject): KubeObject {
    version += 1
    server.lease = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } }
    server.writes.push(server.lease)
    return server.lease
  }

  function wait(ms: number, signal: AbortSignal | undefined): Promise<never> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(new AppError('cancelled'))
      signal?.addEventListener('abort', () => reject(new AppError('cancelled')))
      if (ms === Infinity) return
      if (ms === 0) resolve(undefined as never)
      else timers.after(ms, () => resolve(undefined as never))
    })
  }
}
