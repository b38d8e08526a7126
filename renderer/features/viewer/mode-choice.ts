// Which transport to use and whether the server's mode must be switched for it. Pure.
// Policy: WebRTC first; a switch throws everybody out, so it happens only when nobody else is there, else a person decides.
import type { Probed } from '../../../shared/selkies/probe.ts'
import { t } from '../../ui/translate.ts'

export interface ModeWish {
  /** auto: WebRTC, and WebSocket when no way works. */
  readonly transport: 'auto' | 'websocket'
  /** No candidate worked on this connection. */
  readonly noPath: boolean
  /** false: a person wants another way, or the template forbids this one. */
  readonly mayWebSocket: boolean
  /** What the template says that the image can do. */
  readonly offered: 'webrtc' | 'websocket' | 'dual'
}

/** What carries a connection: the two of 2.x, and the one of 1.6. */
export type CarrierMode = 'webrtc' | 'websocket' | 'selkies1'

export type ModeChoice =
  | { readonly do: 'connect'; readonly mode: CarrierMode }
  /** `need`: nothing else works, so a person is asked when others are there; without it the present mode is used then. */
  | { readonly do: 'switch'; readonly to: 'webrtc' | 'websocket'; readonly need: boolean }
  | { readonly do: 'wait' }
  | { readonly do: 'refuse'; readonly sentence: string }

/** @param probed what the desktop said of itself */
export function chooseMode(probed: Probed, wish: ModeWish): ModeChoice {
  switch (probed.kind) {
    case 'silent':
    case 'other':
      return { do: 'wait' }
    case 'selkies1':
      // it has no other transport, whatever was wished
      return { do: 'connect', mode: 'selkies1' }
    case 'selkies2': {
      if (probed.mode === null) return { do: 'wait' }
      const present = probed.mode === 'webrtc' ? 'webrtc' : 'websocket'
      const wanted = wish.mayWebSocket && (wish.transport === 'websocket' || wish.noPath) ? 'websocket' : 'webrtc'
      if (!wish.mayWebSocket && present === 'websocket' && !probed.dual)
        return {
          do: 'refuse',
          sentence: t('This desktop sends its picture over WebSocket alone, and that is not allowed here.'),
        }
      if (present === wanted) return { do: 'connect', mode: present }
      if (!probed.dual)
        return wish.noPath
          ? { do: 'refuse', sentence: t('The network blocks every way to this desktop’s picture.') }
          : { do: 'connect', mode: present }
      // an image that says WebSocket is left at it
      if (wanted === 'webrtc' && wish.offered === 'websocket' && wish.mayWebSocket)
        return { do: 'connect', mode: present }
      return { do: 'switch', to: wanted, need: wish.noPath || !wish.mayWebSocket }
    }
  }
}
