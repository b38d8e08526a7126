// Prints the Secret that lets the desktops of a namespace be reached through the relay of manifests/phase-1, for `kubectl apply -f -`.
// A credential of coturn's REST scheme: it ends by itself, so run this again (a timer, a pipeline) before it does. Bad input ends it.
import { createHmac } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isIPv6 } from 'node:net'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { stringify } from 'yaml'
import { RELAY_SECRET } from '../shared/product.ts'
import type { KubeObject } from '../shared/render/types.ts'

const CONFIG = join(import.meta.dirname, '..', 'manifests', 'phase-1', 'relay', 'relay.conf')
const PORT = 3478
const USAGE = `usage: npm run --silent relay-secret -- --user NAME --namespace NAMESPACE --host RELAY [--hours 24] [--config relay.conf]`

export interface RelayGrant {
  /** coturn's shared secret. */
  readonly sharedSecret: string
  /** Whom the relay's quota counts. */
  readonly user: string
  readonly namespace: string
  /** Address of the relay as the person's machine reaches it. */
  readonly host: string
  /** When the credential ends, epoch ms. */
  readonly expires: number
}

/** The Secret. The user name holds the end, in Unix seconds; the credential is its HMAC, so the relay need not know anybody. */
export function relaySecret({ sharedSecret, user, namespace, host, expires }: RelayGrant): KubeObject {
  const seconds = Math.floor(expires / 1000)
  const username = `${seconds}:${user}`
  const server = isIPv6(host) ? `[${host}]` : host
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: RELAY_SECRET, namespace },
    type: 'Opaque',
    stringData: {
      urls: JSON.stringify(['udp', 'tcp'].map((transport) => `turn:${server}:${PORT}?transport=${transport}`)),
      username,
      credential: createHmac('sha1', sharedSecret).update(username).digest('base64'),
      expires: new Date(seconds * 1000).toISOString(),
    },
  }
}

/** The shared secret of a relay.conf. Throws when there is none. */
export function sharedSecretOf(config: string): string {
  const secret = /^[ \t]*static-auth-secret[ \t]*=[ \t]*(\S+)/m.exec(config)?.[1]
  if (secret === undefined) throw new Error('relay.conf has no static-auth-secret')
  return secret
}

if (import.meta.main) {
  const text = { type: 'string' } as const
  const { values } = parseArgs({ options: { user: text, namespace: text, host: text, hours: text, config: text } })
  const { user, namespace, host } = values
  const hours = Number(values.hours ?? '24')
  if (user === undefined || namespace === undefined || host === undefined || !(hours > 0)) {
    console.error(USAGE)
    process.exit(2)
  }
  const sharedSecret = sharedSecretOf(await readFile(values.config ?? CONFIG, 'utf8'))
  const expires = Date.now() + hours * 3_600_000
  const secret = relaySecret({ sharedSecret, user, namespace, host, expires })
  // quoted: a time or a number that YAML would take for one must stay a text
  process.stdout.write(stringify(secret, { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' }))
}
