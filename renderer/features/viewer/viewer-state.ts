// What the viewer shows, as one store. The session writes it, the page reads it.
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ChordAction } from '../../../shared/domain/chords.ts'
import { featuresOf, type ServerFeatures } from '../../../shared/selkies/features.ts'
import type { RelayTransport } from '../../../shared/domain/media.ts'
import type { SessionView } from '../../../shared/domain/session.ts'
import type { SecondState } from './displays/second-display.ts'
import type { Size } from './input/geometry.ts'
import type { PadView } from './input/gamepads.ts'
import type { MouseMotion } from './input/pointer-lock.ts'
import type { Typing } from './input/typer.ts'
import { CAPTURE_OFF, type CaptureView } from './media/capture.ts'
import { NO_DEVICES, type Devices } from './media/devices.ts'
import type { SoundFigures } from './media/sound-figures.ts'
import { NO_QUALITY, type QualityView } from './quality/quality-view.ts'
import type { TransferView } from './files/transfers.ts'
import type { PaperView } from './viewer-papers.ts'
import { OPEN_RULES, type TransferRules } from './transfer-rules.ts'
import type { MediaPath, Surface } from './transport/transport.ts'
import { t } from '../../ui/translate.ts'

/** One way that a reconnect tries, for the card at the bottom. */
export interface Tried {
  readonly words: string
  readonly state: 'no answer' | 'trying' | 'next'
}

export type ViewerStatus =
  | { readonly kind: 'connecting'; readonly doing: string; readonly sinceMs: number }
  | { readonly kind: 'connected' }
  | {
      readonly kind: 'reconnecting'
      readonly because: string
      /** Monotonic ms of the last picture. */
      readonly sinceMs: number
      readonly tried: readonly Tried[]
      /** A person chose one way alone, which is what is waited for. */
      readonly forced: boolean
    }
  /** The other mode would throw others out: the person decides. */
  | { readonly kind: 'ask-websocket'; readonly others: number; readonly to: 'webrtc' | 'websocket' }
  /** Another page has the desktop: the person decides. `mayJoin`: both can have it. */
  | { readonly kind: 'ask-takeover'; readonly because: string; readonly mayJoin: boolean }
  | { readonly kind: 'ended'; readonly because: string; readonly offer: 'start' | 'reconnect' | 'none' }

export interface ViewerStats {
  readonly fps: number
  readonly mbps: number
  readonly rttMs: number | null
  readonly path: MediaPath | null
  readonly via: string | null
  readonly codec: string | null
  readonly decoder: string | null
  /** Whether the GPU decodes; null where the browser does not say. */
  readonly decoderHardware: boolean | null
  /** Packets of the last second, or frames over WebSocket, and the share of them that was lost, 0-1. */
  readonly packets: number
  readonly loss: number
  /** Share of the pictures that this computer left out, 0-1. */
  readonly dropped: number
  /** Per frame, ms. */
  readonly decodeMs: number
  readonly bufferMs: number | null
  /** Looked at only while the statistics are open. */
  readonly renderMs: number | null
  readonly captureToScreenMs: number | null
  readonly sound: SoundFigures
  /** Messages of this connection that were not understood and so left out. */
  readonly unread: number
  /** From the desktop itself, ms: its encoding, from capture to encoded, from capture to the wire. */
  readonly encodeMs: number | null
  readonly pipelineMs: number | null
  readonly sendMs: number | null
  readonly encodedFps: number | null
  /** kbit/s that its encoder is held at. */
  readonly targetKbps: number | null
  readonly encoder: string | null
  /** Whether the GPU encodes, as the desktop says. */
  readonly hardware: boolean | null
}

/** A short line at the bottom. */
export interface Say {
  readonly id: number
  readonly icon:
    | 'picture'
    | 'clipboard'
    | 'keyboard'
    | 'mouse'
    | 'sound'
    | 'microphone'
    | 'camera'
    | 'pad'
    | 'network'
    | 'file'
    | 'print'
    | 'info'
  readonly text: string
  /** Whose keys are shown behind it. */
  readonly chord?: ChordAction
}

