// From what a person wants and a desktop allows to what the desktop is told. Pure. Policy: told is only what differs from what it does;
// what is not wished stays as the desktop had it when this window first met it.
import type { Quality } from '../../../../shared/domain/quality.ts'
import type { ClientMessage } from '../../../../shared/selkies/g2/messages.ts'
import { CONTROLS, WIRE, type Control, type QualityLimits } from './limits.ts'

export type Value = number | boolean | string
/** Values by control. */
export type Stream = Readonly<Partial<Record<Control, Value>>>

/** What of a wish a desktop allows, within its bounds. Controls that are shut or not wished for are left out. */
export function allowedStream(wish: Quality, limits: QualityLimits): Stream {
  const stream: Partial<Record<Control, Value>> = {}
  // the rate control that is wished for opens and shuts others, before the desktop has said that it has it
  const steady = wish.rateControl ?? limits.rateControl.now
  for (const control of CONTROLS) {
    const value = wish[control]
    const limit = limits[control]
    const opened = control === 'crf' && steady === 'crf' && limits.rateControl.why === null
    if (value === null || (limit.why !== null && !opened)) continue
    if ('least' in limit) stream[control] = Math.min(limit.most, Math.max(limit.least, Number(value)))
    else if ('options' in limit) {
      if (limit.options.some((option) => option.value === value && option.why === null)) stream[control] = value
    } else stream[control] = value
  }
  return stream
}

/** What a desktop says that it does. */
export function presentStream(limits: QualityLimits): Stream {
  return Object.fromEntries(
    CONTROLS.flatMap((control) => {
      const { now } = limits[control]
      return now === null ? [] : [[control, now] as const]
    }),
  )
}

/** The controls whose values differ. */
export function differs(wanted: Stream, known: Stream): Stream {
  return Object.fromEntries(
    CONTROLS.flatMap((control) => {
      const value = wanted[control]
      return value === undefined || value === known[control] ? [] : [[control, value] as const]
    }),
  )
}

/** In the server's names. */
export function wire(stream: Stream): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    CONTROLS.flatMap((control) => {
      const value = stream[control]
      return value === undefined ? [] : [[WIRE[control], value] as const]
    }),
  )
}

/**
 * The messages for a change. Frame rate and bitrate have live verbs; the rest goes in one SETTINGS, which costs WebSocket mode a key frame.
 * @param always what each SETTINGS of this connection repeats
 * @param picked a person has just chosen it: it then counts from a page beside the display's owner too
 */
export function ordersFor(
  change: Stream,
  always: Readonly<Record<string, unknown>>,
  picked: boolean,
): readonly ClientMessage[] {
  const { frameRate, bitrateKbps, ...rest } = change
  const orders: ClientMessage[] = []
  if (typeof frameRate === 'number') orders.push({ type: 'frame-rate', fps: frameRate })
  if (typeof bitrateKbps === 'number') orders.push({ type: 'video-bitrate', kbps: bitrateKbps })
  const settings = wire(rest)
  const names = Object.keys(settings)
  if (names.length > 0)
    orders.push({ type: 'settings', settings: { ...always, ...settings, ...(picked ? { picked: names } : {}) } })
  return orders
}
