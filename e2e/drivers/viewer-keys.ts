// What specs of the keyboard do: read which keys a page sent, open the menu of keys, read the demo desktop's notes.
import type { Locator, Page } from '@playwright/test'
import { boxOf, layoutOf, type Target } from '../../renderer/demo-desktop/layout.ts'
import { pagePoint, pictureSize, sentTexts } from './viewer.ts'

/** Key messages that a page sent, the newest last; `watchSent` has to be called before it loads. */
export function sentKeys(page: Page): Promise<readonly string[]> {
  return sentTexts(page, /^k[dur]\b/)
}

/** Opens the viewer's menu of keys. */
export async function openMenu(viewer: Page): Promise<Locator> {
  await viewer.keyboard.press('Control+Alt+Shift+X')
  await viewer.getByRole('toolbar', { name: 'Desktop' }).getByRole('button', { name: 'Keys', exact: true }).click()
  return viewer.getByRole('dialog', { name: 'Keys' })
}

/** A key as Chromium reports it on some layout, which this machine need not have. */
export interface LayoutKey {
  readonly key: string
  readonly code: string
  /** What it writes where nobody prevents it; its own character without it. */
  readonly text?: string
  /** DevTools' mask: 1 Alt, 2 Control, 8 Shift. */
  readonly modifiers?: number
}
/** Presses and releases such keys; `+` and `-` before a name do one of the two. */
export async function strokeKeys(page: Page, keys: readonly LayoutKey[]): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  for (const { key, code, text, modifiers = 0 } of keys) {
    const [sign, name] = /^[+-]../.test(key) ? [key.slice(0, 1), key.slice(1)] : ['', key]
    const typed = text ?? (Array.from(name).length === 1 && (modifiers & 3) === 0 ? name : undefined)
    const event = { key: name, code, modifiers }
    const down = { ...event, type: typed === undefined ? ('rawKeyDown' as const) : ('keyDown' as const) }
    // sent together: on a busy machine a key that waits half a second for its release is repeated, rightly
    await Promise.all([
      ...(sign === '-'
        ? []
        : [devtools.send('Input.dispatchKeyEvent', typed === undefined ? down : { ...down, text: typed })]),
      ...(sign === '+' ? [] : [devtools.send('Input.dispatchKeyEvent', { ...event, type: 'keyUp' })]),
    ])
  }
  await devtools.detach()
}
/** Composes as an input method does, and commits. */
export async function compose(page: Page, preview: string, committed: string): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  const at = preview.length
  await devtools.send('Input.imeSetComposition', { text: preview, selectionStart: at, selectionEnd: at })
  await devtools.send('Input.insertText', { text: committed })
  await devtools.detach()
}

/** Presses something of the demo desktop. */
export async function clickTarget(viewer: Page, target: Target): Promise<void> {
  const { width, height } = await pictureSize(viewer)
  const plan = layoutOf(width, height, 96)
  const box = boxOf(plan, target)
  const { x, y } = await pagePoint(viewer, {
    x: Math.round((box.x + box.w / 2) * plan.scale),
    y: Math.round((box.y + box.h / 2) * plan.scale),
  })
  await viewer.mouse.click(x, y)
}
/** Puts the demo desktop's caret behind its text. */
export async function typeInto(viewer: Page): Promise<void> {
  await clickTarget(viewer, 'editor')
  await viewer.keyboard.press('Control+End')
}
/** What the demo desktop's notes hold, by its own Copy button and this machine's clipboard. */
export async function notes(viewer: Page): Promise<string> {
  await clickTarget(viewer, 'copy')
  return viewer.evaluate(() => navigator.clipboard.readText())
}
