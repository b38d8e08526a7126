// The line for each change of the pads.
import { expect, it } from 'vitest'
import { padName, type PadView } from './gamepads.ts'
import { otherLayout, padsChanged } from './pad-words.ts'

const pad = (index: number, more: Partial<PadView> = {}): PadView => ({
  index,
  slot: index,
  name: 'Pad',
  standard: true,
  rumbles: false,
  ...more,
})

it.each([
  [[], [pad(0)], 'Pad is gamepad 1.'],
  [[pad(0)], [pad(0), pad(1, { standard: false })], `Pad is gamepad 2. ${otherLayout()}`],
  [[pad(0)], [pad(0), pad(4, { slot: null })], 'A desktop takes four gamepads: Pad has to wait.'],
  [[pad(0), pad(1)], [pad(0)], 'Gamepad 2 is disconnected. Its place is kept.'],
  [[pad(4, { slot: null })], [], null],
  [[pad(0)], [pad(0)], null],
])('%j to %j', (before, now, line) => expect(padsChanged(before, now)).toBe(line))

it.each([
  ['Xbox 360 Controller (STANDARD GAMEPAD Vendor: 045e Product: 028e)', 'Xbox 360 Controller'],
  ['DragonRise Inc. (Vendor: 0079 Product: 0006)', 'DragonRise Inc.'],
  ['xinput', 'xinput'],
  ['', 'Gamepad'],
])('%s is called %s', (id, name) => expect(padName(id)).toBe(name))
