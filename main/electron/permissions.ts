// What a page may ask of the browser: a table that names every permission of Electron, denied unless it says otherwise.
// A permission that a new Electron brings is a type error here until somebody decides about it.
import type { Session, WebContents } from 'electron'

type RequestHandler = NonNullable<Parameters<Session['setPermissionRequestHandler']>[0]>
/** Requests and checks name the same permissions: `installPermissions` would not compile if checks knew another. */
export type Permission = Parameters<RequestHandler>[1]

/** `clipboard`: allowed while the person's setting lets the page read the clipboard. */
export type Decision = 'deny' | 'allow' | 'clipboard'

export const PERMISSIONS: Readonly<Record<Permission, Decision>> = {
  // what a desktop's window needs
  fullscreen: 'allow',
  keyboardLock: 'allow',
  pointerLock: 'allow',
  'screen-wake-lock': 'allow',
  'speaker-selection': 'allow',
  // full screen on a chosen monitor
  'window-management': 'allow',
  'clipboard-sanitized-write': 'allow',
  'clipboard-read': 'clipboard',
  // nodes, relays and the door stand in private networks and on loopback
  'local-network': 'allow',
  'local-network-access': 'allow',
  'loopback-network': 'allow',
  // nothing in the app uses these
  ar: 'deny',
  'automatic-fullscreen': 'deny',
  'background-fetch': 'deny',
  'background-sync': 'deny',
  'captured-surface-control': 'deny',
  'deprecated-sync-clipboard-read': 'deny',
  'display-capture': 'deny',
  fileSystem: 'deny',
  geolocation: 'deny',
  'geolocation-approximate': 'deny',
  'hand-tracking': 'deny',
  hid: 'deny',
  'idle-detection': 'deny',
  'local-fonts': 'deny',
  media: 'deny',
  mediaKeySystem: 'deny',
  midi: 'deny',
  midiSysex: 'deny',
  nfc: 'deny',
  notifications: 'deny',
  openExternal: 'deny',
  'payment-handler': 'deny',
  'periodic-background-sync': 'deny',
  'persistent-storage': 'deny',
  sensors: 'deny',
  serial: 'deny',
  'smart-card': 'deny',
  'storage-access': 'deny',
  'system-wake-lock': 'deny',
  'top-level-storage-access': 'deny',
  usb: 'deny',
  vr: 'deny',
  'web-app-installation': 'deny',
  'web-printing': 'deny',
  unknown: 'deny',
}

export interface PermissionOptions {
  readonly uiOrigin: string
  /** Whether the page may read the clipboard now. */
  readonly mayReadClipboard: () => boolean
}

/** Whether a page may have a permission. @param url of the frame that asks, or its origin */
export function decide(
  permission: string,
  url: string | undefined,
  isMainFrame: boolean,
  options: PermissionOptions,
): boolean {
  const ours = url === options.uiOrigin || url?.startsWith(`${options.uiOrigin}/`) === true
  if (!ours || !isMainFrame || !Object.hasOwn(PERMISSIONS, permission)) return false
  const decision = PERMISSIONS[permission as Permission]
  return decision === 'allow' || (decision === 'clipboard' && options.mayReadClipboard())
}

/** The handlers of a session that grant something. */
export type PermissionSession = Pick<
  Session,
  | 'setPermissionRequestHandler'
  | 'setPermissionCheckHandler'
  | 'setDevicePermissionHandler'
  | 'setDisplayMediaRequestHandler'
  | 'setBluetoothPairingHandler'
  | 'setUSBProtectedClassesHandler'
>

/** Installs the table on a session: requests and checks alike, and no devices, screens or pairings at all. */
export function installPermissions(session: PermissionSession, options: PermissionOptions): void {
  session.setPermissionRequestHandler((_contents: WebContents, permission, callback, details) =>
    callback(decide(permission, details.requestingUrl, details.isMainFrame, options)),
  )
  session.setPermissionCheckHandler((_contents, permission: Permission, requestingOrigin, details) =>
    decide(permission, requestingOrigin, details.isMainFrame, options),
  )
  session.setDevicePermissionHandler(() => false)
  session.setDisplayMediaRequestHandler((_request, callback) => callback(null))
  session.setBluetoothPairingHandler((_details, callback) => callback({ confirmed: false }))
  session.setUSBProtectedClassesHandler(({ protectedClasses }) => protectedClasses)
}
