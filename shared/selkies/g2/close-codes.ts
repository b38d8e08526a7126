// What the end of a Selkies 2.1 socket means for the viewer. Pure: code, reason and how far the handshake had come go in.
import { plainWords } from '../words.ts'

/**
 * resume: cut; back within 3 s with the same key. again: a new HELLO. probe: ask the mode first. wait: say it again after 1 s.
 * stop: never by itself, a person decides. elsewhere: another page has the desktop, a person decides whether to take it back or to join.
 * credential: what this page came with is no longer good, a fresh one may be. fault: our own grammar is wrong, never again.
 */
export type CloseAction = 'resume' | 'again' | 'probe' | 'wait' | 'stop' | 'elsewhere' | 'credential' | 'fault'

export interface CloseMeaning {
  readonly action: CloseAction
  /** Words for people; for `stop` and `elsewhere` they say who or what ended it. */
  readonly sentence: string
}

/**
 * Reads a close code of the signalling socket or of the media WebSocket. Source: Selkies 2.1, its close codes.
 * @param code the WebSocket close code
 * @param reason the server's own words, shown to the person for 1008 and 4000
 * @param greeted whether the server had answered HELLO (1000 before it is a malformed HELLO, not a normal end)
 */
export function closeMeaning(code: number, reason: string, greeted: boolean): CloseMeaning {
  switch (code) {
    case 1000:
      return greeted
        ? { action: 'again', sentence: 'The desktop ended the connection.' }
        : { action: 'fault', sentence: 'The desktop did not understand this viewer.' }
    case 1001:
      return { action: 'probe', sentence: 'The desktop’s server restarts or changes its mode.' }
    case 1002:
    case 1003:
    case 1009:
      return { action: 'fault', sentence: 'The desktop did not understand this viewer.' }
    case 1008:
    case 4000:
      if (reason.includes('takeover loop'))
        return { action: 'elsewhere', sentence: 'Another window takes this desktop again and again.' }
      return { action: 'stop', sentence: plainWords(reason) || 'The desktop refused this viewer.' }
    case 4001:
      return reason.includes('token')
        ? { action: 'credential', sentence: 'The desktop did not accept the credential; a fresh one is fetched.' }
        : { action: 'elsewhere', sentence: 'The desktop was opened somewhere else.' }
    case 4002:
      return { action: 'credential', sentence: 'The credential was withdrawn; a fresh one is fetched.' }
    case 4029:
      return { action: 'wait', sentence: 'Reconnecting too quickly; waiting a second.' }
    default:
      return { action: 'resume', sentence: 'The connection was cut.' }
  }
}
