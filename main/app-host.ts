// What a host (the Electron shell, the web host, a test) gives the app's core, and what the core gives back.
import type { Bounds, DisplayId } from '../shared/domain/display-layout.ts'
import type { AppErrorView } from '../shared/errors.ts'
import type { CallResult } from '../shared/ipc/bridge.ts'
import type { TopicName } from '../shared/ipc/names.ts'
import type { DesktopProxy } from './desktop-proxy/types.ts'

/** Who calls: checked by the router before anything else. */
export interface Sender {
  /** One window or one web-host connection; doors are bound to it. */
  readonly windowId: string
  /** Origin of the calling frame, as the host saw it; `null` when the frame is gone. */
  readonly origin: string | null
  readonly isMainFrame: boolean
}

export interface Clock {
  /** Epoch ms. */
  now(): number
}

export interface HostServices {
  readonly kind: 'electron' | 'web'
  readonly version: string
  readonly platform: string
  readonly hostNote?: string | undefined
  /** The one origin that may call. */
  readonly uiOrigin: string
  /**
   * Opens or focuses the viewer's window of a display; absent in the web host, where the page opens a tab.
   * @param bounds where it was last
   */
  openViewer?(sessionId: string, display: DisplayId, bounds: Bounds | undefined): Promise<void>
  /** A window takes all keys or gives them back; absent in the web host. @returns whether it has them now */
  grabKeys?(windowId: string, on: boolean): boolean
  /**
   * Moves a window to a monitor; absent in the web host.
   * @param monitor its place and size, as the page knows it: `1920,0 2560x1440` @returns whether it is there
   */
  moveTo?(windowId: string, monitor: string): boolean
  /**
   * Opens, saves or prints a printed document with the system's programs; absent in the web host, whose browser does.
   * @returns false when the person changed their mind. @throws AppError
   */
  papers?(what: 'open' | 'save' | 'print', fileName: string, bytes: Buffer): Promise<boolean>
  /** The operating system's file dialog; absent in the web host. */
  pickKubeconfig?(): Promise<string | null>
  /**
   * Runs a demo desktop apart from the page (Electron's hidden window); absent in the web host, where the page that shows it runs it.
   * @param attach WebSocket URL of the door at which the desktop attaches
   */
  runDemoDesktop?(sessionId: string, attach: string): void
}

export interface AppDeps {
  readonly host: HostServices
  /** Folder for settings, trust, usual times and logs. Made when missing, mode 0700. */
  readonly dataDir: string
  /** Environment for kubeconfig discovery and exec plugins (`KUBECONFIG`, `HOME`, `PATH`). */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock?: Clock | undefined
  /** Where doors are served: `loopback` starts a listener of the core's own, `host` leaves it to the web host (same origin). */
  readonly doors: 'loopback' | 'host'
}

/** The running core. */
export interface App {
  /** Serves one call; never rejects. */
  call(sender: Sender, name: string, input: unknown): Promise<CallResult<unknown>>
  /** Subscribes a window to a topic; the present snapshot is pushed at once. @returns stops */
  subscribe(sender: Sender, topic: TopicName, push: (value: unknown) => void): (() => void) | AppErrorView
  /** A window or connection is gone: its subscriptions and doors end. */
  closeWindow(windowId: string): Promise<void>
  /** The machine woke up or its network came back: what waits for a retry tries at once. */
  wake(): void
  readonly proxy: DesktopProxy
  /** Origin of the doors when the core serves them itself. */
  readonly doorOrigin?: string | undefined
  dispose(): Promise<void>
}
