// One leader among several replicas, by a Lease that it renews and the others watch grow old.
// Policy: whether a lease has expired is judged by how long it has not changed here, never by comparing clocks. Who cannot renew in time is no
// leader any more, before anybody else may become one; who has lost does not run again. A moment with two leaders must still be harmless.
import { REAL_TIMERS, sleep, type Timers } from './retry-budget.ts'
import { ApiError, LEASE, type KubeClient, type KubeObject } from './types.ts'

export interface LeaderElectionOptions {
  readonly client: Pick<KubeClient, 'get' | 'create' | 'replace'>
  readonly namespace: string
  /** Of the Lease. */
  readonly name: string
  /** Who this is, unlike any other, restarts of the same pod included: `<pod>_<uuid>`. */
  readonly identity: string
  /** Whether a holder is known to have ended: nobody has to wait for its lease to expire. Never true of one that may still run. */
  readonly isGone?: ((holder: string) => boolean) | undefined
  /** Not renewed for so long, the lease is anybody's. Default 15. */
  readonly leaseSeconds?: number | undefined
  /** Not renewed for so long, the leader gives up. Less than `leaseSeconds`. Default 10. */
  readonly renewSeconds?: number | undefined
  /** Between two tries. Default 2. */
  readonly retrySeconds?: number | undefined
  readonly timers?: Timers | undefined
  /** 0 to 1, for the jitter. */
  readonly random?: (() => number) | undefined
  /** Called once, when this becomes the leader. */
  onElected(): void
  /** Called once, when it is the leader no more, unless it stopped: the process has to end. */
  onLost(): void
  /** Told of each try that failed. */
  readonly onError?: ((error: unknown) => void) | undefined
}

export interface LeaderElection {
  /** Whether this is the leader, as of now: a process that slept too long is none, even before it was told. */
  readonly isLeader: boolean
  /** The leader's identity as far as is known; '' when there is none. */
  readonly holder: string
  /** Ends; a leader gives the lease back, so that another needs not wait. Stop its work first. */
  stop(): Promise<void>
}

