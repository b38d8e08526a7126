// Keeps a desktop connected: opens the door, asks the mode, connects, and after each loss does what the reconnect machine says.
// Policy: it goes on for as long as the session runs; only a person, another page or the session's end stops it.
import { assertNever } from '../../../shared/assert-never.ts'
import type { Door } from '../../../shared/domain/session.ts'
import { createDesktopApi } from './desktop-api.ts'
import type { Connection, ConnectionOptions } from './connection-shape.ts'
import type { CarrierMode } from './mode-choice.ts'
import { createDoorKeeper } from './door-keeper.ts'
import { pause } from './pause.ts'
import { triedWays } from './path-choice.ts'
import { settleMode } from './settle-mode.ts'
import { availablePaths, onlyRelays, relayServers, usablePaths, type IcePath } from './transport/paths.ts'
import { afterLoss, FRESH, recovered, renewed, silentPaths, type ReconnectState } from './transport/reconnect.ts'
import { relayAddresses, untilRelay } from './transport/relay-check.ts'
import type { Loss, Transport } from './transport/transport.ts'
import type { Tried } from './viewer-state.ts'
import { t } from '../../ui/translate.ts'

/** Relays that stay away this long are given up where something else may be used, ms. */
const RELAY_WITHIN_MS = 10_000
/** Signs that the network is back come in bursts, ms. */
const WAKE_EVERY_MS = 500

