// "Check the connection": every hop between this window and the desktop's picture by itself, so that the one that fails has a name.
// Policy: it looks and changes nothing; the shown picture goes on. Each hop that fails says what to do, or whom to ask.
import { pathWords, relayServers, waysOf, type IcePath } from './transport/paths.ts'
import { isCredential, relayAddresses, type RelayAddress, type RelayAnswer } from './transport/relay-check.ts'
import type { ProbeVerdict } from './transport/way-probe.ts'
import type { ProbeResult } from './desktop-api.ts'
import type { Door } from '../../../shared/domain/session.ts'
import type { AppErrorView } from '../../../shared/errors.ts'
import { number, t, text, translated } from '../../ui/translate.ts'

export type HopState = 'waiting' | 'running' | 'ok' | 'failed' | 'skipped'

export interface Hop {
  readonly id: string
  readonly name: string
  readonly state: HopState
  /** What was found. */
  readonly detail: string
  /** What to do; empty where nothing has to be done. */
  readonly next: string
}

/** What the check asks with. */
export interface CheckTools {
  openDoor(): Promise<{ readonly door: Door } | { readonly error: AppErrorView }>
  closeDoor(door: Door): void
  probe(door: Door, signal: AbortSignal): Promise<ProbeResult>
  askRelay(address: RelayAddress, signal: AbortSignal): Promise<RelayAnswer>
  tryWays(door: Door, paths: ReadonlySet<IcePath>, signal: AbortSignal): Promise<ProbeVerdict>
  /** Monotonic ms. */
  now(): number
}

const WAYS = ['direct', 'node', 'tunnel'] as const
const NAMES: Readonly<Record<(typeof WAYS)[number], string>> = {
  direct: text('The desktop’s own address'),
  node: text('The node’s UDP port'),
  tunnel: text('Through the cluster (TCP)'),
}
const NEXT: Readonly<Record<(typeof WAYS)[number], string>> = {
  direct: text('Only networks that reach pods have this way. Nothing is wrong without it.'),
  node: text('Ask your network team to let UDP through to the cluster’s nodes, ports 30000 to 32767.'),
  tunnel: text(
    'Your admin’s API server or a network policy stops it: ask them about port-forward and the desktop’s media port.',
  ),
}

/**
 * Checks hop by hop.
 * @param onHops told all hops at each change
 * @returns them at the end
 * @throws the signal's reason
 */
