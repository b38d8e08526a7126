// What a client says to Selkies-GStreamer 1.6: the viewer's messages in its words, as far as it has words for them. Pure.
// Policy: what the server would misread (fractions, bits that mean something else there, sizes that it would change) is never said;
// what it cannot do is null, and the caller lets it be. Nothing here pretends.
import { formatClientMessage, MASK, type ClientMessage } from '../g2/messages.ts'

/** Bytes of the longest text that its clipboard takes. Source: 1.6.2, one message of 65,535 characters. */
export const G1_CLIPBOARD_BYTES = 49_149
/** Characters of one message: its channel takes no longer one. */
export const G1_MESSAGE_LIMIT = 65_535
/** Buttons that it knows; the bits above them are its wheel. */
export const G1_BUTTONS = MASK.left | MASK.middle | MASK.right
/** The density that scale 1 stands for. */
const DPI = 96
/** Clicks of a wheel in one message. The server has no limit of its own, and makes them all before it reads on. */
const WHEEL_LIMIT = 64

/**
 * Says a message in one line.
 * @returns null for what 1.6 has no word for: pictures and long texts on the clipboard, signs of life of keys and pads, changes of codec
 */
export function formatG1Message(message: ClientMessage): string | null {
  switch (message.type) {
    case 'key-down':
    case 'key-up':
    case 'release-keys':
    case 'video-bitrate':
    case 'audio-bitrate':
    case 'cursor-in-video':
    case 'pad-connect':
    case 'pad-disconnect':
    case 'pad-button':
    case 'pad-axis':
      return formatClientMessage(message)
    case 'pointer': {
      const { relative, x, y, mask, magnitude } = message
      return `${relative ? 'm2' : 'm'},${Math.round(x)},${Math.round(y)},${mask},${Math.min(WHEEL_LIMIT, magnitude)}`
    }
    case 'frame-rate':
      // a fraction ends its reading of the line with an exception
      return `_arg_fps,${Math.max(1, Math.round(message.fps))}`
    case 'resize': {
      const { width, height } = g1Size(message)
      return `r,${width}x${height}`
    }
    case 'dpi':
      return `s,${g1Scale(message.dpi)}`
    case 'pong':
      return `pong,${message.data}`
    case 'clipboard-read':
      return 'cr'
    case 'clipboard-text':
      return message.base64.length + 3 > G1_MESSAGE_LIMIT ? null : formatClientMessage(message)
    default:
      return null
  }
}

/** The size that it can show: it rounds widths up to a multiple of 8 and tells another one. px */
export function g1Size(size: { readonly width: number; readonly height: number }): {
  readonly width: number
  readonly height: number
} {
  const down = (value: number, step: number) => Math.max(step, Math.floor(value / step) * step)
  return { width: down(size.width, 8), height: down(size.height, 2) }
}

/** The scale of a density; it takes 0.75-2.5. @param dpi 96 is scale 1 */
export function g1Scale(dpi: number): number {
  return Math.round(Math.min(2.5, Math.max(0.75, dpi / DPI)) * 100) / 100
}
