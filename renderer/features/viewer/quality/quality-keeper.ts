// Keeps a desktop's picture as its person wants it: what is wished, what the desktop allows, what the pilot makes of it while the connection is
// poor, and what the desktop is told of all that. Policy: a new connection is told all that differs; nothing is told twice; what a person has
// not wished for stays as the desktop had it.
import type { Quality } from '../../../../shared/domain/quality.ts'
import { decodableHere, NOTHING, receivableHere, type Decodable } from '../media/decodable.ts'
import type { InputSink } from '../input/input-sink.ts'
import type { ViewerStats } from '../viewer-state.ts'
import { readLimits, unknownLimits, WHY, type QualityLimits } from './limits.ts'
import { allowedStream, differs, ordersFor, presentStream, wire, type Stream } from './orders.ts'
import { createPilot, type Course, type Wish } from './pilot.ts'
import { NO_QUALITY, type QualityView } from './quality-view.ts'
import type { Signs } from './signs.ts'

export interface QualityKeeperOptions {
  readonly sink: InputSink
  wish(): Quality
  onChange(view: QualityView): void
}

export interface QualityKeeper {
  /** Codecs whose 4:4:4 a peer connection shows here: the desktop is told when it is greeted. */
  readonly fullColorCodecs: readonly string[]
  /** The rate that the desktop's congestion control last held, kbit/s: the next connection starts there. */
  readonly startKbps: number | null
  /**
   * A connection is about to be made.
   * @param always what each SETTINGS of it repeats
   * @param says whether its server names what it allows; 1.6 does not, and takes frame rate and bitrate alone
   */
  begin(mode: 'webrtc' | 'websocket', always: Readonly<Record<string, unknown>>, says?: boolean): void
  /** What the first SETTINGS of WebSocket mode says; it counts as told. */
  claim(): Readonly<Record<string, unknown>>
  /** Orders may be sent. */
  opened(): void
  heardSettings(settings: Readonly<Record<string, unknown>>): void
  heardPoor(poor: boolean): void
  heardRate(kbps: number): void
  /** One second of the connection. @param now monotonic ms */
  sampled(stats: ViewerStats, now: number): void
  /** The wish has changed. */
  update(): void
}

/** Makes one for a window. */
export function createQualityKeeper(options: QualityKeeperOptions): QualityKeeper {
  const { sink } = options
  const pilot = createPilot()
  const receives = receivableHere()
  let decodes: Decodable = NOTHING
  let mode: 'webrtc' | 'websocket' = 'webrtc'
  let always: Readonly<Record<string, unknown>> = {}
  let settings: Readonly<Record<string, unknown>> | null = null
  let limits: QualityLimits = unknownLimits()
  /** What this window first found, and what it has told this connection. */
  let own: Stream | null = null
  let told: Stream = {}
  let open = false
  let poor = false
  let startKbps: number | null = null
  let asked = 0
  let view: QualityView = NO_QUALITY

  const wish = (): Wish => {
    const { frameRate, bitrateKbps, automatic, rateControl } = options.wish()
    const span = limits.frameRate
    return {
      frameRate: Math.min(span.most, Math.max(span.least, frameRate)),
      bitrateKbps: Math.min(limits.bitrateKbps.most, Math.max(limits.bitrateKbps.least, bitrateKbps)),
      least: { frameRate: span.least, bitrateKbps: limits.bitrateKbps.least },
      // without a steady rate there is none to lower
      steered: limits.congestionControl || (rateControl ?? limits.rateControl.now) === 'crf',
      // a desktop whose frame rate is locked takes no step
      automatic: automatic && span.why === null,
    }
  }
  const wanted = (course: Course): Stream => {
    const { frameRate, bitrateKbps } = course
    const stream = allowedStream({ ...options.wish(), frameRate, bitrateKbps }, limits)
    // what was told and is wished no longer goes back to what the desktop had
    const back = Object.fromEntries(
      (Object.keys(told) as (keyof Stream)[]).flatMap((control) => {
        const value = own?.[control]
        return value === undefined || stream[control] !== undefined ? [] : [[control, value]]
      }),
    )
    return { ...back, ...stream }
  }
  const show = (course: Course): void => {
    const next: QualityView = { limits, frameRate: course.frameRate, because: course.because, poor: course.poor }
    if (
      next.limits === view.limits &&
      next.frameRate === view.frameRate &&
      next.because === view.because &&
      next.poor === view.poor
    )
      return
    view = next
    options.onChange(view)
  }
  /** @param byPerson a person chose it: it counts also beside the page that has the display */
  const steer = (course: Course = pilot.course(wish()), byPerson = false): void => {
    show(course)
    if (!open) return
    // what an earlier connection was told of itself may be over
    const present = settings === null ? {} : presentStream(limits)
    const change = differs(wanted(course), { ...present, ...told })
    told = { ...told, ...change }
    for (const order of ordersFor(change, always, byPerson)) sink(order)
  }
  const read = (): void => {
    if (settings === null) return
    limits = readLimits(settings, mode, mode === 'webrtc' ? receives : decodes)
    own ??= presentStream(limits)
  }
  void decodableHere().then((found) => {
    decodes = found
    if (mode === 'webrtc') return undefined
    read()
    return steer()
  })

  return {
    fullColorCodecs: [...receives.fullColor],
    get startKbps() {
      return startKbps
    },
    begin(next, repeated, says = true) {
      // what the desktop allowed is what it will allow: a new connection is asked for all of it at once
      if (next !== mode || !says) limits = unknownLimits(says ? WHY.waiting : WHY.absent)
      mode = next
      always = repeated
      settings = null
      told = {}
      open = false
      poor = false
      pilot.reset()
    },
    claim() {
      told = { ...told, ...wanted(pilot.course(wish())) }
      return { ...wire(told), ...(startKbps === null ? {} : { ccStartKbps: startKbps }) }
    },
    opened() {
      open = true
      steer()
    },
    heardSettings(heard) {
      settings = heard
      read()
      steer()
    },
    heardPoor(on) {
      poor = on
    },
    heardRate(kbps) {
      if (kbps > 0) startKbps = kbps
    },
    sampled(stats, now) {
      const wanted = wish()
      const signs: Signs = {
        fps: stats.fps,
        packets: stats.packets,
        loss: stats.loss,
        rttMs: stats.rttMs,
        decodeMs: stats.decodeMs,
        dropped: stats.dropped,
        encodeMs: stats.encodeMs,
        encodedFps: stats.encodedFps,
        heldKbps: limits.congestionControl ? stats.targetKbps : null,
        poor,
      }
      steer(pilot.take(signs, wanted, now))
    },
    update() {
      const { bitrateKbps } = options.wish()
      // a rate that was held for another wish says nothing of this one
      if (bitrateKbps !== asked) startKbps = null
      asked = bitrateKbps
      steer(pilot.course(wish()), true)
    },
  }
}
