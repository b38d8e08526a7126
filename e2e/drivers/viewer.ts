// A viewer's page as specs see it: what it says of itself, its picture's pixels, its peer's statistics, its sound.
import type { Page } from '@playwright/test'
import type { Point, Rgb } from './desktop.ts'

/** The two ends of the pair that carries the media, as getStats names them. */
export interface SelectedPair {
  readonly local: { readonly type: string; readonly protocol: string; readonly address: string | null }
  readonly remote: {
    readonly type: string
    readonly protocol: string
    readonly address: string | null
    readonly port: number | null
  }
}

declare global {
  interface Window {
    /** Every peer that the page made, the newest last; put there by `watchPeers`. */
    specPeers?: RTCPeerConnection[]
    /** Texts that the page sent over data channels, the newest last; put there by `watchSent`. */
    specSent?: string[]
  }
}

/** Remembers the texts that pages send over data channels. To be called before they load. */
export async function watchSent(target: { addInitScript: Page['addInitScript'] }): Promise<void> {
  await target.addInitScript(() => {
    const sent: string[] = []
    window.specSent = sent
    const { send } = RTCDataChannel.prototype
    RTCDataChannel.prototype.send = function (this: RTCDataChannel, data: never) {
      if (typeof data === 'string') sent.push(data)
      return send.call(this, data)
    }
  })
}

/** Of the texts that a page sent, see `watchSent`, those that look like this. */
export async function sentTexts(page: Page, like: RegExp): Promise<readonly string[]> {
  const sent = await page.evaluate(() => window.specSent ?? [])
  return sent.filter((text) => like.test(text))
}

/** Remembers the peers that a page makes, without changing what they do. To be called before the page loads. */
export async function watchPeers(target: { addInitScript: Page['addInitScript'] }): Promise<void> {
  await target.addInitScript(() => {
    const peers: RTCPeerConnection[] = []
    window.specPeers = peers
    window.RTCPeerConnection = new Proxy(window.RTCPeerConnection, {
      construct(target, args: [RTCConfiguration?]) {
        const peer = new target(...args)
        peers.push(peer)
        return peer
      },
    })
  })
}

/** Waits for a picture. */
export async function connected(page: Page, timeoutMs = 30_000): Promise<void> {
  await page.locator('[data-viewer][data-state="connected"]').waitFor({ timeout: timeoutMs })
}

/**
 * Writes down every state that the viewer shows from now on: some last less long than a look at the page takes.
 * @returns what was shown so far, the present state first
 */
export async function recordStates(page: Page): Promise<() => Promise<readonly string[]>> {
  const states = await page.locator('[data-viewer]').evaluateHandle((viewer) => {
    const read = (): string => viewer.getAttribute('data-state') ?? ''
    const seen = [read()]
    new MutationObserver(() => seen.push(read())).observe(viewer, { attributeFilter: ['data-state'] })
    return seen
  })
  return () => states.evaluate((seen) => [...seen])
}

/**
 * Writes down every short line that the viewer says from now on: each goes by itself after seconds.
 * @returns what was said so far
 */
export async function recordLines(page: Page): Promise<() => Promise<readonly string[]>> {
  const lines = await page.evaluateHandle(() => {
    const seen: string[] = []
    const read = (): void => {
      for (const region of document.querySelectorAll('[role="status"]'))
        if (region.textContent !== '' && !seen.includes(region.textContent)) seen.push(region.textContent)
    }
    new MutationObserver(read).observe(document.body, { subtree: true, childList: true, characterData: true })
    return seen
  })
  return () => lines.evaluate((seen) => [...seen])
}

/** The stream's size, in the desktop's pixels. */
export async function pictureSize(page: Page): Promise<{ readonly width: number; readonly height: number }> {
  const viewer = page.locator('[data-viewer]')
  return {
    width: Number(await viewer.getAttribute('data-video-width')),
    height: Number(await viewer.getAttribute('data-video-height')),
  }
}

/** Colours of the picture at points, in the desktop's pixels; an average of 6x6, for video is soft at edges. */
export function picturePixels(page: Page, points: readonly Point[]): Promise<readonly Rgb[]> {
  return page.evaluate((wanted) => {
    const surface = document.querySelector('[data-viewer]')?.getAttribute('data-surface')
    const source = document.querySelector(surface === 'canvas' ? 'canvas' : 'video')
    if (source === null) throw new Error('no picture')
    const pixel = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })
    if (pixel === null) throw new Error('no canvas')
    return wanted.map(({ x, y }) => {
      pixel.drawImage(source, x - 3, y - 3, 6, 6, 0, 0, 1, 1)
      const [r = 0, g = 0, b = 0] = pixel.getImageData(0, 0, 1, 1).data
      return [r, g, b] as const
    })
  }, points)
}

