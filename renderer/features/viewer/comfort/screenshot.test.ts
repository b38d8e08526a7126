import { expect, it } from 'vitest'
import { pictureName } from './screenshot.ts'

const AT = new Date(2026, 10, 9, 4, 3, 2)

it.each([
  ['Blender', 'Blender 2026-11-09 04.03.02.png'],
  ['../../etc/passwd', '.. .. etc passwd 2026-11-09 04.03.02.png'],
  ['CON: a|b*?"<>\\', 'CON a b 2026-11-09 04.03.02.png'],
  ['Žluťoučký kůň 日本', 'Žluťoučký kůň 日本 2026-11-09 04.03.02.png'],
  ['\u0000\n ', 'desktop 2026-11-09 04.03.02.png'],
  ['x'.repeat(300), `${'x'.repeat(60)} 2026-11-09 04.03.02.png`],
])('a picture of %j is the file %s', (desktop, name) => {
  expect(pictureName(desktop, AT)).toBe(name)
})