/** Makes a connection; nothing happens before `start`. */
export function createConnection(options: ConnectionOptions): Connection {
  const { bridge, sessionId } = options
  const doors = createDoorKeeper({ bridge, sessionId, now: () => Date.now() })
  let run = new AbortController()
  let transport: Transport | null = null
  let state: ReconnectState = FRESH
  /** Between `start` and an end or a question. */
  let active = false
  let noPath = false
  let carrier: CarrierMode | null = null
  let mayDisturb = false
  let everConnected = false
  let offline = false
  let pictured = false
  let since = performance.now()
  let wokeAt = -Infinity
  /** A second connection is on its way. */
  let handing = false
  /** Ways of the next attempt alone. */
  let once: ReadonlySet<IcePath> | null = null

  const wanted = () => options.paths()
  const usableNow = (): ReadonlySet<IcePath> =>
    doors.door === null
      ? new Set()
      : usablePaths(wanted(), availablePaths(doors.door), silentPaths(state, performance.now()))
  const mayWebSocket = () => options.mayWebSocket() && doors.door?.forbidden?.includes('websocket') !== true
  const status = (because: string, usable: ReadonlySet<IcePath> = new Set()) => {
    const doing = offline ? t('This computer is offline.') : because
    options.onStatus(
      everConnected
        ? {
            kind: 'reconnecting',
            because: doing,
            sinceMs: since,
            tried: tried(usable),
            forced: !options.mayWebSocket(),
          }
        : { kind: 'connecting', doing, sinceMs: since },
    )
  }
  const tried = (usable: ReadonlySet<IcePath>): readonly Tried[] =>
    doors.door === null
      ? []
      : triedWays(doors.door, {
          ...{ wanted: wanted(), usable, noPath },
          webSocket: mayWebSocket() && carrier !== 'selkies1',
        })
  const leave = () => {
    transport?.close()
    transport = null
    pictured = false
  }
  const rest = () => {
    active = false
    run.abort()
    if (transport !== null) options.onLost()
    leave()
  }
  const finish = (because: string, offer: 'start' | 'reconnect' | 'none') => {
    rest()
    doors.close()
    options.onStatus({ kind: 'ended', because, offer })
  }
  /** @returns the mode to speak; null when it ended or a person is asked */
  const settle = async (signal: AbortSignal): Promise<CarrierMode | null> => {
    for (;;) {
      const door = await doors.need(signal, status)
      // an idle server of 1.6 needs seconds for each answer: it is asked what it is only when it was not what it should be
      if (door.generation === 'selkies1' && state.attempt === 0) return 'selkies1'
      const settled = await settleMode({
        api: createDesktopApi(door.base),
        signal,
        mayDisturb,
        wish: () => ({
          transport: options.wishedTransport(),
          noPath,
          mayWebSocket: mayWebSocket(),
          offered: door.transport,
        }),
        onWaiting: (because) => status(because),
      })
      switch (settled.kind) {
        case 'mode':
          return settled.mode
        case 'door-closed':
          doors.close()
          status(t('The way to the desktop is opened again.'))
          await pause(300, signal)
          break
        case 'refuse':
          finish(settled.sentence, 'reconnect')
          return null
        case 'ask':
          active = false
          options.onStatus({ kind: 'ask-websocket', others: settled.others, to: settled.to })
          return null
        default:
          return assertNever(settled)
      }
    }
  }
  /** Waits for a relay where nothing else may be used. @returns whether to connect now */
  const relayThere = async (door: Door, usable: ReadonlySet<IcePath>, signal: AbortSignal): Promise<boolean> => {
    if (!onlyRelays(usable)) return true
    status(t('Waiting for the relay.'), usable)
    const patience = mayWebSocket() ? AbortSignal.any([signal, AbortSignal.timeout(RELAY_WITHIN_MS)]) : signal
    try {
      if ((await untilRelay(relayAddresses(relayServers(door, usable)), patience)) === 'answers') return true
      doors.close()
      status(t('The relay refuses its credential; a fresh one is fetched.'))
      begin(1000)
    } catch (error) {
      if (signal.aborted || !patience.aborted) throw error
      noPath = true
      begin(0)
    }
    return false
  }
  const go = async (signal: AbortSignal) => {
    const mode = await settle(signal)
    const { door } = doors
    if (mode === null || door === null) return
    signal.throwIfAborted()
    const usable = once ?? usableNow()
    once = null
    carrier = mode
    if (mode !== 'websocket') {
      if (usable.size === 0) return nothingLeft()
      if (!(await relayThere(door, usable, signal))) return
      signal.throwIfAborted()
    }
    status(everConnected ? t('Trying every way.') : t('Connecting'), usable)
    const made: Transport = options.connect(mode, door, usable, (loss) => lost(made, loss))
    transport = made
  }
  const nothingLeft = () => {
    const forced = !options.mayWebSocket()
    if (!mayWebSocket() || noPath)
      return finish(
        forced
          ? t('The chosen way is not there. Choose another one in the menu Connection.')
          : t('No way to this desktop’s picture is there that may be used.'),
        'reconnect',
      )
    noPath = true
    begin(0)
  }
  const begin = (afterMs: number) => {
    active = true
    run.abort()
    run = new AbortController()
    const { signal } = run
    pause(afterMs, signal)
      .then(() => go(signal))
      .catch((error: unknown) => {
        // an abort is somebody's decision; anything else is a fault of ours, said and tried again
        if (signal.aborted) return
        reportError(error)
        status(t('Something went wrong; trying again.'))
        begin(2000)
      })
  }
  const lost = (which: Transport, loss: Loss) => {
    // a transport that was given up has nothing to say any more
    if (which !== transport) return
    if (handing && loss.kind === 'closed' && loss.meaning.action === 'elsewhere') {
      // a desktop that takes one page alone: it was our own second connection
      options.onLost()
      transport = null
      pictured = false
      return status(t('Moving to another way.'), usableNow())
    }
    const joinable = which.mayJoin?.() ?? true
    options.onLost()
    transport = null
    pictured = false
    const now = performance.now()
    const [next, step] = afterLoss(state, loss, now, mayWebSocket())
    if (state.attempt === 0) since = now
    state = next
    switch (step.do) {
      case 'end':
        return finish(step.because, step.retry ? 'reconnect' : 'none')
      case 'ask':
        rest()
        return options.onStatus({ kind: 'ask-takeover', because: step.because, mayJoin: joinable })
      case 'door':
        doors.close()
        break
      case 'websocket':
        noPath = true
        break
      case 'connect':
        break
    }
    status(step.because, usableNow())
    begin('afterMs' in step ? step.afterMs : 0)
  }
  return {
    get transport() {
      return transport
    },
    get door() {
      return doors.door
    },
    get usable() {
      return usableNow()
    },
    pictureSeen() {
      everConnected = true
      pictured = true
      offline = false
      state = recovered(state)
      since = performance.now()
      options.onStatus({ kind: 'connected' })
    },
    start() {
      if (transport !== null) options.onLost()
      leave()
      state = FRESH
      noPath = false
      since = performance.now()
      status(everConnected ? t('Connecting again.') : t('Opening the desktop'))
      begin(0)
    },
    end: finish,
    allowOtherMode() {
      mayDisturb = true
      begin(0)
    },
    wake(reason) {
      offline = reason === 'offline'
      if (!active) return
      if (offline) {
        if (!pictured) status('')
        return
      }
      const now = performance.now()
      if (reason !== 'seen') {
        state = renewed(state, now)
        if (transport === null || transport.mode === 'webrtc') noPath = false
      }
      if (pictured) return transport?.check?.()
      // an attempt that began on the network before may hang for long
      if (now - wokeAt < WAKE_EVERY_MS || (reason === 'seen' && transport !== null)) return
      wokeAt = now
      leave()
      begin(0)
    },
    moveTo(paths) {
      if (!active) return
      if (transport !== null) options.onLost()
      leave()
      once = paths
      since = performance.now()
      status(t('Moving to another way.'), paths)
      begin(0)
    },
    async handOver(prepare, fresh) {
      const other = fresh ? await doors.another() : null
      const door = other ?? doors.door
      if (!active || !pictured || handing || door === null || (fresh && other === null)) {
        if (other !== null) doors.drop(other)
        return false
      }
      handing = true
      try {
        let next: Transport | null = null
        const standby = await prepare(door, (loss) => next !== null && lost(next, loss))
        next = standby.transport
        if (!active) {
          next.close()
          throw new Error('ended meanwhile')
        }
        run.abort()
        const before = transport
        transport = next
        pictured = true
        standby.show()
        before?.close()
        if (other !== null) doors.use(other)
        return true
      } catch {
        // the present connection goes on; where it was given up for the second one, it is made anew
        if (other !== null) doors.drop(other)
        if (active && transport === null) begin(0)
        return false
      } finally {
        handing = false
      }
    },
    dispose() {
      active = false
      run.abort()
      leave()
      doors.close()
    },
  }
}
