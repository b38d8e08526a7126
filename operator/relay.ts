// The relay's shared secret: read from the platform's namespace, made where there is none, rotated when an admin asks.
// Policy: it never leaves this process but as credentials minted from it (session/relay-credential.ts). While it cannot be read there is no relay, and starts go on without.
import { createReflector } from '../kube/reflector.ts'
import type { Timers } from '../kube/retry-budget.ts'
import { ApiError, SECRET, type KubeClient, type KubeObject } from '../kube/types.ts'
import { API_GROUP, FIELD_MANAGER_OPERATOR } from '../shared/product.ts'
import type { OperatorConfig } from './config.ts'
import type { Logger } from './log.ts'
import type { Fresh } from './session/observed.ts'

/** An admin asks for a new secret by setting this to another value (a date, say). */
export const ROTATE = `${API_GROUP}/rotate`
/** What of the above was done, and when, RFC 3339. */
const ROTATED = `${API_GROUP}/rotated`
const ROTATED_AT = `${API_GROUP}/rotated-at`

/**
 * What is to be done with the relay's Secret: make it, take the next secret into it, or drop the one that nobody can hold any more.
 * @param found undefined when there is none
 * @param now epoch ms
 * @param next a new random secret
 * @returns undefined when it is as it should be
 */
export function planRelaySecret(
  found: KubeObject | undefined,
  config: OperatorConfig['relay'],
  namespace: string,
  now: number,
  next: string,
): KubeObject | undefined {
  if (config.urls.length === 0) return undefined
  const annotations = found?.metadata.annotations ?? {}
  const data = dataOf(found)
  const made = (fields: Readonly<Record<string, string>>, more: Readonly<Record<string, string>>): KubeObject => ({
    ...(found ?? { apiVersion: 'v1', kind: 'Secret', type: 'Opaque' }),
    metadata: {
      ...(found?.metadata ?? { name: config.secretName, namespace, labels: { [`${API_GROUP}/relay`]: 'true' } }),
      annotations: { ...annotations, ...more },
    },
    data: fields,
  })
  const asked = annotations[ROTATE] ?? ''
  const at = { [ROTATED]: asked, [ROTATED_AT]: new Date(now).toISOString() }
  const secret = data['secret']
  // none, or taken out by an admin: what was minted with it ends with it
  if (!secret) return made({ ...data, secret: btoa(next) }, at)
  if (asked !== '' && asked !== (annotations[ROTATED] ?? ''))
    return made({ ...data, previous: secret, secret: btoa(next) }, at)
  const rotatedAt = Date.parse(annotations[ROTATED_AT] ?? '')
  if (data['previous'] === undefined || !(now > rotatedAt + config.ttlSeconds * 1000)) return undefined
  const { previous: _, ...rest } = data
  return made(rest, {})
}

export interface Relay {
  /** What a start mints from; undefined while there is no relay. */
  readonly current: Fresh['relay']
  /** Looks after the Secret from now on: the leader's work. */
  lead(): void
  stop(): void
}

export interface RelayDeps {
  readonly client: KubeClient
  readonly config: OperatorConfig['relay']
  readonly namespace: string
  readonly timers: Timers
  /** @returns a new secret of one line */
  readonly newSecret: () => string
  /** The secret is another one: sessions want to know. */
  readonly onChange: () => void
  readonly log: Logger
}

/** Between two looks at deadlines, ms. */
const LOOK_MS = 600_000
/** After a write that failed, ms. */
const AGAIN_MS = 10_000

/** Starts reading the Secret, where the settings name a relay. */
export function createRelay(deps: RelayDeps): Relay {
  const { client, config, namespace, timers, newSecret, onChange, log } = deps
  if (config.urls.length === 0) return { current: undefined, lead: () => undefined, stop: () => undefined }
  const reflector = createReflector(client, SECRET, {
    namespace,
    fieldSelector: `metadata.name=${config.secretName}`,
    timers,
  })
  let leading = false
  let stopped = false
  let writing = false
  let cancel: () => void = () => undefined
  let last: string | undefined

  reflector.onObject(() => {
    const secret = secretOf()
    if (secret !== last) {
      last = secret
      onChange()
    }
    void look()
  })

  return {
    get current() {
      const secret = secretOf()
      return secret === undefined ? undefined : { urls: config.urls, secret, ttlSeconds: config.ttlSeconds }
    },
    lead: () => {
      leading = true
      // an empty cache is no reason to make a new one
      reflector.synced.then(look, () => undefined)
    },
    stop: () => {
      stopped = true
      cancel()
      reflector.stop()
    },
  }

  function secretOf(): string | undefined {
    const text = dataOf(reflector.get(config.secretName, namespace))['secret']
    return text ? atob(text) : undefined
  }

  async function look(): Promise<void> {
    if (!leading || stopped || writing) return
    writing = true
    cancel()
    let wait = LOOK_MS
    try {
      const found = reflector.get(config.secretName, namespace)
      const wanted = planRelaySecret(found, config, namespace, timers.now(), newSecret())
      if (wanted !== undefined) {
        const answer = found
          ? await client.patch(SECRET, config.secretName, namespace, changeOf(found, wanted))
          : await client.create(SECRET, wanted, { fieldManager: FIELD_MANAGER_OPERATOR })
        log.info("the relay's Secret was written", { name: config.secretName })
        reflector.wrote(answer)
      }
    } catch (error) {
      wait = AGAIN_MS
      // another version came in between: its event leads here again
      if (!(error instanceof ApiError && error.status === 409))
        log.warn("the relay's Secret could not be written", { error })
    } finally {
      writing = false
      if (!stopped) cancel = timers.after(wait, () => void look())
    }
  }
}

/** With the version it was read at: a rotation that somebody else began is not lost. */
function changeOf(found: KubeObject, wanted: KubeObject): unknown {
  const gone = Object.keys(dataOf(found)).filter((key) => !(key in dataOf(wanted)))
  const { resourceVersion } = found.metadata
  return {
    metadata: { ...(resourceVersion !== undefined && { resourceVersion }), annotations: wanted.metadata.annotations },
    data: { ...dataOf(wanted), ...Object.fromEntries(gone.map((key) => [key, null])) },
  }
}

function dataOf(secret: KubeObject | undefined): Readonly<Record<string, string>> {
  return (secret?.['data'] ?? {}) as Readonly<Record<string, string>>
}
