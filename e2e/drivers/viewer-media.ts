// What specs of sound, microphone, camera and gamepads do: let the desktop say something, count what is sent, play pads.
import type { Page } from '@playwright/test'

/** Chromium's own fake microphone (it beeps) and camera (it counts), given without a question. */
export const FAKE_MEDIA = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'] as const

declare global {
  interface Window {
    /** The page's channels to a desktop; put there by `watchChannels`. */
    specInputs?: RTCDataChannel[]
    /** The pads that `playPads` shows: change them and dispatch `gamepadconnected` or `gamepaddisconnected`. */
    specPads?: (SpecPad | null)[]
    /** What pads were made to rumble: index, strong, weak, ms. */
    specRumbles?: (readonly [number, number, number, number])[]
  }
}

export interface SpecPad {
  readonly id: string
  readonly index: number
  readonly connected: boolean
  readonly mapping: 'standard' | ''
  readonly axes: number[]
  readonly buttons: { pressed: boolean; touched: boolean; value: number }[]
}

/** Remembers the channels that a page is given, so that `desktopSays` can speak. To be called before it loads. */
export async function watchChannels(target: { addInitScript: Page['addInitScript'] }): Promise<void> {
  await target.addInitScript(() => {
    const inputs: RTCDataChannel[] = []
    window.specInputs = inputs
    window.RTCPeerConnection = new Proxy(window.RTCPeerConnection, {
      construct(peer, args: [RTCConfiguration?]) {
        const made = new peer(...args)
        made.addEventListener('datachannel', ({ channel }) => {
          if (channel.label === 'input') inputs.push(channel)
        })
        return made
      },
    })
  })
}

/** Lets the desktop say something on its channel. */
export function desktopSays(page: Page, text: string): Promise<void> {
  return page.evaluate((data) => {
    window.specInputs?.at(-1)?.dispatchEvent(new MessageEvent('message', { data }))
  }, text)
}

/** Bytes of sound or picture that the page's peers have sent, see `watchPeers`. */
export function sentBytes(page: Page, kind: 'audio' | 'video', mid: string): Promise<number> {
  return page.evaluate(
    async ([wanted, line]) => {
      let sum = 0
      for (const peer of window.specPeers ?? [])
        for (const entry of (await peer.getStats()).values() as Iterable<Record<string, unknown>>)
          if (entry['type'] === 'outbound-rtp' && entry['kind'] === wanted && entry['mid'] === line)
            sum += Number(entry['bytesSent'])
      return sum
    },
    [kind, mid] as const,
  )
}

/** Shows pads of the spec's own to a page, none at first. To be called before it loads, or in it at any time. */
export function padScript(): void {
  const pads: (SpecPad | null)[] = [null, null, null, null]
  const rumbles: (readonly [number, number, number, number])[] = []
  window.specPads = pads
  window.specRumbles = rumbles
  Object.defineProperty(navigator, 'getGamepads', { configurable: true, value: () => pads })
}

/** Connects a pad. @param standard false: of a layout that the browser does not know */
export function connectPad(page: Page, index: number, name: string, standard = true): Promise<void> {
  return page.evaluate(
    ([at, id, isStandard]) => {
      const pads = window.specPads
      const rumbles = window.specRumbles
      if (pads === undefined || rumbles === undefined) throw new Error('the pads are not played')
      const pad = {
        id,
        index: at,
        connected: true,
        mapping: isStandard ? ('standard' as const) : ('' as const),
        axes: [0, 0, 0, 0],
        buttons: Array.from({ length: 17 }, () => ({ pressed: false, touched: false, value: 0 })),
        vibrationActuator: isStandard
          ? {
              playEffect(_kind: string, { strongMagnitude, weakMagnitude, duration }: Record<string, number>) {
                rumbles.push([at, strongMagnitude ?? -1, weakMagnitude ?? -1, duration ?? -1])
                return Promise.resolve('complete')
              },
            }
          : null,
      }
      pads[at] = pad
      window.dispatchEvent(Object.assign(new Event('gamepadconnected'), { gamepad: pad }))
    },
    [index, name, standard] as const,
  )
}

export function disconnectPad(page: Page, index: number): Promise<void> {
  return page.evaluate((at) => {
    if (window.specPads !== undefined) window.specPads[at] = null
    window.dispatchEvent(new Event('gamepaddisconnected'))
  }, index)
}

/** Holds or lets go of a pad's button, or moves an axis. */
export function movePad(
  page: Page,
  index: number,
  what: 'button' | 'axis',
  number: number,
  value: number,
): Promise<void> {
  return page.evaluate(
    ([at, kind, which, level]) => {
      const pad = window.specPads?.[at]
      if (!pad) throw new Error(`no pad ${at}`)
      if (kind === 'axis') pad.axes[which] = level
      else pad.buttons[which] = { pressed: level > 0.5, touched: level > 0, value: level }
    },
    [index, what, number, value] as const,
  )
}
