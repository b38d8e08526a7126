import { describe, expect, it, vi } from 'vitest'
import type { Bridge } from '../../../../shared/ipc/bridge.ts'
import { createMonitors } from './monitors.ts'

type Page = Parameters<typeof createMonitors>[1]
const one = { left: 0, top: 0, width: 1920, height: 1080, label: 'Built-in', isPrimary: true }
const two = { left: 1920, top: 0, width: 2560, height: 1440, label: '', isPrimary: false }
const page = (isExtended: boolean | undefined, getScreenDetails?: () => Promise<unknown>): Page =>
  ({ screen: { isExtended }, getScreenDetails }) as unknown as Page
const bridge = (moved: boolean): Bridge =>
  ({
    call: () => Promise.resolve({ ok: true, value: { moved } }),
    subscribe: () => () => undefined,
  }) as unknown as Bridge
const both = () => Promise.resolve({ screens: [one, two], currentScreen: two })

describe('monitors', () => {
  it('are listed with what lasts of them', async () => {
    const monitors = createMonitors(bridge(false), page(true, both))
    expect(monitors.several()).toBe(true)
    expect(await monitors.list()).toEqual({
      kind: 'list',
      monitors: [
        { key: '0,0 1920x1080', label: 'Built-in', primary: true, current: false },
        { key: '1920,0 2560x1440', label: '2', primary: false, current: true },
      ],
    })
  })
  it('are not asked for where there is one, and a refusal is an answer', async () => {
    const ask = vi.fn<() => Promise<unknown>>(both)
    expect(await createMonitors(bridge(false), page(false, ask)).list()).toEqual({ kind: 'one' })
    expect(ask).not.toHaveBeenCalled()
    const refuse = () => Promise.reject(new DOMException('', 'NotAllowedError'))
    expect(await createMonitors(bridge(false), page(true, refuse)).list()).toEqual({ kind: 'refused' })
    expect(await createMonitors(bridge(false), page(undefined)).list()).toEqual({ kind: 'refused' })
  })
  it('take full screen by the browser, by the app, or not when they are gone', async () => {
    const browser = createMonitors(bridge(false), page(true, both))
    expect(await browser.fullScreenOn('1920,0 2560x1440')).toEqual({ screen: two })
    expect(await browser.fullScreenOn('9,9 1x1')).toEqual({})
    const ask = vi.fn<() => Promise<unknown>>(both)
    expect(await createMonitors(bridge(true), page(true, ask)).fullScreenOn('1920,0 2560x1440')).toEqual({})
    expect(await createMonitors(bridge(true), page(true, ask)).fullScreenOn(null)).toEqual({})
    expect(ask).not.toHaveBeenCalled()
  })
})
