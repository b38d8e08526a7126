// The pointer of a desktop's window in a real browser: given to the desktop and taken back, wheels both ways, fingers and pens.
// What arrived is read from the demo desktop, or from what was sent.
import { expect, test } from '../../drivers/app-driver.ts'
import { chooseDemo, startAndOpen } from '../../drivers/demo.ts'
import { pagePoint, recordLines, watchSent } from '../../drivers/viewer.ts'
import { fingers, playPointerLock, sentMotion, sentPointer } from '../../drivers/viewer-pointer.ts'
import { boxOf, layoutOf } from '../../../renderer/demo-desktop/layout.ts'
import { GREETING } from '../../../renderer/demo-desktop/state.ts'

test.use({
  appOptions: { kubeconfigs: [], env: { KASM_DEMO_SPEED: '20' } },
  viewport: { width: 1100, height: 720 },
  permissions: ['clipboard-read', 'clipboard-write'],
})

test('the mouse is the desktop’s and comes back; wheels, fingers and a pen act on it', async ({ app }) => {
  await watchSent(app.page.context())
  await playPointerLock(app.page.context())
  await chooseDemo(app.page)
  const viewer = await startAndOpen(app)
  await viewer.bringToFront()
  const page = viewer.locator('[data-viewer]')
  const count = async () => (await sentPointer(viewer)).length
  const bar = viewer.getByRole('toolbar', { name: 'Desktop' })

  await viewer.mouse.move(500, 400)
  await viewer.keyboard.press('Control+Alt+Shift+X')
  await bar.getByRole('button', { name: 'Mouse', exact: true }).click()
  // which this browser does not have
  const motion = viewer.getByRole('combobox', { name: 'Motion' })
  await motion.selectOption('raw')
  // a setting counts once the core has it
  await expect(motion).toHaveValue('raw')
  const said = await recordLines(viewer)
  await viewer.getByRole('button', { name: 'Give it to the desktop' }).click()
  await expect(page).toHaveAttribute('data-mouse', 'accelerated')
  await expect
    .poll(said)
    .toContainEqual(expect.stringMatching(/accelerated: this browser has no raw motion\. Release withCtrlAltShiftP$/))
  // the desktop paints its cursor
  await expect.poll(() => sentPointer(viewer)).toContain('p,1')
  await viewer.mouse.move(500, 400)
  let before = await count()
  await viewer.mouse.move(560, 385, { steps: 30 })
  await expect.poll(() => sentMotion(viewer, before)).toEqual({ x: 60, y: -15 })
  await viewer.mouse.down()
  await viewer.mouse.up()
  expect((await sentPointer(viewer, before)).slice(-2)).toEqual(['m2,0,0,1,0', 'm2,0,0,0,0'])
  await viewer.keyboard.press('Control+Alt+Shift+P')
  await expect(page).toHaveAttribute('data-mouse', '')
  await expect.poll(async () => (await sentPointer(viewer)).at(-1)).toBe('p,0')
  before = await count()
  await viewer.mouse.move(300, 300)
  await expect.poll(async () => (await sentPointer(viewer, before)).at(-1)).toBe('m,300,300,0,0')

  before = await count()
  await viewer.mouse.wheel(0, 120)
  await viewer.mouse.wheel(-120, 0)
  await expect
    .poll(() => sentPointer(viewer, before))
    .toEqual(['m2,0,0,8,1', 'm2,0,0,0,0', 'm2,0,0,64,1', 'm2,0,0,0,0'])

  const box = boxOf(layoutOf(1100, 720, 96), 'copy')
  const place = await pagePoint(viewer, { x: Math.round(box.x + box.w / 2), y: Math.round(box.y + box.h / 2) })
  await fingers(viewer, [place])
  await expect.poll(() => viewer.evaluate(() => navigator.clipboard.readText())).toBe(GREETING)
  before = await count()
  const pair = [
    { x: 400, y: 500 },
    { x: 500, y: 500 },
  ]
  await fingers(viewer, pair, { x: 0, y: -200 })
  await expect
    .poll(async () =>
      (await sentPointer(viewer, before))
        .flatMap((text) => /^m2,0,0,8,(\d+)/.exec(text)?.[1] ?? [])
        .reduce((sum, clicks) => sum + Number(clicks), 0),
    )
    .toBe(4)
  // and nothing was pressed
  expect((await sentPointer(viewer, before)).filter((text) => /^m,\d+,\d+,[^0]/.test(text))).toEqual([])

  before = await count()
  const devtools = await viewer.context().newCDPSession(viewer)
  const pen = { pointerType: 'pen' as const, x: 600, y: 450, force: 0.4 }
  await devtools.send('Input.dispatchMouseEvent', {
    ...pen,
    type: 'mousePressed',
    button: 'left',
    buttons: 1,
    clickCount: 1,
  })
  await devtools.send('Input.dispatchMouseEvent', { ...pen, x: 640, type: 'mouseMoved', button: 'left', buttons: 1 })
  await devtools.send('Input.dispatchMouseEvent', { ...pen, x: 640, type: 'mouseReleased', button: 'left', buttons: 0 })
  await expect.poll(() => sentPointer(viewer, before)).toEqual(['m,600,450,1,0', 'm,640,450,1,0', 'm,640,450,0,0'])
})
