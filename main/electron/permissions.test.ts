// The permission table with fakes that are typed against Electron: every literal of its unions has a decision, and it is tested.
import type { Session } from 'electron'
import { describe, expect, it, vi } from 'vitest'
import { UI_ORIGIN } from '../../shared/product.ts'
import {
  decide,
  installPermissions,
  PERMISSIONS,
  type PermissionOptions,
  type PermissionSession,
} from './permissions.ts'

const page = `${UI_ORIGIN}/index.html`

describe('permissions', () => {
  const askSystem = vi.fn<PermissionOptions['askSystem']>(() => Promise.resolve(true))
  const open = { uiOrigin: UI_ORIGIN, mayReadClipboard: () => true, mayCapture: () => true, askSystem }
  const viewer = `${UI_ORIGIN}/viewer.html?session=a`
  const granted = [
    'clipboard-read',
    'clipboard-sanitized-write',
    'fullscreen',
    'keyboardLock',
    'local-network',
    'local-network-access',
    'loopback-network',
    'pointerLock',
    'screen-wake-lock',
    'speaker-selection',
    'window-management',
  ]
  it.each(Object.keys(PERMISSIONS))('decides %s as the list says', (permission) => {
    expect(decide(permission, page, true, open)).toBe(granted.includes(permission))
  })
  it.each(Object.keys(PERMISSIONS))('gives %s to no other origin and to no frame', (permission) => {
    for (const url of ['https://example.org/', `${UI_ORIGIN}.example.org/`, 'null', '', undefined])
      expect(decide(permission, url, true, open)).toBe(false)
    expect(decide(permission, page, false, open)).toBe(false)
  })
  it('knows no permission that is not in the table', () => {
    for (const name of ['brand-new', 'constructor', '__proto__']) expect(decide(name, page, true, open)).toBe(false)
  })
  it('reads the clipboard only while the person’s setting says so', () => {
    expect(decide('clipboard-read', page, true, { ...open, mayReadClipboard: () => false })).toBe(false)
  })
  it('gives microphone and camera to a desktop’s window alone, and only while the person’s setting says so', () => {
    expect(decide('media', viewer, true, open)).toBe(true)
    expect(decide('media', viewer, false, open)).toBe(false)
    expect(decide('media', viewer, true, { ...open, mayCapture: () => false })).toBe(false)
    for (const url of [page, `${UI_ORIGIN}/index.html?/viewer.html`, 'https://example.org/viewer.html', UI_ORIGIN])
      expect(decide('media', url, true, open)).toBe(false)
  })
  it('answers requests and checks alike, and no devices, screens or pairings', async () => {
    const handlers: Record<string, (...args: never[]) => unknown> = {}
    const keep = (name: string) => (handler: unknown) => {
      handlers[name] = handler as (...args: never[]) => unknown
    }
    const session = {
      setPermissionRequestHandler: keep('request'),
      setPermissionCheckHandler: keep('check'),
      setDevicePermissionHandler: keep('device'),
      setDisplayMediaRequestHandler: keep('display'),
      setBluetoothPairingHandler: keep('pairing'),
      setUSBProtectedClassesHandler: keep('usb'),
    } satisfies PermissionSession satisfies Partial<Session>
    installPermissions(session, open)
    const answers = { request: vi.fn<(granted: boolean) => void>(), display: vi.fn<(streams: unknown) => void>() }
    const run = (name: string, ...args: unknown[]) => handlers[name]?.(...(args as never[]))
    run('request', {}, 'fullscreen', answers.request, { requestingUrl: page, isMainFrame: true })
    run('request', {}, 'geolocation', answers.request, { requestingUrl: page, isMainFrame: true })
    expect(answers.request.mock.calls).toStrictEqual([[true], [false]])
    expect(run('check', null, 'pointerLock', `${UI_ORIGIN}/`, { isMainFrame: true })).toBe(true)
    expect(run('check', null, 'media', UI_ORIGIN, { isMainFrame: true })).toBe(false)
    expect(run('check', null, 'media', UI_ORIGIN, { isMainFrame: true, requestingUrl: viewer })).toBe(true)
    // the system is asked for what is wanted, and its no is ours
    const media = vi.fn<(granted: boolean) => void>()
    const ask = (...mediaTypes: readonly string[]) =>
      run('request', {}, 'media', media, { requestingUrl: viewer, isMainFrame: true, mediaTypes })
    ask('audio')
    await vi.waitFor(() => expect(media).toHaveBeenLastCalledWith(true))
    expect(askSystem.mock.calls).toStrictEqual([['microphone']])
    askSystem.mockImplementation((what) => Promise.resolve(what === 'microphone'))
    ask('audio', 'video')
    await vi.waitFor(() => expect(media).toHaveBeenCalledTimes(2))
    expect(media).toHaveBeenLastCalledWith(false)
    ask()
    await vi.waitFor(() => expect(media).toHaveBeenCalledTimes(3))
    expect(media).toHaveBeenLastCalledWith(false)
    expect(run('device', { deviceType: 'hid' })).toBe(false)
    run('display', {}, answers.display)
    expect(answers.display).toHaveBeenCalledExactlyOnceWith(null)
    expect(run('usb', { protectedClasses: ['audio'] })).toStrictEqual(['audio'])
  })
})
