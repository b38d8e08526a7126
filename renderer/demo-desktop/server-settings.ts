// What the demo's desktop says about itself when a channel opens: settings in the genuine server's shapes, only those that mean something here.
import type { DesktopState } from './state.ts'

type Entry = Readonly<Record<string, unknown>>

const flag = (value: boolean, locked = false): Entry => ({ value, locked, overridden: locked })
const range = (min: number, max: number, value: number): Entry => ({
  value: [min, max],
  min,
  max,
  default: value,
  overridden: false,
})
const choice = (value: string, allowed: readonly string[]): Entry => ({ value, allowed, overridden: false })

/** The `settings` object of `server_settings`. @param bitrateKbps the present video target. Source: Selkies 2.1, its entry types */
export function serverSettings(
  state: DesktopState,
  bitrateKbps: number,
  encoder: string,
): Readonly<Record<string, Entry>> {
  return {
    ui_title: { value: 'Demo desktop', overridden: true },
    encoder: choice(encoder, [encoder]),
    framerate: range(8, 240, state.fps),
    video_bitrate: range(100, 1_000_000, bitrateKbps),
    rate_control_mode: choice('cbr', ['cbr']),
    enable_rate_control: flag(false, true),
    // the browser's own, below the target
    congestion_control: flag(true, true),
    // every tick is a frame, because the frame counter moves
    video_streaming_mode: flag(true),
    video_fullcolor: flag(false, true),
    video_10bit: flag(false, true),
    use_cpu: flag(true, true),
    audio_enabled: flag(true),
    audio_bitrate: choice('128000', ['64000', '128000', '256000']),
    microphone_enabled: flag(false),
    webcam_enabled: flag(false),
    gamepad_enabled: flag(true),
    enable_resize: flag(true),
    manual_resolution: flag(false),
    scaling_dpi: choice(String(state.dpi), ['96', '120', '144', '168', '192', '216', '240', '264', '288']),
    enable_clipboard: { value: 'true', overridden: false },
    enable_binary_clipboard: flag(true),
    clipboard_enabled: { value: true },
    clipboard_in_enabled: { value: true },
    clipboard_out_enabled: { value: true },
    enable_sharing: flag(true),
    enable_collab: flag(false),
    second_screen: flag(false, true),
    command_enabled: flag(false),
    printing_enabled: flag(true),
    file_transfers: { value: ['upload', 'download'], allowed: ['upload', 'download'], overridden: false },
  }
}
