// The older protocol on its genuine server, Selkies-GStreamer 1.6.2, in a pod as a template of `generation: selkies1` makes it: reached
// through the relay beside it, by the port-forward and by the node's port. What arrived is told by the desktop itself.
import type { BrowserContext, Page } from '@playwright/test'
import { buildSelkies1Image, SELKIES1_IMAGE, selkies1Fixture } from '../../cluster/selkies1/image.ts'
import { expect, test } from '../../drivers/cluster-app.ts'
import { desktopOf, eventually, podOf, type Desktop } from '../../drivers/desktop.ts'
import { writeTemplate } from '../../drivers/library.ts'
import {
  connected,
  heardPitch,
  pagePoint,
  pictureSize,
  recordStates,
  selectedPair,
  watchPeers,
} from '../../drivers/viewer.ts'
import { buildCoturnImage } from '../../../images/coturn/build.ts'
import { imageCache } from '../../../images/debian.ts'
import type { TemplateSpecInput } from '../../../shared/domain/template.ts'

const fixture = selkies1Fixture()
const TEMPLATE = 'older-desktop'

/** The template as an admin writes it. */
const template: TemplateSpecInput = {
  displayName: 'Older desktop',
  image: SELKIES1_IMAGE,
  streaming: { generation: 'selkies1', transport: 'webrtc' },
  display: { refreshRate: 15 },
  resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { cpu: '2', memory: '1Gi' } },
  storage: { shmSize: '256Mi' },
}

/** The newest window of the terminal has the keyboard. */
async function focusTerminal(inside: Desktop): Promise<void> {
  const script =
    'w=$(xdotool search --onlyvisible --class xterm | tail -1); xdotool windowactivate $w; [ "$(xdotool getactivewindow)" = "$w" ] && echo yes; true'
  await eventually(
    () => inside.sh(script),
    (said) => said.trim() === 'yes',
    30_000,
  )
}

/** A step that moves the pointer through the page, until the desktop says that it is there. */
async function pointAt(page: Page, inside: Desktop, at: { readonly x: number; readonly y: number }): Promise<void> {
  const place = await pagePoint(page, at)
  await page.mouse.move(place.x, place.y)
  await eventually(
    () => inside.pointer(),
    ({ x, y }) => x === at.x && y === at.y,
  )
}

async function openViewer(context: BrowserContext, origin: string, sessionId: string, query: string): Promise<Page> {
  const page = await context.newPage()
  await page.setViewportSize({ width: 1280, height: 720 })
  await page.goto(new URL(`/viewer?session=${encodeURIComponent(sessionId)}&${query}`, origin).href)
  return page
}

test('a desktop of Selkies 1.6: picture, keys, pointer, clipboard, size and sound, and back after its server was killed', async ({
  app,
  core,
  clusterId,
  cluster,
  namespace,
}) => {
  test.skip('notRun' in fixture, 'notRun' in fixture ? fixture.notRun : '')
  if ('notRun' in fixture || app.host === undefined) return
  test.setTimeout(900_000)
  await cluster.importImage(await buildCoturnImage(imageCache(), console.log))
  await cluster.importImage(await buildSelkies1Image(fixture.folder, console.log))
  await writeTemplate(cluster, namespace, TEMPLATE, template)
  const context = app.page.context()
  await watchPeers(context)
  await core.wait('library', ({ templates }) => templates.find(({ id }) => id === TEMPLATE), 20_000)
  const { sessionId } = await core.call('sessions.start', { clusterId, templateId: TEMPLATE })
  await core.wait(
    'sessions',
    ({ sessions }) => sessions.find(({ id, openable }) => id === sessionId && openable),
    120_000,
  )
  const pod = podOf(sessionId)
  const inside = desktopOf(cluster, namespace, pod)
  const { origin } = app.host

  const page = await openViewer(context, origin, sessionId, 'paths=tunnel')
  const viewer = page.locator('[data-viewer]')
  await connected(page, 60_000)

  await test.step('the picture comes through the relay in the pod, by the port-forward', async () => {
    await expect(viewer).toHaveAttribute('data-path', 'tunnel')
    expect((await selectedPair(page))?.local).toMatchObject({ type: 'relay', protocol: 'tcp' })
    await eventually(
      () => pictureSize(page),
      ({ width, height }) => width === 1280 && height === 720,
      20_000,
    )
  })

  await test.step('keys: characters with the Shift that the US layout wants', async () => {
    await focusTerminal(inside)
    await page.locator('[data-viewer] textarea').focus()
    await page.keyboard.type('echo "Ab@7 {x}~" > /tmp/typed', { delay: 5 })
    await page.keyboard.press('Enter')
    await eventually(
      () => inside.sh('cat /tmp/typed 2>/dev/null; true'),
      (text) => text === 'Ab@7 {x}~\n',
    )
  })

  await test.step('the pointer, to the pixel', async () => {
    await pointAt(page, inside, { x: 901, y: 333 })
    await pointAt(page, inside, { x: 40, y: 699 })
  })

  await test.step('the clipboard, both ways', async () => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin })
    await page.bringToFront()
    await page.evaluate(() => navigator.clipboard.writeText('from here: größe'))
    await page.evaluate(() => window.dispatchEvent(new Event('focus')))
    await eventually(
      () => inside.readClipboard().catch(() => ''),
      (text) => text === 'from here: größe',
    )
    await inside.writeClipboard('from there: schön')
    await eventually(
      () => page.evaluate(() => navigator.clipboard.readText()),
      (text) => text === 'from there: schön',
    )
  })

  await test.step('sound', async () => {
    await inside.background(
      'exec pacat --rate=48000 --channels=2 --format=s16le < <(exec /usr/bin/python3 -c "import math,sys,struct\nf=b\\"\\".join(struct.pack(\\"<hh\\",v,v) for v in (int(12000*math.sin(2*math.pi*440*i/48000)) for i in range(48000)))\nwhile True: sys.stdout.buffer.write(f)")',
    )
    await eventually(
      () => heardPitch(page),
      (hertz) => hertz !== null && Math.abs(hertz - 440) < 5,
      20_000,
    )
  })

  await test.step('its size follows the window', async () => {
    await page.setViewportSize({ width: 1003, height: 701 })
    await eventually(
      () => inside.screenSize(),
      ({ width, height }) => width === 1000 && height === 700,
      20_000,
    )
    await eventually(
      () => pictureSize(page),
      ({ width, height }) => width === 1000 && height === 700,
      20_000,
    )
    await pointAt(page, inside, { x: 901, y: 333 })
  })

  await test.step('a second person is told that it is in use', async () => {
    const second = await openViewer(context, origin, sessionId, '')
    await expect(second.getByText('It takes one person at a time', { exact: false }).first()).toBeVisible({
      timeout: 30_000,
    })
    await second.close()
  })

  await test.step('a killed server is survived', async () => {
    const states = await recordStates(page)
    const servers = await inside.processes('__main__.py')
    await inside.sh(`kill -9 ${servers.join(' ')}`)
    await eventually(states, (seen) => seen.includes('reconnecting'), 20_000)
    await connected(page, 120_000)
    await pointAt(page, inside, { x: 500, y: 300 })
  })
  await page.close()

  await test.step('and by the node’s port', async () => {
    const next = await openViewer(context, origin, sessionId, 'paths=node')
    await connected(next, 60_000)
    await expect(next.locator('[data-viewer]')).toHaveAttribute('data-path', 'node')
    expect((await selectedPair(next))?.local).toMatchObject({ type: 'relay', protocol: 'udp' })
    await next.close()
  })
})
