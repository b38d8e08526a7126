import { describe, expect, it } from 'vitest'
import { packFlavours, readFlavours } from './flavours.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('flavours', () => {
  it.each([
    [{ html: '<b>größe</b>', text: 'größe' }],
    [{ html: '<i>日本</i>', text: '' }],
    [{ html: '', text: 'plain' }],
  ])('%j is read as it was packed', (flavours) => expect(readFlavours(packFlavours(flavours))).toEqual(flavours))

  it('says what the server says', () =>
    expect(new TextDecoder().decode(packFlavours({ html: '<b>x</b>', text: 'x' }))).toBe(
      '{"text/html":"<b>x</b>","text/plain":"x"}',
    ))

  it.each(['', '{', '[]', 'null', '"x"', '{}', '{"text/html":1}', '{"text/html":""}', '{"image/png":"x"}'])(
    '%j is none',
    (text) => expect(readFlavours(bytes(text))).toBeNull(),
  )

  it('does not take what an object inherits', () =>
    expect(readFlavours(bytes('{"__proto__":{"text/html":"x"}}'))).toBeNull())
})
