// The desktop proxy's face to the rest of the core: doors are opened for one window and one session.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Door } from '../../shared/domain/session.ts'
import type { DesktopAccess } from '../sessions/provider.ts'

export interface DesktopProxy {
  /**
   * Opens a door. It dies with `closeDoor`, with the window (`closeWindow`) or with the session (`closeSession`).
   * @param windowId who may use it: a WebContents id or a web-host connection id
   */
  open(access: DesktopAccess, windowId: string): Promise<Door>
  closeDoor(ticket: string, windowId: string): Promise<void>
  /** Takes a printed document through a window's own door. @throws AppError of the catalogue (take-paper.ts) */
  takePaper(ticket: string, windowId: string, name: string): Promise<Buffer>
  closeWindow(windowId: string): Promise<void>
  closeSession(sessionId: string): Promise<void>
  /** Handles `/d/<ticket>/...`; answers false when the path is not a door's, so that a host may go on. */
  handleRequest(request: IncomingMessage, response: ServerResponse): boolean
  /** The same for a WebSocket upgrade. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean
  dispose(): Promise<void>
}
