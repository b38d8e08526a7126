// The relay in the pod of a Selkies 1.6 desktop. That server sends its media from any UDP port, so nothing could lead there; a TURN server
// beside it listens on the media port instead: for the node's UDP port on the pod's address, for a port-forward on loopback.
// Policy: it relays to its own pod alone and asks for a credential, which ends with the session and is not the desktop's password.
import { base32 } from '../domain/hash.ts'
import { sha256 } from '../domain/sha256.ts'
import { DEFAULT_RELAY_IMAGE, MEDIA_PORT } from '../product.ts'
import type { RenderInput } from './render-input.ts'
import { POD_IP, SIDE_SECURITY } from './side-container.ts'

export const MEDIA_RELAY = {
  user: 'desktop',
  /** Its credential and its configuration in the access Secret. */
  secretKey: 'media-relay',
  configKey: 'turnserver.conf',
} as const

const FOLDER = '/etc/media-relay'

/** Whether a session's pod has one. */
export function hasMediaRelay({ template }: Pick<RenderInput, 'template'>): boolean {
  return template.spec.streaming.generation === 'selkies1'
}

/** Entries of the access Secret, base64. */
export function mediaRelayData(input: RenderInput): Readonly<Record<string, string>> {
  if (!hasMediaRelay(input)) return {}
  const credential = base32(sha256(`media-relay ${input.secrets.password}`))
  return {
    [MEDIA_RELAY.secretKey]: btoa(credential),
    [MEDIA_RELAY.configKey]: btoa(relayConfig(credential)),
  }
}

/** An argument could be read by everybody who sees the node's processes; a file can not. */
function relayConfig(credential: string): string {
  return [
    `listening-port=${MEDIA_PORT}`,
    'realm=desktop',
    'lt-cred-mech',
    `user=${MEDIA_RELAY.user}:${credential}`,
    'fingerprint',
    'no-cli',
    'no-tls',
    'no-dtls',
    'no-multicast-peers',
    'no-stun-backward-compatibility',
    'userdb=/tmp/turn.sqlite',
    'pidfile=/tmp/turn.pid',
    'log-file=stdout',
    'simple-log',
    'denied-peer-ip=0.0.0.0-255.255.255.255',
    'denied-peer-ip=::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    '',
  ].join('\n')
}

/** The container. What depends on the pod's address comes as arguments; none of it is secret. */
export function mediaRelayContainer(name: string, { platform }: RenderInput): Readonly<Record<string, unknown>> {
  return {
    name,
    image: platform.relayImage ?? DEFAULT_RELAY_IMAGE,
    imagePullPolicy: 'IfNotPresent',
    args: [
      `-c`,
      `${FOLDER}/${MEDIA_RELAY.configKey}`,
      '--listening-ip=127.0.0.1',
      '--listening-ip=$(POD_IP)',
      '--relay-ip=$(POD_IP)',
      '--allowed-peer-ip=$(POD_IP)',
    ],
    ports: [{ name: 'media', containerPort: MEDIA_PORT, protocol: 'UDP' }],
    env: [POD_IP],
    securityContext: SIDE_SECURITY,
    resources: { requests: { cpu: '10m', memory: '24Mi' }, limits: { cpu: '1', memory: '128Mi' } },
    volumeMounts: [
      { name: 'media-relay', mountPath: FOLDER, readOnly: true },
      { name: 'media-relay-tmp', mountPath: '/tmp' },
    ],
  }
}

/** Its volumes: no other container sees them. */
export function mediaRelayVolumes(secretName: string): readonly Readonly<Record<string, unknown>>[] {
  const { configKey } = MEDIA_RELAY
  return [
    {
      name: 'media-relay',
      secret: { secretName, defaultMode: 0o440, items: [{ key: configKey, path: configKey }] },
    },
    { name: 'media-relay-tmp', emptyDir: { sizeLimit: '16Mi' } },
  ]
}
