// The demo's desktop: a canvas that a page draws and streams, in place of a pod. Loaded only when a demo session is opened.
// Policy: it runs by timers, not by animation frames, so that a hidden window goes on; nothing runs while nobody watches.
import type { Fault } from '../../shared/demo/attach.ts'
import { encodeBase64 } from '../../shared/selkies/g2/base64.ts'
import type { ServerMessage } from '../../shared/selkies/g2/server-messages.ts'
import { openAttachSocket } from './attach-socket.ts'
import { cursorNameOf, cursorView, type CursorName } from './cursors.ts'
import { boxOf, layoutOf, targetAt } from './layout.ts'
import { notesPdf } from './notes-pdf.ts'
import { createPainter } from './painter.ts'
import { reduce, type DesktopEvent } from './reduce.ts'
import { initialState, type DesktopState } from './state.ts'
import { createTone } from './tone.ts'
import { createViewers } from './viewers.ts'

export interface DemoDesktopOptions {
  /** Faults that are on from the beginning. */
  readonly faults?: readonly Fault[]
}

const FONTS = ['14px "Inter Variable"', '600 13px "Inter Variable"', '14px "Geist Mono Variable"'] as const
/** The wrong size that a fault makes of a wanted one: so much less, px. */
const WRONG = { width: 64, height: 32 } as const

/**
 * Runs a demo session's desktop in this page.
 * @param url `door.demo.attach`: a ws URL, or a path on this origin
 * @returns ends it
 */
export function attachDemoDesktop(url: string, options: DemoDesktopOptions = {}): () => void {
  const canvas = document.createElement('canvas')
  let state: DesktopState = initialState(1280, 720)
  const painter = createPainter(canvas)
  painter.paint(state, { now: Date.now(), frame: 0, measuredFps: 0 })
  const stream = canvas.captureStream()
  const [video] = stream.getVideoTracks()
  if (video === undefined) throw new Error('this browser streams no canvas')
  const tone = createTone((track) => viewers.setAudio(track))
  let cursor: CursorName = 'arrow'
  let delayMs = 0
  let isWrongSize = false

  const cursorMessage = (): ServerMessage & { type: 'cursor' } => ({ type: 'cursor', cursor: cursorView(cursor) })
  const apply = (event: DesktopEvent): void => {
    const old = state
    state = reduce(state, event)
    if (state === old) return
    if (state.width !== old.width || state.height !== old.height)
      viewers.tell({ type: 'resolution', width: state.width, height: state.height })
    if (state.tone !== old.tone) tone.set(state.tone)
    if (state.copies !== old.copies) announce()
    if (state.prints !== old.prints)
      socket.send({ type: 'printed', name: 'Notes.pdf', base64: encodeBase64(notesPdf(state.field.text)) })
    if (state.rumbles !== old.rumbles)
      viewers.tell(
        { type: 'rumble', slot: state.pads.findIndex((pad) => pad !== null), strong: 0.6, weak: 0.3, durationMs: 400 },
        'controllers',
      )
    if (state.pointer !== old.pointer) pointTo()
  }
  const announce = (): void => {
    const { clip } = state
    if (clip.mime === 'text/plain') return viewers.announce(new TextEncoder().encode(clip.text), clip.mime)
    void sketchPng(canvas, state).then((png) => viewers.announce(png, clip.mime))
  }
  const pointTo = (): void => {
    const layout = layoutOf(state.width, state.height, state.dpi)
    const next = cursorNameOf(targetAt(layout, state.pointer.x / layout.scale, state.pointer.y / layout.scale))
    if (next === cursor) return
    cursor = next
    viewers.tell(cursorMessage())
  }
  const viewers = createViewers({
    video,
    state: () => state,
    cursor: cursorMessage,
    onInput(message, isOwner) {
      if ((message.type === 'resize' || message.type === 'dpi' || message.type === 'frame-rate') && !isOwner) return
      const wanted =
        message.type === 'resize' && isWrongSize
          ? { ...message, width: message.width - WRONG.width, height: message.height - WRONG.height }
          : message
      apply({ type: 'client', message: wanted, at: performance.now() })
    },
    onPasted: (clip) => apply({ type: 'pasted', clip }),
    onLeft: () => apply({ type: 'left' }),
    onPayload: (peer, payload) => socket.send({ type: 'payload', peer, payload }),
    onEnded: (peer) => socket.send({ type: 'ended', peer }),
  })
  const fault = (change: Fault): void => {
    if (change.kind === 'delay-offer') delayMs = change.ms
    else if (change.kind === 'wrong-size') isWrongSize = change.on
    else viewers.fault(change)
  }
  const loop = runLoop(
    () => Math.min(MOST_FPS, state.fps),
    (frame, measuredFps) => {
      apply({ type: 'tick', at: performance.now() })
      painter.paint(state, { now: Date.now(), frame, measuredFps })
    },
  )
  const stop = (): void => {
    loop.stop()
    viewers.close()
    tone.close()
    video.stop()
    socket.close()
  }
  const socket = openAttachSocket(
    url,
    (message) => {
      switch (message.type) {
        case 'session':
          viewers.begin(message, delayMs)
          loop.start()
          return
        case 'payload':
          return viewers.take(message.peer, message.payload)
        case 'end':
          viewers.end(message.peer)
          if (viewers.count === 0) loop.pause()
          return
        case 'spooled':
          return viewers.tell({ type: 'printed', name: message.name, bytes: message.bytes }, 'controllers')
        case 'fault':
          return fault(message.fault)
      }
    },
    () => stop(),
  )
  for (const change of options.faults ?? []) fault(change)
  for (const font of FONTS) void document.fonts.load(font).then(() => painter.forget())
  return stop
}

/** It is painted in this very browser: more pictures than a screen shows would only take the viewer's time, 1/s. */
const MOST_FPS = 60

/** The sketch as it is seen. */
async function sketchPng(canvas: HTMLCanvasElement, state: DesktopState): Promise<Uint8Array<ArrayBuffer>> {
  const layout = layoutOf(state.width, state.height, state.dpi)
  const { x, y, w, h } = boxOf(layout, 'paint')
  const [left, top, width, height] = [x, y, w, h].map((side) => Math.max(1, Math.round(side * layout.scale))) as [
    number,
    number,
    number,
    number,
  ]
  const cut = new OffscreenCanvas(width, height)
  cut.getContext('2d')?.drawImage(canvas, left, top, width, height, 0, 0, width, height)
  return new Uint8Array(await (await cut.convertToBlob({ type: 'image/png' })).arrayBuffer())
}

/** A loop by timers that keeps its pace on average. */
function runLoop(
  fps: () => number,
  draw: (frame: number, measuredFps: number) => void,
): { start(): void; pause(): void; stop(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  let due = 0
  let frame = 0
  let over = false
  let drawn: number[] = []
  const pause = (): void => {
    clearTimeout(timer)
    timer = undefined
  }
  const step = (): void => {
    const now = performance.now()
    drawn = [...drawn.filter((at) => now - at < 1_000), now]
    frame += 1
    draw(frame, drawn.length)
    const every = 1_000 / fps()
    // after a long pause it goes on from now instead of catching up
    due = Math.max(due + every, now - every)
    timer = setTimeout(step, Math.max(0, due - performance.now()))
  }
  return {
    start() {
      if (timer !== undefined || over) return
      due = performance.now()
      timer = setTimeout(step, 0)
    },
    pause,
    stop() {
      over = true
      pause()
    },
  }
}