/** Runs for leader at once, and goes on until it stops or has lost. The numbers are client-go's. */
export function createLeaderElection(options: LeaderElectionOptions): LeaderElection {
  const { client, namespace, name, identity, leaseSeconds = 15 } = options
  const timers = options.timers ?? REAL_TIMERS
  const random = options.random ?? Math.random
  const renewMs = (options.renewSeconds ?? 10) * 1000
  const retryMs = (options.retrySeconds ?? 2) * 1000
  const ended = new AbortController()
  /** The lease as it was last read or written, and since when its record is the same, by our clock. */
  let seen: { readonly lease: KubeObject; readonly record: string; readonly since: number } | undefined
  /** The leader's last renewal, counted from before it was asked for: until then nobody can have begun to wait for it to expire. */
  let renewedAt: number | undefined
  let cancelDeadline: (() => void) | undefined
  let hasLost = false
  const running = run()

  return {
    get isLeader() {
      return renewedAt !== undefined && timers.now() - renewedAt < renewMs
    },
    get holder() {
      return seen ? holderOf(seen.lease) : ''
    },
    stop: async () => {
      ended.abort()
      // a try under way may still win the lease; what is won has to be given back
      await running
      cancelDeadline?.()
      if (renewedAt === undefined || !seen) return
      renewedAt = undefined
      // not given back, it expires
      await limited((signal) => client.replace(LEASE, released(), signal)).catch((error) => options.onError?.(error))
    },
  }

  async function run(): Promise<void> {
    while (!ended.signal.aborted) {
      const startedAt = timers.now()
      try {
        const outcome = await limited(hold)
        // an answer that came too late changes nothing any more
        if (hasLost) return
        if (outcome === 'held') renewed(startedAt)
        else lose()
      } catch (error) {
        options.onError?.(error)
      }
      // ends with the election, which the loop sees
      await sleep(pause(), ended.signal, timers).catch(() => undefined)
    }
  }

  /** Takes or renews the lease. @returns whose it is now @throws ApiError, AppError when that is not known */
  async function hold(signal: AbortSignal): Promise<'held' | 'taken'> {
    if (renewedAt !== undefined && seen) {
      try {
        see(await client.replace(LEASE, held(seen.lease), signal))
        return 'held'
      } catch (error) {
        // somebody changed or deleted it: look
        if (!isStatus(error, 409) && !isStatus(error, 404)) throw error
      }
    }
    const present = await read(signal)
    if (!present) {
      see(await client.create(LEASE, held(undefined), { signal }))
      return 'held'
    }
    see(present)
    if (timers.now() < freeAt()) return 'taken'
    see(await client.replace(LEASE, held(present), signal))
    return 'held'
  }

  async function read(signal: AbortSignal): Promise<KubeObject | undefined> {
    try {
      return await client.get(LEASE, name, namespace, signal)
    } catch (error) {
      if (isStatus(error, 404)) return undefined
      throw error
    }
  }

  function see(lease: KubeObject): void {
    const record = JSON.stringify(specOf(lease))
    seen = { lease, record, since: seen?.record === record ? seen.since : timers.now() }
  }

  /** When the lease may be taken, by our clock. */
  function freeAt(): number {
    const holder = seen ? holderOf(seen.lease) : ''
    if (!seen || holder === '' || holder === identity || options.isGone?.(holder)) return -Infinity
    const seconds = specOf(seen.lease)['leaseDurationSeconds']
    return seen.since + (typeof seconds === 'number' ? seconds : leaseSeconds) * 1000
  }

  function renewed(at: number): void {
    const isNews = renewedAt === undefined && !ended.signal.aborted
    renewedAt = at
    cancelDeadline?.()
    cancelDeadline = timers.after(Math.max(0, at + renewMs - timers.now()), lose)
    if (isNews) options.onElected()
  }

  function lose(): void {
    if (renewedAt === undefined) return
    hasLost = true
    renewedAt = undefined
    cancelDeadline?.()
    const isNews = !ended.signal.aborted
    ended.abort()
    if (isNews) options.onLost()
  }

  /** Before the next try, ms. Others try as soon as the lease may be free: it is what a takeover waits for. */
  function pause(): number {
    if (renewedAt !== undefined) return retryMs
    const usual = retryMs * (1 + random() / 5)
    const left = freeAt() - timers.now()
    return left > 0 ? Math.min(usual, left) : usual
  }

  /** Half of the time in which a leader must have renewed: a try that hangs leaves room for another. */
  async function limited<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const limit = new AbortController()
    // said as a timeout, so that the next try does not wait on the same connection
    const late = new DOMException(`no answer for the lease within ${renewMs / 2000} s`, 'TimeoutError')
    const cancel = timers.after(renewMs / 2, () => limit.abort(late))
    try {
      return await ask(limit.signal)
    } catch (error) {
      throw limit.signal.aborted ? new Error(late.message) : error
    } finally {
      cancel()
    }
  }

  function held(before: KubeObject | undefined): KubeObject {
    const record = before ? specOf(before) : {}
    const isRenewal = record['holderIdentity'] === identity
    const changes = Number(record['leaseTransitions'] ?? 0)
    const now = microTime(timers.now())
    return leaseWith(before, {
      ...record,
      holderIdentity: identity,
      leaseDurationSeconds: leaseSeconds,
      acquireTime: isRenewal ? record['acquireTime'] : now,
      renewTime: now,
      leaseTransitions: isRenewal || !before ? changes : changes + 1,
    })
  }

  function released(): KubeObject {
    const now = microTime(timers.now())
    const record = seen ? specOf(seen.lease) : {}
    const spec = { ...record, holderIdentity: '', leaseDurationSeconds: 1, acquireTime: now, renewTime: now }
    return leaseWith(seen?.lease, spec)
  }

  function leaseWith(before: KubeObject | undefined, spec: object): KubeObject {
    const apiVersion = `${LEASE.group}/${LEASE.version}`
    return { ...before, apiVersion, kind: LEASE.kind, metadata: before?.metadata ?? { name, namespace }, spec }
  }
}

/** @param at epoch ms @returns RFC 3339 with the six digits that a MicroTime must have */
export function microTime(at: number): string {
  return new Date(at).toISOString().replace('Z', '000Z')
}

function specOf(lease: KubeObject): Readonly<Record<string, unknown>> {
  const spec = lease['spec']
  return typeof spec === 'object' && spec !== null ? (spec as Readonly<Record<string, unknown>>) : {}
}

function holderOf(lease: KubeObject): string {
  const holder = specOf(lease)['holderIdentity']
  return typeof holder === 'string' ? holder : ''
}

function isStatus(error: unknown, status: number): boolean {
  return error instanceof ApiError && error.status === status
}