/** The mean colour of the picture that is kept while there is none; null while it is not shown. */
export function keptPicture(page: Page): Promise<Rgb | null> {
  return page.evaluate(() => {
    const still = [...document.querySelectorAll('canvas')].at(-1)
    const pixel = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })
    if (still === undefined || pixel === null) throw new Error('no canvas')
    if (!still.checkVisibility({ visibilityProperty: true })) return null
    pixel.drawImage(still, 0, 0, still.width, still.height, 0, 0, 1, 1)
    const [r = 0, g = 0, b = 0] = pixel.getImageData(0, 0, 1, 1).data
    return [r, g, b] as const
  })
}

/** The largest difference of two colours' channels. */
export function distance(a: Rgb, b: Rgb): number {
  return Math.max(...a.map((value, index) => Math.abs(value - (b[index] ?? 0))))
}

/** The pair that the newest peer uses, or null. */
export function selectedPair(page: Page): Promise<SelectedPair | null> {
  return page.evaluate(async () => {
    const peer = window.specPeers?.at(-1)
    if (peer === undefined) return null
    const all = [...(await peer.getStats()).values()] as {
      id: string
      type: string
      [key: string]: unknown
    }[]
    const transport = all.find(({ type }) => type === 'transport')
    const pair = all.find(({ id }) => id === transport?.['selectedCandidatePairId'])
    const end = (key: string) => all.find(({ id }) => id === pair?.[key])
    const [local, remote] = [end('localCandidateId'), end('remoteCandidateId')]
    if (local === undefined || remote === undefined) return null
    const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
    return {
      local: {
        type: String(local['candidateType']),
        protocol: String(local['relayProtocol'] ?? local['protocol']),
        address: text(local['address']),
      },
      remote: {
        type: String(remote['candidateType']),
        protocol: String(remote['protocol']),
        address: text(remote['address']),
        port: typeof remote['port'] === 'number' ? remote['port'] : null,
      },
    }
  })
}

/** Frames decoded so far: grows while the stream runs. */
export function framesDecoded(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const peer = window.specPeers?.at(-1)
    if (peer === undefined) return 0
    const all = [...(await peer.getStats()).values()] as { type: string; kind?: string; framesDecoded?: number }[]
    return all.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'video')?.framesDecoded ?? 0
  })
}

/**
 * The loudest pitch in what the page's audio element was given: what is heard in WebRTC mode, the same as is heard in WebSocket mode.
 * @returns hertz, or null when there is nothing louder than -60 dB
 */
export function heardPitch(page: Page): Promise<number | null> {
  return page.evaluate(async () => {
    const stream = document.querySelector('audio')?.srcObject
    // WebSocket mode has a stream from the first packet on
    if (!(stream instanceof MediaStream) || stream.getAudioTracks().length === 0) return null
    const context = new AudioContext()
    await context.resume()
    const analyser = context.createAnalyser()
    analyser.fftSize = 32_768
    context.createMediaStreamSource(stream).connect(analyser)
    // one whole window of samples
    await new Promise((resolve) => setTimeout(resolve, (analyser.fftSize / context.sampleRate) * 1000 + 200))
    const levels = new Float32Array(analyser.frequencyBinCount)
    analyser.getFloatFrequencyData(levels)
    const loudest = levels.reduce((best, level, index) => (level > (levels[best] ?? -Infinity) ? index : best), 0)
    const hertz = (loudest * context.sampleRate) / analyser.fftSize
    const heard = (levels[loudest] ?? -Infinity) > -60
    await context.close()
    return heard ? hertz : null
  })
}

/** Where a point of the desktop is in the page, in CSS pixels. */
export async function pagePoint(page: Page, point: Point): Promise<Point> {
  return page.evaluate(({ x, y }) => {
    const viewer = document.querySelector('[data-viewer]')
    const source = document.querySelector(viewer?.getAttribute('data-surface') === 'canvas' ? 'canvas' : 'video')
    const box = source?.getBoundingClientRect()
    const width = Number(viewer?.getAttribute('data-video-width'))
    const height = Number(viewer?.getAttribute('data-video-height'))
    if (box === undefined || width === 0) throw new Error('no picture')
    // the middle of the pixel
    return { x: box.left + ((x + 0.5) * box.width) / width, y: box.top + ((y + 0.5) * box.height) / height }
  }, point)
}
