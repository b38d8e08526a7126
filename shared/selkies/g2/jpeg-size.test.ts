// Sizes from the headers of JPEGs, and of what only looks like one.
import { expect, it } from 'vitest'
import { readJpegSize } from './jpeg-size.ts'

const bytes = (hex: string) => Uint8Array.from(hex.replaceAll(' ', '').match(/../g) ?? [], (pair) => parseInt(pair, 16))
const app = 'ffe0 0010 4a464946 0001 0100 0001 0001 0000'
const frame = 'ffc0 000b 08 0168 0500 01 01 11 00'

it('reads the frame header behind other segments, baseline or progressive', () => {
  expect(readJpegSize(bytes(`ffd8 ${app} ${frame}`))).toEqual({ width: 1280, height: 360 })
  expect(readJpegSize(bytes(`ffd8 ffff${app} ffffff${frame}`))).toEqual({ width: 1280, height: 360 })
  expect(readJpegSize(bytes(`ffd8 ${app} ffc4 0004 0000 ${frame.replace('ffc0', 'ffc2')}`))).toEqual({
    width: 1280,
    height: 360,
  })
})

it.each([
  '',
  'ffd8',
  `ffd9 ${app}`,
  // a scan before its frame, a segment without a mark, one of no length, one that is cut
  `ffd8 ffda 0004 0000 ${frame}`,
  `ffd8 0000 0004 0000 ${frame}`,
  `ffd8 ffe0 0001 ${frame}`,
  `ffd8 ffe0 ffff ${frame}`,
  `ffd8 ${app} ffc0 000b 08`,
])('finds none in %j', (hex) => expect(readJpegSize(bytes(hex))).toBeNull())
