// Devices by name, as Chromium lists them.
import { expect, it } from 'vitest'
import { areNamesHidden, deviceId, readDevices } from './devices.ts'

const device = (kind: MediaDeviceKind, id: string, label: string) => ({ kind, deviceId: id, label })
const listed = [
  device('audioinput', 'default', 'Default - Headset'),
  device('audioinput', 'a1', 'Headset'),
  device('audiooutput', 'o1', 'Headset'),
  device('audiooutput', 'o2', 'Speakers'),
  device('audiooutput', 'o3', 'Speakers'),
  device('videoinput', 'v1', 'Webcam'),
]

it('lists what has a name, each once, without the stand-ins of the system’s choice', () => {
  expect(readDevices(listed)).toEqual({
    microphone: [{ id: 'a1', name: 'Headset' }],
    speaker: [
      { id: 'o1', name: 'Headset' },
      { id: 'o2', name: 'Speakers' },
    ],
    camera: [{ id: 'v1', name: 'Webcam' }],
  })
})

it('finds a chosen one, says when it is away, and leaves the system its choice', () => {
  const devices = readDevices(listed)
  expect(deviceId(devices, 'speaker', 'Speakers')).toBe('o2')
  expect(deviceId(devices, 'speaker', 'Radio')).toBeNull()
  expect(deviceId(devices, 'speaker', '')).toBe('')
})

it('knows a browser that names nothing', () => {
  expect(areNamesHidden([device('audioinput', '', '')])).toBe(true)
  expect(areNamesHidden(listed)).toBe(false)
  // there is nothing to be named
  expect(areNamesHidden([])).toBe(false)
})