export async function checkConnection(
  tools: CheckTools,
  signal: AbortSignal,
  onHops: (hops: readonly Hop[]) => void,
): Promise<readonly Hop[]> {
  const hops = new Map<string, Hop>()
  const tell = (id: string, name: string, state: HopState, detail = '', next = ''): void => {
    hops.set(id, { id, name, state, detail, next })
    onHops([...hops.values()])
  }
  const timed = async <T>(work: () => Promise<T>): Promise<readonly [T, string]> => {
    const began = tools.now()
    const value = await work()
    return [value, ms(tools.now() - began)]
  }

  tell('door', t('Door to the cluster'), 'running')
  tell('server', t('The desktop’s server'), 'waiting')
  const [opened, doorMs] = await timed(() => tools.openDoor())
  signal.throwIfAborted()
  if ('error' in opened) {
    tell(
      'door',
      t('Door to the cluster'),
      'failed',
      translated(opened.error.sentence),
      translated(opened.error.nextStep),
    )
    tell('server', t('The desktop’s server'), 'skipped', t('Not asked: there is no door.'))
    return [...hops.values()]
  }
  const { door } = opened
  try {
    tell('door', t('Door to the cluster'), 'ok', doorMs)
    const mode = await checkServer(door)
    await checkRelays(door)
    await checkWays(door, mode)
    checkSocket(door, mode)
    return [...hops.values()]
  } finally {
    tools.closeDoor(door)
  }

  /** @returns the mode that it speaks; null when it does not answer */
  async function checkServer(to: Door): Promise<'webrtc' | 'websockets' | 'older' | null> {
    const name = t('The desktop’s server')
    tell('server', name, 'running')
    const [{ probed, refusal }, time] = await timed(() => tools.probe(to, signal))
    signal.throwIfAborted()
    if (probed.kind === 'selkies2' && probed.mode !== null) {
      tell(
        'server',
        name,
        'ok',
        probed.mode === 'webrtc' ? t('{time}, speaks WebRTC', { time }) : t('{time}, speaks WebSocket', { time }),
      )
      return probed.mode
    }
    if (probed.kind === 'selkies1') {
      tell('server', name, 'ok', t('{time}, Selkies 1.6', { time }))
      return 'older'
    }
    const detail =
      refusal ?? (probed.kind === 'selkies2' ? t('It changes its mode right now.') : t('It does not answer.'))
    tell('server', name, 'failed', detail, t('Wait a moment. If it stays so, restart the desktop: its home is kept.'))
    return null
  }

  async function checkRelays(to: Door): Promise<void> {
    if (to.forbidden?.includes('relay') === true)
      return tell('relay', t('Relay'), 'skipped', t('This desktop’s template forbids it.'))
    const addresses = relayAddresses(relayServers(to, new Set(waysOf('relay'))))
    if (addresses.length === 0)
      return tell(
        'relay',
        t('Relay'),
        'skipped',
        translated(to.relayNote ?? text('No relay is set up.')),
        t('Your admin can set one up.'),
      )
    await Promise.all(addresses.map((address) => checkRelay(address)))
  }

  async function checkRelay(address: RelayAddress): Promise<void> {
    const [id, name] = [
      `relay ${address.url}`,
      t('{relay} ({address})', { relay: pathWords('relay', address.transport), address: address.name }),
    ]
    tell(id, name, 'running')
    const answer = await tools.askRelay(address, signal)
    signal.throwIfAborted()
    if (answer.kind === 'ok') return tell(id, name, 'ok', ms(answer.ms))
    if (answer.kind === 'refused') {
      const next = isCredential(answer)
        ? t('Its secret and the cluster’s differ, or a clock is wrong: tell your admin.')
        : t('Tell your admin.')
      return tell(id, name, 'failed', t('It answers and refuses ({code}).', { code: String(answer.code) }), next)
    }
    const next =
      address.transport === 'tls'
        ? t('Ask your network team to let it through, or your admin for a certificate that this machine trusts.')
        : t('Ask your network team to let it through.')
    return tell(id, name, 'failed', t('No answer.'), next)
  }

  async function checkWays(to: Door, mode: 'webrtc' | 'websockets' | 'older' | null): Promise<void> {
    for (const way of WAYS) {
      const skipped = whyNot(to, way, mode)
      if (skipped === null) await checkWay(to, way, translated(NAMES[way]), new Set([way]), translated(NEXT[way]))
      else tell(way, translated(NAMES[way]), 'skipped', skipped)
    }
    // an answer to this machine says nothing about the other side of the relay
    const answering = [...hops.values()].some(({ id, state }) => id.startsWith('relay ') && state === 'ok')
    if (answering && mode === 'webrtc')
      await checkWay(
        to,
        'relayed',
        t('From the relay to the desktop'),
        new Set(waysOf('relay')),
        t('The relay may not reach the pods: ask your admin about its allowed peers and the network policies.'),
      )
  }

  async function checkWay(to: Door, id: string, name: string, ways: ReadonlySet<IcePath>, next: string): Promise<void> {
    tell(id, name, 'running')
    const verdict = await tools.tryWays(to, ways, signal)
    signal.throwIfAborted()
    switch (verdict.kind) {
      case 'works':
        return tell(
          id,
          name,
          'ok',
          verdict.rttMs === null ? t('Works') : t('{value} ms there and back', { value: number(verdict.rttMs, 1) }),
        )
      case 'signalling':
        return tell(
          id,
          name,
          'failed',
          t('Signalling: {sentence}', { sentence: translated(verdict.sentence) }),
          t('Something between here and the desktop may block WebSockets: ask your network team.'),
        )
      case 'no-answer':
        return tell(id, name, 'failed', t('No answer.'), next)
    }
  }

  function checkSocket(to: Door, mode: 'webrtc' | 'websockets' | 'older' | null): void {
    const name = t('WebSocket')
    if (to.forbidden?.includes('websocket') === true)
      return tell('websocket', name, 'skipped', t('This desktop’s template forbids it.'))
    if (mode === 'older' || to.transport === 'webrtc')
      return tell('websocket', name, 'skipped', t('This desktop has none.'))
    if (mode === null) return tell('websocket', name, 'skipped', t('The desktop’s server does not answer.'))
    return tell(
      'websocket',
      name,
      'ok',
      mode === 'websockets' ? t('In use now') : t('Can be switched to when nothing else works'),
    )
  }
}

/** Why a way is not tried; null when it is. */
function whyNot(door: Door, way: (typeof WAYS)[number], mode: 'webrtc' | 'websockets' | 'older' | null): string | null {
  if (door.forbidden?.includes(way) === true) return t('This desktop’s template forbids it.')
  if (way !== 'direct' && !door.candidates.some(({ path }) => path === way)) return t('This desktop does not have it.')
  if (mode === 'webrtc') return null
  if (mode === null) return t('The desktop’s server does not answer.')
  return mode === 'older'
    ? t('Selkies 1.6 is not tried beside its picture.')
    : t('Not tried while the desktop speaks WebSocket.')
}

function ms(value: number): string {
  return t('{value} ms', { value: number(value, 0) })
}
