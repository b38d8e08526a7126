// What to do after a connection was lost, as a pure state machine. Times go in, a step comes out; nothing here waits or connects.
// Policy: the first try is at once, then with growing pauses, for as long as the session runs: a second at most while the loss is
// young, so that what is back is seen at once, and 5 s when it is old, so that a thousand viewers are no storm. What another page
// ended is never undone by itself; what a credential ended is, with a fresh one.
import { waysOf, type IcePath } from './paths.ts'
import type { Loss } from './transport.ts'
import { t, translated } from '../../../ui/translate.ts'

export interface ReconnectState {
  /** Losses since the last picture. */
  readonly attempt: number
  /** Monotonic ms of the first of them. */
  readonly since: number
  /** Ways that fell silent, with the time (monotonic ms) until which they are left out. */
  readonly silent: ReadonlyMap<IcePath, number>
}

export type Step =
  /** Ask which mode the desktop speaks, then connect by it. */
  | { readonly do: 'connect'; readonly afterMs: number; readonly because: string }
  /** The door may be dead, or its credentials old: open it anew, then connect. */
  | { readonly do: 'door'; readonly afterMs: number; readonly because: string }
  /** No candidate works: ask for WebSocket mode. */
  | { readonly do: 'websocket'; readonly because: string }
  /** Another page has the desktop: a person decides. */
  | { readonly do: 'ask'; readonly because: string }
  | { readonly do: 'end'; readonly because: string; readonly retry: boolean }

/** How long a silent way stays out, ms. */
export const SILENT_FOR_MS = 30_000
const FIRST_PAUSES_MS = [0, 250, 500] as const
/** Later pauses by the age of the loss, ms. */
const YOUNG_MS = 120_000
const YOUNG_PAUSE_MS = 1000
const OLD_PAUSE_MS = 5000

export const FRESH: ReconnectState = { attempt: 0, since: 0, silent: new Map() }

/** The picture is there: pauses begin anew, silent ways stay out for their time. */
export function recovered(state: ReconnectState): ReconnectState {
  return { ...state, attempt: 0 }
}

/** Another network, or this machine woke up: nothing that was learnt of ways and pauses counts any more. */
export function renewed(state: ReconnectState, now: number): ReconnectState {
  return { attempt: Math.min(state.attempt, 1), since: now, silent: new Map() }
}

/** The ways to leave out now. @param now monotonic ms */
export function silentPaths(state: ReconnectState, now: number): ReadonlySet<IcePath> {
  return new Set([...state.silent].filter(([, until]) => until > now).map(([path]) => path))
}

/** How long the next try waits, ms. @param ageMs since the loss */
export function pauseMs(attempt: number, ageMs: number): number {
  return FIRST_PAUSES_MS[attempt] ?? (ageMs < YOUNG_MS ? YOUNG_PAUSE_MS : OLD_PAUSE_MS)
}

/**
 * Decides.
 * @param now monotonic ms
 * @param mayWebSocket false where a person or policy wants no media over WebSocket
 * @returns the new state and the one step to take
 */
export function afterLoss(
  state: ReconnectState,
  loss: Loss,
  now: number,
  mayWebSocket = true,
): readonly [ReconnectState, Step] {
  const since = state.attempt === 0 ? now : state.since
  const next: ReconnectState = { ...state, since, attempt: state.attempt + 1 }
  const afterMs = pauseMs(state.attempt, now - since)
  const connect = (because: string, least = 0): readonly [ReconnectState, Step] => [
    next,
    { do: 'connect', afterMs: Math.max(least, afterMs), because },
  ]
  switch (loss.kind) {
    case 'closed': {
      const { action } = loss.meaning
      const sentence = translated(loss.meaning.sentence)
      switch (action) {
        case 'stop':
          return [next, { do: 'end', because: sentence, retry: true }]
        case 'elsewhere':
          return [next, { do: 'ask', because: sentence }]
        case 'credential':
          // the first fresh one may be as old as this one: whoever writes it needs a moment
          return [next, { do: 'door', afterMs: Math.max(300, afterMs), because: sentence }]
        case 'fault':
          return [next, { do: 'end', because: sentence, retry: false }]
        case 'wait':
          return connect(sentence, 1000)
        case 'probe':
          return connect(sentence, 300)
        case 'again':
        case 'resume':
          return connect(sentence)
      }
    }
    case 'stalled': {
      const silent = new Map(state.silent)
      for (const path of waysOf(loss.path ?? '')) silent.set(path, now + SILENT_FOR_MS)
      return [
        { ...next, silent },
        { do: 'connect', afterMs, because: t('No picture on this way.') },
      ]
    }
    case 'unreachable':
      // the door dies with its window's ticket, with the core and with the session: a new one is cheap
      return [next, { do: 'door', afterMs, because: t('The desktop cannot be reached.') }]
    case 'occupied':
      // whoever went without a word is given up after 30 s and a ping; asking more often would not help
      return connect(translated(loss.sentence), Math.min(30_000, 2000 * 2 ** Math.min(state.attempt, 4)))
    case 'no-path':
      if (loss.only !== undefined && state.silent.size === 0) return connect(translated(loss.only), 2000)
      // left-out ways get their chance before the transport is changed
      if (state.silent.size > 0)
        return [
          { ...next, silent: new Map() },
          { do: 'connect', afterMs: 0, because: t('No way works.') },
        ]
      if (mayWebSocket) return [next, { do: 'websocket', because: t('No direct way works.') }]
      return connect(t('No way works that may be used.'))
    case 'no-offer':
      return connect(t('The desktop did not start its picture.'))
    case 'channel':
      return connect(t('The desktop ended the connection.'))
    case 'undecodable':
      return [next, { do: 'end', because: t('This machine cannot show {what}.', { what: loss.what }), retry: true }]
    case 'flooded':
      // it would do it again
      return [next, { do: 'end', because: t('The desktop sends more than this viewer can take.'), retry: true }]
  }
}
