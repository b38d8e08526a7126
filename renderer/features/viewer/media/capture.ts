// One thing of this machine that a desktop may be given: its microphone, or its camera.
// Policy: only a person turns it on, here and now; a desktop may ask, and is told nothing when the answer is no. Off is at once, in the
// device itself, whoever said so: the person, the desktop, a rule, an unplugged device, the connection's end. A connection that heals
// itself keeps it, and nothing is sent meanwhile.
import type { CaptureKind } from '../../../../shared/selkies/g2/server-messages.ts'
import { captureProblem, captureWords } from './capture-words.ts'

export interface CaptureView {
  readonly state: 'off' | 'asking' | 'on'
  /** Name of the device that is on. */
  readonly device: string | null
  /** Why it cannot be turned on; null: it can. */
  readonly why: string | null
  /** A program of the desktop reads it and the person has not answered yet. */
  readonly asked: boolean
}

export const CAPTURE_OFF: CaptureView = { state: 'off', device: null, why: null, asked: false }

export interface CaptureOptions {
  readonly what: CaptureKind
  /** @throws as `getUserMedia` does */
  open(): Promise<MediaStreamTrack>
  /** Hands it to the desktop; null takes it away. @returns false when the desktop takes none */
  send(track: MediaStreamTrack | null): Promise<boolean>
  /** Whether a desktop may ask the person. */
  mayAsk(): boolean
  onChange(view: CaptureView): void
  say(text: string): void
}

export interface Capture {
  readonly view: CaptureView
  /** A person wants it. */
  set(on: boolean): Promise<void>
  /** The person was asked and said no. */
  decline(): void
  /** What forbids it; null when nothing does. */
  setWhy(why: string | null): void
  /** A program of the desktop began to read it, or ceased to. */
  demand(wanted: boolean): void
  /** The desktop takes none. */
  refused(): void
  /** A new connection is open. */
  connected(): Promise<void>
  /** Another device was chosen. */
  change(): Promise<void>
  /** Off, without a word. */
  stop(): void
}

export function createCapture(options: CaptureOptions): Capture {
  const { what, send, say } = options
  const words = captureWords(what)
  let view = CAPTURE_OFF
  let track: MediaStreamTrack | null = null
  let byDemand = false
  let demanded = false
  let declined = false
  /** Each decision has a number: what a slower one brings is thrown away. */
  let turn = 0

  const show = (patch: Partial<CaptureView>) => {
    view = { ...view, ...patch }
    options.onChange(view)
  }
  const isAsked = () => demanded && !declined && view.state === 'off' && view.why === null && options.mayAsk()
  const release = () => {
    const was = track
    track = null
    was?.removeEventListener('ended', unplugged)
    was?.stop()
    if (was !== null) void send(null).catch(ignore)
  }
  const off = () => {
    turn++
    byDemand = false
    release()
    if (view.state !== 'off') show({ state: 'off', device: null, asked: false })
  }
  const unplugged = () => {
    off()
    say(words.unplugged())
  }
  const give = async (): Promise<void> => {
    const mine = turn
    const taken = await send(track)
    if (taken || mine !== turn) return
    off()
    say(words.refused())
  }
  const turnOn = async (): Promise<void> => {
    const mine = ++turn
    release()
    show({ state: 'asking', device: null, asked: false })
    let opened: MediaStreamTrack
    try {
      opened = await options.open()
    } catch (error) {
      if (mine !== turn) return
      show({ state: 'off', device: null })
      return say(captureProblem(what, error))
    }
    if (mine !== turn) return opened.stop()
    track = opened
    track.addEventListener('ended', unplugged)
    show({ state: 'on', device: opened.label === '' ? null : opened.label })
    return give()
  }

  return {
    get view() {
      return view
    },
    async set(on) {
      if (!on) {
        // whoever turns it off while a program reads it does not want to be asked at once
        declined = demanded
        return off()
      }
      if (view.state !== 'off') return undefined
      if (view.why !== null) return say(view.why)
      byDemand = view.asked
      declined = false
      return turnOn()
    },
    decline() {
      declined = true
      show({ asked: false })
    },
    setWhy(why) {
      if (why === view.why) return
      const wasOn = view.state !== 'off'
      show({ why })
      if (why === null) return show({ asked: isAsked() })
      off()
      show({ asked: false })
      if (wasOn) say(why)
    },
    demand(wanted) {
      demanded = wanted
      if (!wanted) {
        declined = false
        // who was asked said yes to that program alone
        if (byDemand && view.state !== 'off') {
          off()
          say(words.unused())
        }
      }
      if (view.asked !== isAsked()) show({ asked: isAsked() })
    },
    refused() {
      if (view.state === 'off') return
      off()
      say(words.refused())
    },
    async connected() {
      // a new connection tells its demand anew
      demanded = false
      if (view.asked) show({ asked: false })
      if (track !== null) await give()
    },
    async change() {
      if (view.state === 'on') await turnOn()
    },
    stop: off,
  }
}

/** The connection went meanwhile. */
function ignore(): void {}
