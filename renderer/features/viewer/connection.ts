// Keeps a desktop connected: opens the door, asks the mode, connects, and after each loss does what the reconnect machine says.
// Policy: it goes on for as long as the session runs; only a person, another page or the session's end stops it.
import { assertNever } from '../../../shared/assert-never.ts'
import type { Door } from '../../../shared/domain/session.ts'
import type { Bridge } from '../../../shared/ipc/bridge.ts'
import { createDesktopApi } from './desktop-api.ts'
import { chooseMode, type CarrierMode } from './mode-choice.ts'
import { availablePaths, ICE_PATHS, pathWords, usablePaths, type IcePath } from './transport/paths.ts'
import { afterLoss, FRESH, recovered, silentPaths, type ReconnectState } from './transport/reconnect.ts'
import type { Loss, Transport } from './transport/transport.ts'
import type { Tried, ViewerStatus } from './viewer-state.ts'
import { t, translated } from '../../ui/translate.ts'

export interface ConnectionOptions {
  readonly bridge: Bridge
  readonly sessionId: string
  /** The ways that a person allows. */
  readonly paths: ReadonlySet<IcePath>
  wishedTransport(): 'auto' | 'websocket'
  /** Makes the transport. Its end must be told to `lost`. */
  connect(mode: CarrierMode, door: Door, paths: ReadonlySet<IcePath>, lost: (loss: Loss) => void): Transport
  /** The picture is about to go. */
  onLost(): void
  onStatus(status: ViewerStatus): void
}

export interface Connection {
  readonly transport: Transport | null
  readonly door: Door | null
  /** The first frame of this connection was seen. */
  pictureSeen(): void
  /** Begins, or begins anew after an end. */
  start(): void
  /** Ends with words, for instance because the session did. */
  end(because: string, offer: 'start' | 'reconnect' | 'none'): void
  /** A person agreed to throw the others out. */
  allowWebSocket(): void
  dispose(): void
}

const MODE_WITHIN_MS = 6000
/** A server that is about to be there is asked often, one that stays away once a second, ms. */
const SOON_MS = 250
const SOON_TRIES = 12

