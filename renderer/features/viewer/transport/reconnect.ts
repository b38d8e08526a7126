// What to do after a connection was lost, as a pure state machine. Times go in, a step comes out; nothing here waits or connects.
// Policy: the first try is at once, then with growing pauses of at most 5 s, for as long as the session runs;
// what a person or another page ended is never undone by itself.
import type { IcePath } from './paths.ts'
import type { Loss } from './transport.ts'
import { t, translated } from '../../../ui/translate.ts'

export interface ReconnectState {
  /** Losses since the last picture. */
  readonly attempt: number
  /** Ways that fell silent, with the time (monotonic ms) until which they are left out. */
  readonly silent: ReadonlyMap<IcePath, number>
}

export type Step =
  /** Ask which mode the desktop speaks, then connect by it. */
  | { readonly do: 'connect'; readonly afterMs: number; readonly because: string }
  /** The door may be dead: open it anew, then connect. */
  | { readonly do: 'door'; readonly afterMs: number; readonly because: string }
  /** No candidate works: ask for WebSocket mode. */
  | { readonly do: 'websocket'; readonly because: string }
  | { readonly do: 'end'; readonly because: string; readonly retry: boolean }

/** How long a silent way stays out, ms. */
export const SILENT_FOR_MS = 30_000
const PAUSES_MS = [0, 250, 500, 1000, 2000, 4000, 5000] as const

export const FRESH: ReconnectState = { attempt: 0, silent: new Map() }

/** The picture is there: pauses begin anew, silent ways stay out for their time. */
export function recovered(state: ReconnectState): ReconnectState {
  return { ...state, attempt: 0 }
}

/** The ways to leave out now. @param now monotonic ms */
export function silentPaths(state: ReconnectState, now: number): ReadonlySet<IcePath> {
  return new Set([...state.silent].filter(([, until]) => until > now).map(([path]) => path))
}

/**
 * Decides.
 * @param now monotonic ms
 * @returns the new state and the one step to take
 */
export function afterLoss(state: ReconnectState, loss: Loss, now: number): readonly [ReconnectState, Step] {
  const next: ReconnectState = { ...state, attempt: state.attempt + 1 }
  const afterMs = PAUSES_MS[Math.min(state.attempt, PAUSES_MS.length - 1)] ?? 5000
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
      if (loss.path !== null && loss.path !== 'websocket') silent.set(loss.path, now + SILENT_FOR_MS)
      return [
        { ...next, silent },
        { do: 'connect', afterMs: 0, because: t('No picture on this way.') },
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
      return state.silent.size > 0
        ? [
            { ...next, silent: new Map() },
            { do: 'connect', afterMs: 0, because: t('No way works.') },
          ]
        : [next, { do: 'websocket', because: t('No direct way works.') }]
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
