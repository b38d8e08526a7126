// Quantities as Kubernetes writes them, and the badge that people read.
import { expect, test } from 'vitest'
import { parseQuantity, sizeBadge } from './quantity.ts'
import { templateSpecSchema } from './template.ts'

test.each([
  ['500m', 0.5],
  ['2', 2],
  ['1.5', 1.5],
  ['2Gi', 2 * 2 ** 30],
  ['1e3', 1000],
  ['12E', 12e18],
  ['1500k', 1_500_000],
  ['', null],
  ['2 GB', null],
  ['Gi', null],
])('%s is %s', (text, value) => {
  expect(parseQuantity(text)).toBe(value)
})

test.each([
  [{ limits: { cpu: '4', memory: '16Gi' } }, '4 cores, 16 GB'],
  [{ requests: { cpu: '1', memory: '512Mi' } }, '1 core, 512 MB'],
  [{ requests: { cpu: '250m' }, limits: { memory: '1.5Gi' } }, '0.3 cores, 1.5 GB'],
  [{ requests: { cpu: '1500m', memory: '2G' } }, '1.5 cores, 2 GB'],
  [{}, ''],
])('%j reads as "%s"', (resources, badge) => {
  expect(sizeBadge(templateSpecSchema.parse({ displayName: 'x', image: 'x:1', resources }))).toBe(badge)
})
