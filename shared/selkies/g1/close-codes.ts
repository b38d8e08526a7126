// What the end of a 1.6 signalling socket means for the viewer. Pure.
import type { CloseMeaning } from '../g2/close-codes.ts'

export type G1CloseMeaning =
  | CloseMeaning
  /** The fixed place of the client is taken: by somebody else, or by a connection of ours that the server still holds. */
  | { readonly action: 'occupied'; readonly sentence: string }

/**
 * Reads a close code. Source: Selkies-GStreamer 1.6.2, its signalling server.
 * @param reason `invalid peer uid` for a place that is taken, `invalid protocol` for a first line that is no HELLO
 * @param greeted whether the server had answered HELLO
 */
export function g1CloseMeaning(code: number, reason: string, greeted: boolean): G1CloseMeaning {
  if (code === 1002 && reason.includes('uid'))
    return {
      action: 'occupied',
      sentence: 'This desktop is in use, or still holds a connection that was cut. It takes one person at a time.',
    }
  if (code === 1002 || code === 1003 || code === 1009 || (code === 1011 && !greeted))
    return { action: 'fault', sentence: 'The desktop did not understand this viewer.' }
  if (code === 1000 || code === 1001) return { action: 'again', sentence: 'The desktop ended the connection.' }
  return { action: 'again', sentence: 'The connection was cut.' }
}
