// One open door: a ticket, what it leads to, and everything that must end with it.
import { AppError } from '../../shared/errors.ts'
import type { Door } from '../../shared/domain/session.ts'
import type { DesktopAccess } from '../sessions/provider.ts'
import type { MediaListener } from './media-listener.ts'
import { createTunnelPool, type TunnelPool } from './tunnel-pool.ts'

/** Times of a door, ms. */
export interface DoorTimes {
  /** Second try beside a silent first one. */
  readonly hedgeMs: number
  /** For an answer's head. */
  readonly headMs: number
  /** For the whole of a control answer. */
  readonly controlMs: number
  /** How long a used connection is kept. */
  readonly idleMs: number
}

export const DOOR_TIMES: DoorTimes = { hedgeMs: 1_500, headMs: 30_000, controlMs: 15_000, idleMs: 30_000 }

/** Anything with an end: client sockets, upstream answers. */
export interface Closable {
  destroy(): unknown
}

export class OpenDoor {
  readonly ticket: string
  readonly windowId: string
  readonly access: DesktopAccess
  readonly pool: TunnelPool
  readonly media: MediaListener | undefined
  readonly times: DoorTimes
  readonly #ending = new AbortController()
  readonly #inUse = new Set<Closable>()

  constructor(
    ticket: string,
    windowId: string,
    access: DesktopAccess,
    media: MediaListener | undefined,
    times: DoorTimes,
  ) {
    this.ticket = ticket
    this.windowId = windowId
    this.access = access
    this.media = media
    this.times = times
    this.pool = createTunnelPool({ dial: (signal) => access.dialHttp(signal), spares: 2, idleMs: times.idleMs })
    this.pool.fill()
  }

  /** Aborted when the door closes. */
  get signal(): AbortSignal {
    return this.#ending.signal
  }

  /** Ties something to the door's life. @returns unties it */
  hold(closable: Closable): () => void {
    this.#inUse.add(closable)
    return () => this.#inUse.delete(closable)
  }

  /** Ends everything at once. */
  async close(): Promise<void> {
    this.#ending.abort(new AppError('door-closed'))
    for (const closable of this.#inUse) closable.destroy()
    this.#inUse.clear()
    this.pool.close()
    await this.media?.close()
  }
}

/** What the window is told of its door. `base` ends with a slash. */
export function describeDoor(door: OpenDoor, base: string): Door {
  const { access, media, ticket } = door
  return {
    ticket,
    base,
    candidates: [
      ...(access.node === undefined
        ? []
        : [{ path: 'node', protocol: 'udp', host: access.node.host, port: access.node.port } as const]),
      ...(media === undefined
        ? []
        : [{ path: 'tunnel', protocol: 'tcp', host: media.host, port: media.port } as const]),
    ],
    iceServers: access.iceServers.map(({ urls, username, credential }) => ({
      urls: [...urls],
      ...(username === undefined ? {} : { username }),
      ...(credential === undefined ? {} : { credential }),
    })),
    ...(access.token === undefined ? {} : { token: access.token }),
    ...(access.mediaRelay === undefined ? {} : { mediaRelay: access.mediaRelay }),
    ...(access.relayNote === undefined ? {} : { relayNote: access.relayNote }),
    ...(access.relayUntil === undefined ? {} : { relayUntil: access.relayUntil }),
    ...(access.forbidden === undefined ? {} : { forbidden: [...access.forbidden] }),
    generation: access.generation,
    transport: access.transport,
    ...(access.demo ? { demo: { attach: `${base.replace(/^http/, 'ws')}demo/attach` } } : {}),
  }
}