/** Whether this page may read the clipboard; `unknown` where the browser does not tell. */
export type ClipboardPermission = PermissionState | 'unknown'

export interface ViewerState {
  readonly status: ViewerStatus
  readonly name: string
  readonly node: string | null
  /** GPU slices that it has, and what encodes its picture as the operator expects it. */
  readonly slices: number
  readonly encoder: 'hardware' | 'software' | null
  readonly mode: 'webrtc' | 'websocket' | null
  /** What the desktop's server can do; what it cannot is not offered. */
  readonly features: ServerFeatures
  readonly path: MediaPath | null
  /** How the relay is reached, on that path. */
  readonly relay: RelayTransport | null
  readonly picture: Size | null
  /** What shows it. */
  readonly surface: Surface
  readonly cursor: string
  readonly stats: ViewerStats | null
  /** One a second, the newest last, at most `HISTORY`. */
  readonly history: readonly ViewerStats[]
  readonly say: Say | null
  readonly soundLocked: boolean
  readonly devices: Devices
  /** There are devices, and the browser does not name them yet. */
  readonly devicesHidden: boolean
  readonly microphone: CaptureView
  readonly camera: CaptureView
  /** The desktop has the keys that browser and system would take. */
  readonly grabbed: boolean
  /** The mouse is the desktop's alone and moves like this; null: it is this machine's. */
  readonly mouse: MouseMotion | null
  /** A text that is typed key by key. */
  readonly typing: Typing | null
  readonly fullScreen: boolean
  readonly pads: readonly PadView[]
  /** What the desktop's own rules say of them, and of sound. */
  readonly takesPads: boolean
  readonly hasSound: boolean
  /** The window of the second display. */
  readonly second: SecondState
  /** The desktop lets a second display be. */
  readonly secondOffered: boolean
  /** The small picture is shown; null: this browser has none. */
  readonly small: boolean | null
  /** What the desktop allows of its picture's quality, and what is made of it now. */
  readonly quality: QualityView
  /** What the desktop's server lets cross. */
  readonly rules: TransferRules
  readonly clipboardPermission: ClipboardPermission
  /** Files on their way, and those that were. */
  readonly transfers: readonly TransferView[]
  /** Documents that were printed, the newest last. */
  readonly papers: readonly PaperView[]
  /** Files are held over the window. */
  readonly dropping: boolean
}

export type ViewerStore = StoreApi<ViewerState>

/** What does not change every second. */
export type CalmState = Omit<ViewerState, 'stats' | 'history'>

/** Leaves the figures out: whoever shows them reads them from the store, and nothing else is drawn anew for them. */
export function withoutFigures(state: ViewerState): CalmState {
  const { stats: _stats, history: _history, ...calm } = state
  return calm
}

/** Seconds that are remembered. */
export const HISTORY = 120

/** What the session's view tells the viewer. */
export function toldBySession({
  displayName,
  node,
  slices,
  encoder,
}: SessionView): Pick<ViewerState, 'name' | 'node' | 'slices' | 'encoder'> {
  return { name: displayName, node: node ?? null, slices, encoder: encoder ?? null }
}

/** A store at its beginning. @param now monotonic ms */
export function createViewerStore(now: number): ViewerStore {
  return createStore<ViewerState>(() => ({
    status: { kind: 'connecting', doing: t('Opening the desktop'), sinceMs: now },
    name: t('Desktop'),
    node: null,
    slices: 0,
    encoder: null,
    mode: null,
    features: featuresOf('selkies2'),
    path: null,
    relay: null,
    picture: null,
    surface: 'video',
    cursor: 'default',
    stats: null,
    history: [],
    say: null,
    soundLocked: false,
    devices: NO_DEVICES,
    devicesHidden: false,
    microphone: CAPTURE_OFF,
    camera: CAPTURE_OFF,
    grabbed: false,
    mouse: null,
    typing: null,
    fullScreen: false,
    pads: [],
    takesPads: true,
    hasSound: true,
    second: 'closed',
    secondOffered: true,
    small: null,
    quality: NO_QUALITY,
    rules: OPEN_RULES,
    clipboardPermission: 'unknown',
    transfers: [],
    papers: [],
    dropping: false,
  }))
}
