// The shape of a viewer's session: what its page gives it, and what the page may have it do.
import type { ChordAction } from '../../../shared/domain/chords.ts'
import type { DisplayId } from '../../../shared/domain/display-layout.ts'
import type { Quality } from '../../../shared/domain/quality.ts'
import type { PathChoice } from '../../../shared/domain/media.ts'
import type { Settings } from '../../../shared/domain/settings.ts'
import type { Bridge } from '../../../shared/ipc/bridge.ts'
import type { Hop } from './connection-check.ts'
import type { WayState } from './path-choice.ts'
import type { IcePath } from './transport/paths.ts'
import type { Screens } from './transport/transport.ts'
import type { ViewerFiles } from './viewer-files.ts'
import type { ViewerPapers } from './viewer-papers.ts'
import type { Say, ViewerStore } from './viewer-state.ts'
import type { ViewerSound } from './viewer-sound.ts'

/** The elements of the page that the session draws into and listens to. */
export interface ViewerElements extends Screens {
  /** Full window; the picture is placed in it. */
  readonly stage: HTMLDivElement
  /** Holds the last frame while there is none. */
  readonly still: HTMLCanvasElement
  /** Shown small above all windows, where a person wants that. */
  readonly small: HTMLVideoElement
  /** Has the focus while the desktop has the keyboard. */
  readonly field: HTMLTextAreaElement
}

/** What a session is made from. */
export interface ViewerSessionOptions {
  readonly bridge: Bridge
  readonly sessionId: string
  /** Which of its displays; a second one has no sound, no pads and no say in the desktop's life. */
  readonly display: DisplayId
  readonly elements: ViewerElements
  /** From the page's address: only these ways. */
  readonly paths: ReadonlySet<IcePath>
  /** From the page's address: WebSocket, whatever the settings say. */
  readonly forceWebSocket: boolean
  onChord(action: ChordAction): void
}

/** One desktop in one window. */
export interface ViewerSession {
  readonly store: ViewerStore
  /** The stopped desktop is started again, or the ended connection made anew. */
  again(): void
  stopDesktop(): Promise<void>
  /** The others may be thrown out for the mode that works. */
  allowOtherMode(): void
  /** No more reconnecting until it is asked for. */
  stopTrying(): void
  /** Another page has the desktop: take it from there, or come in beside it. */
  takeOver(how: 'take' | 'join'): void
  /** Remembers the way for media that this cluster's desktops are to come by. */
  choosePath(choice: PathChoice): void
  /** What may be chosen, and what is. */
  ways(): { readonly chosen: PathChoice; readonly states: readonly WayState[] }
  /** Tries every hop. @throws the signal's reason */
  checkConnection(signal: AbortSignal, onHops: (hops: readonly Hop[]) => void): Promise<readonly Hop[]>
  setGrab(on: boolean): Promise<void>
  /** Gives the mouse to the desktop alone, or takes it back. */
  setRelativeMouse(on: boolean): Promise<void>
  toggleFullScreen(): Promise<void>
  /** Presses keys on the desktop that this machine would take. */
  sendKeys(keysyms: readonly number[]): void
  /** Types what is copied here, key by key. */
  typeClipboard(): Promise<void>
  cancelTyping(): void
  /** The picture of this desktop is sent like this from now on, and remembered. */
  setQuality(quality: Quality): void
  /** Somebody reads the statistics, or no more. */
  watchStatistics(on: boolean): void
  /** What a person does about sound, microphone and camera. */
  readonly sound: Pick<ViewerSound, 'setCapture' | 'declineCapture' | 'listDevices'>
  /** Whether the gamepads are tested here: the desktop has them at rest meanwhile. */
  testPads(on: boolean): void
  /** By a click: the browser may ask whether this page may read the clipboard. */
  allowClipboard(): Promise<void>
  /** Changes a setting; it takes effect through the settings topic. */
  set(patch: Partial<Settings>): void
  /** Opens or closes the second display's window. To be called by a click. */
  setSecondDisplay(open: boolean): Promise<void>
  /** The person leaves the desktop: its second window goes with this one. */
  leave(): void
  /** A picture of the desktop to this machine's clipboard, or into a file. */
  copyPicture(): Promise<void>
  savePicture(): Promise<void>
  /** Shows the desktop as a small picture above all windows, or puts it away. */
  toggleSmallPicture(): Promise<void>
  readonly files: ViewerFiles
  readonly papers: Pick<ViewerPapers, 'wish' | 'dismiss'>
  focus(): void
  say(say: Omit<Say, 'id'>): void
  dispose(): void
}
