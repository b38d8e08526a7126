import { expect, it } from 'vitest'
import { safeFileName } from './file-name.ts'

it.each([
  ['report.pdf', 'report.pdf'],
  ['../../etc/passwd', '_.._etc_passwd'],
  ['C:\\x<y>.txt', 'C__x_y_.txt'],
  ['a\u202egpj.exe', 'agpj.exe'],
  ['CON.txt', '_CON.txt'],
  ['. .', 'file'],
  ['', 'file'],
  [`${'x'.repeat(300)}.pdf`, `${'x'.repeat(176)}.pdf`],
])('%j is saved as %s', (name, saved) => expect(safeFileName(name)).toBe(saved))
