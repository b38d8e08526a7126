// Asks relays for an allocation, with no desktop in it: tells whether a relay answers and takes the credential, and by which transport.
// Policy: what a browser keeps to itself (certificates, DNS) is told as no answer; nothing is left behind.
import { relayTransport, type RelayTransport } from '../../../../shared/domain/media.ts'
import { relayName } from './paths.ts'

/** What came of asking one address of a relay. */
export type RelayAnswer =
  | { readonly kind: 'ok'; readonly ms: number }
  /** It answered and refused: 401 and 403 are the credential's. Source: RFC 8656. */
  | { readonly kind: 'refused'; readonly code: number }
  /** Nothing came back: blocked, away, or (TLS) a certificate that this machine does not trust. */
  | { readonly kind: 'silent' }

export interface RelayAddress {
  readonly url: string
  /** Host and port. */
  readonly name: string
  readonly transport: RelayTransport
  readonly username?: string
  readonly credential?: string
}

/** Browsers say 701 for a server that cannot be reached. Source: W3C WebRTC, RTCPeerConnectionIceErrorEvent. */
const UNREACHABLE = 701
const CREDENTIAL_CODES: readonly number[] = [401, 403, 438]

/** Every address of some relays, each by itself. */
export function relayAddresses(servers: readonly RTCIceServer[]): readonly RelayAddress[] {
  return servers.flatMap(({ urls, username, credential }) =>
    [urls].flat().flatMap((url) => {
      const transport = relayTransport(url)
      if (transport === null) return []
      return [
        {
          url,
          name: relayName(url),
          transport,
          ...(username === undefined ? {} : { username }),
          ...(credential === undefined ? {} : { credential }),
        },
      ]
    }),
  )
}

/** Whether a refusal is that of an old credential: a fresh one may help. */
export function isCredential(answer: RelayAnswer): boolean {
  return answer.kind === 'refused' && CREDENTIAL_CODES.includes(answer.code)
}

/**
 * Asks one address.
 * @param withinMs patience; lost UDP packets are sent again by the browser meanwhile
 * @returns never rejects, but with the signal's reason
 */
export async function askRelay(address: RelayAddress, withinMs: number, signal: AbortSignal): Promise<RelayAnswer> {
  signal.throwIfAborted()
  const { url, username = '', credential = '' } = address
  const began = performance.now()
  const peer = new RTCPeerConnection({ iceServers: [{ urls: url, username, credential }], iceTransportPolicy: 'relay' })
  const { promise, resolve, reject } = Promise.withResolvers<RelayAnswer>()
  const timer = setTimeout(() => resolve({ kind: 'silent' }), withinMs)
  const give = () => reject(signal.reason as Error)
  signal.addEventListener('abort', give, { once: true })
  let refusal: RelayAnswer | null = null
  peer.addEventListener('icecandidate', ({ candidate }) => {
    if (candidate === null || candidate.candidate === '') return
    if (candidate.candidate.includes(' typ relay')) resolve({ kind: 'ok', ms: performance.now() - began })
  })
  peer.addEventListener('icecandidateerror', ({ errorCode }) => {
    if (errorCode !== UNREACHABLE && errorCode >= 300) refusal = { kind: 'refused', code: errorCode }
    // several of this machine's addresses ask: one refusal says it for all, a silent one may yet be followed by an answer
    if (refusal !== null) resolve(refusal)
  })
  peer.addEventListener('icegatheringstatechange', () => {
    if (peer.iceGatheringState === 'complete') resolve(refusal ?? { kind: 'silent' })
  })
  try {
    peer.createDataChannel('check')
    await peer.setLocalDescription()
    return await promise
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', give)
    peer.close()
  }
}

/** A new question this often while none is answered, ms: a relay that comes back is seen that soon. */
const ASK_EVERY_MS = 600
const ASK_WITHIN_MS = 5000

/**
 * Waits until one of the relays answers. Used where nothing but relays may be taken: a connection that is begun before that would have
 * to be given up again, and each costs the desktop a peer.
 * @returns `credential` when they answer and refuse the credential: fresh ones must be fetched
 */
export async function untilRelay(
  addresses: readonly RelayAddress[],
  signal: AbortSignal,
  ask: typeof askRelay = askRelay,
): Promise<'answers' | 'credential'> {
  const done = new AbortController()
  const over = AbortSignal.any([signal, done.signal])
  const { promise, resolve, reject } = Promise.withResolvers<'answers' | 'credential'>()
  const round = () => {
    for (const address of addresses)
      ask(address, ASK_WITHIN_MS, over)
        .then((answer) => {
          if (answer.kind === 'ok') resolve('answers')
          else if (isCredential(answer)) resolve('credential')
          return undefined
        })
        .catch(() => {
          // called off, or a relay's address that the browser does not take: the others go on
        })
  }
  const timer = setInterval(round, ASK_EVERY_MS)
  const give = () => reject(signal.reason as Error)
  if (signal.aborted) give()
  signal.addEventListener('abort', give, { once: true })
  round()
  try {
    return await promise
  } finally {
    clearInterval(timer)
    signal.removeEventListener('abort', give)
    done.abort()
  }
}
