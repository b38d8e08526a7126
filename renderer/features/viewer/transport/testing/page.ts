// What a page gives a transport, for tests: a door, elements that do nothing, and what came of it.
import type { Door } from '../../../../../shared/domain/session.ts'
import type { ServerMessage } from '../../../../../shared/selkies/g2/server-messages.ts'
import type { Loss, Screens } from '../transport.ts'

const door: Door = {
  ticket: 't',
  base: '/d/t/',
  candidates: [],
  iceServers: [],
  generation: 'selkies2',
  transport: 'dual',
}

/** A video that shows nothing until its frames are counted up. */
export class FakeVideo extends EventTarget {
  frames = 0
  getVideoPlaybackQuality(): { readonly totalVideoFrames: number } {
    return { totalVideoFrames: this.frames }
  }
}

/** Options that both transports take. */
export function fakePage() {
  const messages: ServerMessage[] = []
  const ends: Loss[] = []
  const video = new FakeVideo()
  const canvas = { width: 0, height: 0, getContext: () => ({ drawImage: () => undefined }) }
  const options = {
    door,
    screens: { video, audio: {}, canvas } as unknown as Screens,
    pageSize: [1280, 720] as const,
    display: { id: 'primary', side: 'right' } as const,
    tabId: 'tab',
    sound: true,
    output: { volume: 1, muted: false, deviceId: '' },
    events: {
      onOpen: () => undefined,
      onMessage: (message: ServerMessage) => messages.push(message),
      onPicture: () => undefined,
      onEnd: (loss: Loss) => ends.push(loss),
    },
  }
  return { options, video, canvas, messages, ends }
}
