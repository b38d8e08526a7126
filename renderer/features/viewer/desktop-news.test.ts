import { expect, it, vi } from 'vitest'
import { createDesktopNews, type DesktopNewsOptions } from './desktop-news.ts'

it('tells whoever may only watch, once for each change', () => {
  const say = vi.fn()
  const news = createDesktopNews({
    onCursor: () => undefined,
    onClipboard: () => undefined,
    onRules: () => undefined,
    onPrinted: () => undefined,
    onRumble: () => undefined,
    say,
  } as Partial<DesktopNewsOptions> as DesktopNewsOptions)
  for (const role of ['controller', 'viewer', 'viewer', 'controller']) news.hear({ type: 'auth', role, slot: null })
  expect(say.mock.calls).toEqual([
    [{ icon: 'info', text: 'You only watch this desktop: your keys and mouse stay here.' }],
    [{ icon: 'info', text: 'You control this desktop now.' }],
  ])
})
