// The socket between a demo session's server (in the core) and the page that runs its desktop: JSON, one value a frame.
// Both ends are ours; what does not fit the schema is dropped all the same, because a page's socket can be opened by others.
import * as z from 'zod/mini'

const payload = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('sdp'),
    type: z.enum(['offer', 'answer']),
    sdp: z.string().check(z.maxLength(262_144)),
  }),
  z.object({
    kind: z.literal('ice'),
    candidate: z.string().check(z.maxLength(2048)),
    sdpMid: z.nullable(z.string()),
    sdpMLineIndex: z.nullable(z.number()),
  }),
])

/** Faults that a test can switch on: the demo's desktop is also the fake desktop of the specs. */
export const faultSchema = z.discriminatedUnion('kind', [
  /** Connected, but no picture is ever sent. */
  z.object({ kind: z.literal('drop-video'), on: z.boolean() }),
  /** Packets of picture and sound stop; the connection stays. */
  z.object({ kind: z.literal('stall'), on: z.boolean() }),
  /** Both data channels close. */
  z.object({ kind: z.literal('close-channels') }),
  /** `SESSION` is answered with "peer server not found". */
  z.object({ kind: z.literal('refuse-session'), on: z.boolean() }),
  /** Every offer waits this long, ms. */
  z.object({ kind: z.literal('delay-offer'), ms: z.number() }),
  /** Each asked size becomes another one, as with a server that knows better. */
  z.object({ kind: z.literal('wrong-size'), on: z.boolean() }),
  /** What the desktop says of its settings, by name, in place of its own. */
  z.object({ kind: z.literal('settings'), settings: z.record(z.string(), z.record(z.string(), z.unknown())) }),
  /** Figures that it says in place of its own. */
  z.object({ kind: z.literal('figures'), figures: z.record(z.string(), z.number()) }),
  /** Sends this many cursor messages at once. */
  z.object({ kind: z.literal('burst'), messages: z.number() }),
  /** What befalls uploads from now on: refused, no room, or cut off after the first bytes. */
  z.object({ kind: z.literal('uploads'), how: z.enum(['take', 'refuse', 'full', 'cut']) }),
  /** Ends every signalling socket without a close frame, as a cut tunnel does. */
  z.object({ kind: z.literal('cut-signalling') }),
  /** The server goes away and comes back: 1001 to every client. */
  z.object({ kind: z.literal('restart') }),
])
export type Fault = z.infer<typeof faultSchema>

const toDesktop = z.discriminatedUnion('type', [
  /** A client wants a session: make a peer and offer. */
  z.object({
    type: z.literal('session'),
    peer: z.string(),
    role: z.enum(['controller', 'viewer']),
    slot: z.nullable(z.number()),
    pageSize: z.nullable(z.tuple([z.number(), z.number()])),
  }),
  z.object({ type: z.literal('payload'), peer: z.string(), payload }),
  z.object({ type: z.literal('end'), peer: z.string() }),
  z.object({ type: z.literal('fault'), fault: faultSchema }),
  /** A printed document waits under this name. */
  z.object({ type: z.literal('spooled'), name: z.string(), bytes: z.number() }),
])
export type ToDesktop = z.infer<typeof toDesktop>

const fromDesktop = z.discriminatedUnion('type', [
  /** First frame. The same id again is the same page after a cut: its connections live on. */
  z.object({ type: z.literal('attach'), id: z.string().check(z.minLength(1), z.maxLength(64)) }),
  z.object({ type: z.literal('payload'), peer: z.string(), payload }),
  /** Something was printed: a PDF. */
  z.object({
    type: z.literal('printed'),
    name: z.string().check(z.minLength(1), z.maxLength(200)),
    base64: z.string().check(z.maxLength(4_000_000)),
  }),
  /** The peer connection is over. */
  z.object({ type: z.literal('ended'), peer: z.string() }),
])
export type FromDesktop = z.infer<typeof fromDesktop>

/** Close code for a desktop that another page has replaced. */
export const REPLACED = 4001

/** Reads what the server said. @returns null when it is nothing of this protocol */
export function parseToDesktop(text: string): ToDesktop | null {
  return read(toDesktop, text)
}
/** Reads what the desktop's page said. @returns null when it is nothing of this protocol */
export function parseFromDesktop(text: string): FromDesktop | null {
  return read(fromDesktop, text)
}

function read<T>(schema: z.ZodMiniType<T>, text: string): T | null {
  try {
    const result = z.safeParse(schema, JSON.parse(text))
    return result.success ? result.data : null
  } catch {
    // not JSON
    return null
  }
}
