// What specs of a picture's quality do: open the menu, and make a browser's statistics tell of loss.
import type { Locator, Page } from '@playwright/test'

declare global {
  interface Window {
    /** Share of packets that the statistics tell as lost; see `playLoss`. */
    specLoss?: number
    /** Codec strings that decoders of WebSocket mode were given, the newest last; see `watchDecoders`. */
    specCodecs?: string[]
  }
}

/** Opens the viewer's menu of quality. */
export async function openQuality(viewer: Page): Promise<Locator> {
  await viewer.keyboard.press('Control+Alt+Shift+X')
  await viewer.getByRole('toolbar', { name: 'Desktop' }).getByRole('button', { name: 'Quality', exact: true }).click()
  return viewer.getByRole('dialog', { name: 'Quality' })
}

/** Opens the overlay of the statistics. */
export async function openStatistics(viewer: Page): Promise<Locator> {
  await viewer.keyboard.press('Control+Alt+Shift+X')
  await viewer.getByRole('toolbar', { name: 'Desktop' }).getByRole('button', { name: 'Statistics' }).click()
  return viewer.getByRole('region', { name: 'Statistics' })
}

/**
 * Plays the loss of packets on a path of this machine, which loses none: the browser's own counters grow as they would, by `specLoss`, and
 * decoding costs nothing, whatever else this machine does. The viewer's seconds pass ten times as fast. To be called before pages load.
 */
export async function playLoss(target: { addInitScript: Page['addInitScript'] }): Promise<void> {
  await target.addInitScript(() => {
    const every = window.setInterval.bind(window)
    window.setInterval = ((run: () => void, ms?: number) => every(run, ms === 1000 ? 100 : ms)) as typeof setInterval
    const { getStats } = RTCPeerConnection.prototype
    const [lost, received] = [new WeakMap<RTCPeerConnection, number>(), new WeakMap<RTCPeerConnection, number>()]
    RTCPeerConnection.prototype.getStats = async function (this: RTCPeerConnection) {
      const report = await getStats.call(this)
      const share = window.specLoss ?? 0
      lost.set(this, (lost.get(this) ?? 0) + 1000 * share)
      received.set(this, (received.get(this) ?? 0) + 1000 * (1 - share))
      return new Map(
        [...(report as unknown as Map<string, Record<string, unknown>>)].map(([id, entry]) =>
          entry['type'] === 'inbound-rtp' && entry['kind'] === 'video'
            ? [
                id,
                {
                  ...entry,
                  packetsLost: lost.get(this),
                  packetsReceived: received.get(this),
                  framesDropped: 0,
                  totalDecodeTime: 0,
                },
              ]
            : [id, entry],
        ),
      ) as unknown as RTCStatsReport
    } as typeof getStats
  })
}

/** Remembers which codecs a page's decoders of WebSocket mode were given. To be called before the page loads. */
export async function watchDecoders(target: { addInitScript: Page['addInitScript'] }): Promise<void> {
  await target.addInitScript(() => {
    const codecs: string[] = []
    window.specCodecs = codecs
    const { configure } = VideoDecoder.prototype
    VideoDecoder.prototype.configure = function (this: VideoDecoder, config) {
      codecs.push(config.codec)
      return configure.call(this, config)
    }
  })
}
