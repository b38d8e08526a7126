// The speakers, microphones and cameras of this machine by the names that people know.
// Policy: what was chosen is remembered by its name, since ids change with the page's origin; a device that is away is not complained
// about while the system has another, and is used again when it is back.
import type { CaptureKind } from '../../../../shared/selkies/g2/server-messages.ts'

export type DeviceKind = CaptureKind | 'speaker'

export interface Device {
  readonly id: string
  readonly name: string
}

/** By kind, in the browser's order. Browsers name none before a page was allowed a microphone or camera. */
export type Devices = Readonly<Record<DeviceKind, readonly Device[]>>

export const NO_DEVICES: Devices = { speaker: [], microphone: [], camera: [] }

const KINDS: Readonly<Record<MediaDeviceKind, DeviceKind>> = {
  audiooutput: 'speaker',
  audioinput: 'microphone',
  videoinput: 'camera',
}
/** Chromium lists the system's choice as devices of their own; "" stands for it here. */
const SYSTEM_IDS = new Set(['', 'default', 'communications'])

type RawDevice = Pick<MediaDeviceInfo, 'kind' | 'deviceId' | 'label'>

/** Reads what a browser lists; devices without a name cannot be told apart and are left out. */
export function readDevices(listed: readonly RawDevice[]): Devices {
  const all: Record<DeviceKind, Device[]> = { speaker: [], microphone: [], camera: [] }
  for (const { kind, deviceId, label } of listed) {
    const devices = all[KINDS[kind]]
    if (SYSTEM_IDS.has(deviceId) || label === '' || devices.some(({ name }) => name === label)) continue
    devices.push({ id: deviceId, name: label })
  }
  return all
}

/** Whether the browser keeps the names to itself: there is something, and nothing has a name. */
export function areNamesHidden(listed: readonly RawDevice[]): boolean {
  return listed.length > 0 && listed.every(({ label }) => label === '')
}

/** The id of a device that was chosen by its name. @returns empty for the system's choice, null when it is away */
export function deviceId(devices: Devices, kind: DeviceKind, name: string): string | null {
  if (name === '') return ''
  return devices[kind].find((device) => device.name === name)?.id ?? null
}
