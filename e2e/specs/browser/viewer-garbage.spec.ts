// A desktop that sends garbage, in a real browser: what is not understood is left out, the picture goes on, and nothing that was
// sent becomes markup. What a page cannot be made to hold is measured by unit tests; here nothing may throw.
import type { WebSocketRoute } from '@playwright/test'
import { oddText, spoilText } from '../../../shared/selkies/testing/hostile.ts'
import { createRandom } from '../../../shared/selkies/testing/random.ts'
import { clientLine, GENUINE_TEXTS, OFFER, serverLine, serverMessage } from '../../../shared/selkies/testing/samples.ts'
import { formatRtcMessage } from '../../../shared/selkies/g2/server-format.ts'
import { formatClientLine, formatServerLine } from '../../../shared/selkies/g2/signalling.ts'
import { expect, test } from '../../drivers/app-driver.ts'
import { chooseDemo, startAndOpen } from '../../drivers/demo.ts'

declare global {
  interface Window {
    /** Every data channel that the page was given, the newest last. */
    specChannels?: RTCDataChannel[]
  }
}

test.use({
  appOptions: { kubeconfigs: [], env: { KASM_DEMO_SPEED: '20' } },
  viewport: { width: 900, height: 600 },
})

const random = createRandom(20_261_129)
const spoiled = (texts: () => string, count: number): readonly string[] =>
  Array.from({ length: count }, () =>
    random.chance(0.2) ? oddText(random) : spoilText(random, texts(), GENUINE_TEXTS),
  )

test('garbage is left out, the picture goes on, and nothing of it becomes markup', async ({ app }) => {
  const sockets: WebSocketRoute[] = []
  const context = app.page.context()
  await context.routeWebSocket(/\/api\/webrtc\/signaling/, (socket) => {
    socket.connectToServer()
    sockets.push(socket)
  })
  await context.addInitScript(() => {
    const channels: RTCDataChannel[] = []
    window.specChannels = channels
    window.RTCPeerConnection = new Proxy(window.RTCPeerConnection, {
      construct(target, args: [RTCConfiguration?]) {
        const peer = new target(...args)
        peer.addEventListener('datachannel', ({ channel }) => channels.push(channel))
        return peer
      },
    })
  })
  await chooseDemo(app.page)
  const viewer = await startAndOpen(app)
  const errors: string[] = []
  viewer.on('pageerror', (error) => errors.push(String(error)))

  // what greets or agrees anew is part of the flood, an offer is none: there is one for each connection
  const lines = spoiled(() => formatServerLine(serverLine(random)) + formatClientLine(clientLine(random)), 500)
  for (const line of lines) sockets.at(-1)?.send(line)
  sockets.at(-1)?.send(`server-1 ${JSON.stringify({ sdp: { type: 'offer', sdp: OFFER } })}`)
  sockets.at(-1)?.send(`server-1 ${JSON.stringify({ ice: { candidate: 'candidate:x', sdpMid: null } })}`)
  sockets.at(-1)?.send(`server-1 ${JSON.stringify({ ice: { candidate: 'candidate:x', sdpMid: '0' } })}`)

  const texts = spoiled(() => formatRtcMessage(serverMessage(random)), 3000)
  await viewer.evaluate(async (messages) => {
    const input = window.specChannels?.find(({ label }) => label === 'input')
    const say = (data: unknown) => input?.dispatchEvent(new MessageEvent('message', { data }))
    for (const text of messages) say(text)
    say(JSON.stringify({ type: 'server_settings', data: { settings: { name: 'x'.repeat(10_000_000) } } }))
    // 64 MiB in one small packed text, and packed noise
    const bomb = new Blob(['x'.repeat(64 * 1024 * 1024)]).stream().pipeThrough(new CompressionStream('gzip'))
    say(await new Response(bomb).arrayBuffer())
    for (let at = 0; at < 200; at++) say(Uint8Array.of(0x1f, 0x8b, at, at, at).buffer)
    say(JSON.stringify({ type: 'system', data: { action: 'video_declined,<img src=x onerror=alert(1)>' } }))
  }, texts)

  await expect(viewer.getByText('<img src=x onerror=alert(1)>')).toBeVisible()
  expect(await viewer.locator('img[src="x"]').count()).toBe(0)
  await expect(viewer.getByRole('main')).toHaveAttribute('data-state', 'connected')
  const frames = () =>
    viewer.evaluate(() => document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames)
  const before = (await frames()) ?? 0
  await expect.poll(frames).toBeGreaterThan(before + 3)
  expect(sockets).toHaveLength(1)
  expect(errors).toEqual([])
})
