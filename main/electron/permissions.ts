// What a page may ask of the browser: a table that names every permission of Electron, denied unless it says otherwise.
// A permission that a new Electron brings is a type error here until somebody decides about it.
import type { Session, WebContents } from 'electron'

type RequestHandler = NonNullable<Parameters<Session['setPermissionRequestHandler']>[0]>
/** Requests and checks name the same permissions: `installPermissions` would not compile if checks knew another. */
export type Permission = Parameters<RequestHandler>[1]

/**
 * `clipboard`: allowed while the person's setting lets the page read the clipboard.
 * `capture`: microphone and camera, for a desktop's window alone and while the setting allows them. A person turns them on there.
 */
export type Decision = 'deny' | 'allow' | 'clipboard' | 'capture'

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
  media: 'capture',
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
  /** Whether a desktop's window may have microphone and camera now. */
  readonly mayCapture: () => boolean
  /** Asks the system, where it has a word in it (macOS). @returns whether it allows them */
  readonly askSystem: (what: 'microphone' | 'camera') => Promise<boolean>
}

/** The page that shows a desktop. */
const VIEWER_PATH = '/viewer.html'

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
  if (decision === 'capture') return options.mayCapture() && isViewer(url, options.uiOrigin)
  return decision === 'allow' || (decision === 'clipboard' && options.mayReadClipboard())
}

function isViewer(url: string | undefined, uiOrigin: string): boolean {
  return url !== undefined && new URL(url).pathname === VIEWER_PATH && url.startsWith(`${uiOrigin}/`)
}

/** Both of them, or none: a request names what it wants at once. */
async function askAll(wanted: readonly ('audio' | 'video')[], options: PermissionOptions): Promise<boolean> {
  if (wanted.length === 0) return false
  for (const what of wanted) if (!(await options.askSystem(what === 'audio' ? 'microphone' : 'camera'))) return false
  return true
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
  session.setPermissionRequestHandler((_contents: WebContents, permission, callback, details) => {
    if (!decide(permission, details.requestingUrl, details.isMainFrame, options)) return callback(false)
    if (permission !== 'media') return callback(true)
    const wanted = 'mediaTypes' in details ? (details.mediaTypes ?? []) : []
    askAll(wanted, options)
      .then(callback)
      .catch(() => callback(false))
    return undefined
  })
  session.setPermissionCheckHandler((_contents, permission: Permission, requestingOrigin, details) => {
    // origins alone do not tell a desktop's window from the others
    const url = PERMISSIONS[permission] === 'capture' ? details.requestingUrl : requestingOrigin
    return decide(permission, url, details.isMainFrame, options)
  })
  session.setDevicePermissionHandler(() => false)
  session.setDisplayMediaRequestHandler((_request, callback) => callback(null))
  session.setBluetoothPairingHandler((_details, callback) => callback({ confirmed: false }))
  session.setUSBProtectedClassesHandler(({ protectedClasses }) => protectedClasses)
}