/** Makes a connection; nothing happens before `start`. */
export function createConnection(options: ConnectionOptions): Connection {
  const { bridge, sessionId } = options
  let run = new AbortController()
  let door: Door | null = null
  let detachDemo: (() => void) | null = null
  let transport: Transport | null = null
  let state: ReconnectState = FRESH
  let noPath = false
  let carrier: CarrierMode | null = null
  let mayDisturb = false
  let everConnected = false
  let since = performance.now()

  const status = (because: string, usable: ReadonlySet<IcePath> = new Set()) =>
    options.onStatus(
      everConnected
        ? { kind: 'reconnecting', because, sinceMs: since, tried: tried(usable) }
        : { kind: 'connecting', doing: because, sinceMs: since },
    )
  const tried = (usable: ReadonlySet<IcePath>): readonly Tried[] => {
    if (door === null) return []
    const there = availablePaths(door)
    const rows = ICE_PATHS.filter((path) => there.has(path) && options.paths.has(path)).map((path): Tried => ({
      words: pathWords(path),
      state: noPath || !usable.has(path) ? 'no answer' : 'trying',
    }))
    if (carrier === 'selkies1') return rows
    return [...rows, { words: pathWords('websocket'), state: noPath ? 'trying' : 'next' }]
  }
  const leave = () => {
    transport?.close()
    transport = null
  }
  const closeDoor = () => {
    detachDemo?.()
    detachDemo = null
    if (door !== null) void bridge.call('sessions.closeDoor', { ticket: door.ticket })
    door = null
  }
  const finish = (because: string, offer: 'start' | 'reconnect' | 'none') => {
    run.abort()
    if (transport !== null) options.onLost()
    leave()
    closeDoor()
    options.onStatus({ kind: 'ended', because, offer })
  }
  const openDoor = async (signal: AbortSignal): Promise<Door> => {
    for (let attempt = 0; ; attempt++) {
      const answer = await bridge.call('sessions.open', { sessionId })
      if (answer.ok) {
        if (signal.aborted) {
          void bridge.call('sessions.closeDoor', { ticket: answer.value.ticket })
          signal.throwIfAborted()
        }
        if (answer.value.demo !== undefined) {
          const { attachDemoDesktop } = await import('../../demo-desktop/index.ts')
          detachDemo = attachDemoDesktop(answer.value.demo.attach)
        }
        return answer.value
      }
      signal.throwIfAborted()
      status(translated(answer.error.sentence))
      await pause(Math.min(5000, 500 * 2 ** Math.min(attempt, 4)), signal)
    }
  }
  const settleMode = async (signal: AbortSignal): Promise<CarrierMode | null> => {
    for (let tries = 1; ; tries++) {
      door ??= await openDoor(signal)
      // an idle server of 1.6 needs seconds for each answer: it is asked what it is only when it was not what it should be
      if (door.generation === 'selkies1' && state.attempt === 0) return 'selkies1'
      const api = createDesktopApi(door.base)
      const { probed, doorClosed, refusal } = await api.probe(signal)
      signal.throwIfAborted()
      if (doorClosed) {
        closeDoor()
        status(t('The way to the desktop is opened again.'))
        await pause(300, signal)
        continue
      }
      const choice = chooseMode(probed, { transport: options.wishedTransport(), noPath, offered: door.transport })
      switch (choice.do) {
        case 'connect':
          return choice.mode
        case 'refuse':
          finish(choice.sentence, 'reconnect')
          return null
        case 'wait':
          status(refusal ?? t('Waiting for the desktop’s server.'))
          await pause(tries <= SOON_TRIES ? SOON_MS : 1000, signal)
          break
        case 'switch': {
          const others = mayDisturb ? 0 : await countOthers(api, choice.need ? 8 : 2, signal)
          if (others > 0 && choice.need) {
            options.onStatus({ kind: 'ask-websocket', others })
            return null
          }
          const present = choice.to === 'webrtc' ? 'websocket' : 'webrtc'
          if (others > 0 || !(await api.switchMode(choice.to, signal))) return present
          await untilMode(api, choice.to, signal)
          break
        }
        default:
          return assertNever(choice)
      }
    }
  }
  const go = async (signal: AbortSignal) => {
    const mode = await settleMode(signal)
    if (mode === null || door === null) return
    signal.throwIfAborted()
    carrier = mode
    const usable = usablePaths(options.paths, availablePaths(door), silentPaths(state, performance.now()))
    status(everConnected ? t('Trying every way.') : t('Connecting'), usable)
    transport = options.connect(mode, door, usable, (loss) => lost(loss))
  }
  const begin = (afterMs: number) => {
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
  const lost = (loss: Loss) => {
    options.onLost()
    transport = null
    const now = performance.now()
    const [next, step] = afterLoss(state, loss, now)
    if (state.attempt === 0) since = now
    state = next
    switch (step.do) {
      case 'end':
        return finish(step.because, step.retry ? 'reconnect' : 'none')
      case 'door':
        closeDoor()
        break
      case 'websocket':
        noPath = true
        break
      case 'connect':
        break
    }
    status(
      step.because,
      door === null ? new Set() : usablePaths(options.paths, availablePaths(door), silentPaths(state, now)),
    )
    begin('afterMs' in step ? step.afterMs : 0)
  }
  return {
    get transport() {
      return transport
    },
    get door() {
      return door
    },
    pictureSeen() {
      everConnected = true
      state = recovered(state)
      since = performance.now()
      options.onStatus({ kind: 'connected' })
    },
    start() {
      leave()
      state = FRESH
      noPath = false
      since = performance.now()
      status(everConnected ? t('Connecting again.') : t('Opening the desktop'))
      begin(0)
    },
    end: finish,
    allowWebSocket() {
      mayDisturb = true
      begin(0)
    },
    dispose() {
      run.abort()
      leave()
      closeDoor()
    },
  }
}

/** Others, not us: a session of ours that was just lost is held for a moment and is given time to go. */
async function countOthers(
  api: ReturnType<typeof createDesktopApi>,
  patience: number,
  signal: AbortSignal,
): Promise<number> {
  for (let attempt = 0; ; attempt++) {
    const count = await api.sessions(signal)
    // not known: nobody is thrown out on a guess
    if (count === null) return 1
    if (count === 0 || attempt >= patience) return count
    await pause(500, signal)
  }
}

async function untilMode(
  api: ReturnType<typeof createDesktopApi>,
  mode: 'webrtc' | 'websocket',
  signal: AbortSignal,
): Promise<void> {
  const until = performance.now() + MODE_WITHIN_MS
  while (performance.now() < until) {
    const { probed } = await api.probe(signal)
    if (probed.kind === 'selkies2' && (probed.mode === 'webrtc') === (mode === 'webrtc') && probed.mode !== null) return
    await pause(200, signal)
  }
}

/** @throws the signal's reason when it is aborted meanwhile */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const give = () => {
      clearTimeout(timer)
      reject(signal.reason as Error)
    }
    if (signal.aborted) return reject(signal.reason as Error)
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', give)
      resolve()
    }, ms)
    signal.addEventListener('abort', give, { once: true })
  })
}
