import { afterEach, describe, expect, it } from 'vitest'
import { chooseLanguage } from './languages.ts'
import { PSEUDO_LANGUAGE } from './pseudo-language.ts'
import { number, pieces, speak, t, tn, translated, type Entry } from './translate.ts'

const speakTable = (tag: string, table: Readonly<Record<string, Entry>>): void =>
  speak({ tag, find: (sentence) => table[sentence] })
afterEach(() => speak())

describe('a text', () => {
  it('is English as it stands, with its values', () => {
    expect(t('Close')).toBe('Close')
    expect(t('Connecting to {name}', { name: 'A {name}' })).toBe('Connecting to A {name}')
    expect(t('{count} of {most}', { count: 1234, most: 'many' })).toBe('1,234 of many')
    expect(t('{lost} is left as it is', {})).toBe('{lost} is left as it is')
  })
  it('is the catalog’s, and English where that has none', () => {
    speakTable('de', { Close: 'Schließen', '{done} of {total}': '{total}, davon {done}' })
    expect(t('Close')).toBe('Schließen')
    expect(t('{done} of {total}', { done: 1000, total: 2000 })).toBe('2.000, davon 1.000')
    expect(t('Cancel')).toBe('Cancel')
    expect(translated('Close')).toBe('Schließen')
  })
  it('has the plural form of its language', () => {
    const forms = { one: 'jeden pad', few: '{count} pady', many: '{count} padów' }
    speakTable('pl', { 'One pad': forms })
    expect([1, 3, 5].map((count) => tn(count, 'One pad', '{count} pads'))).toEqual(['jeden pad', '3 pady', '5 padów'])
    // a form that a catalog lacks is English, not another number
    expect(tn(1.5, 'One pad', '{count} pads')).toBe('1,5 pads')
    speak()
    expect([0, 1, 2].map((count) => tn(count, 'One pad', '{count} pads'))).toEqual(['0 pads', 'One pad', '2 pads'])
  })
  it('comes in pieces for elements, in the order of the language', () => {
    speakTable('de', { 'Release with {keys}': 'Mit {keys} loslassen' })
    expect(pieces('Release with {keys}')).toEqual(['Mit ', { place: 'keys' }, ' loslassen'])
    expect(pieces('{value} fps')).toEqual(['', { place: 'value' }, ' fps'])
  })
})

it('numbers are written as the language writes them', () => {
  expect([number(1234.5), number(2, 1)]).toEqual(['1,234.5', '2.0'])
  speakTable('de', {})
  expect([number(1234.5), number(2, 1)]).toEqual(['1.234,5', '2,0'])
})

it('the language that nobody speaks changes all but the places', () => {
  speak(PSEUDO_LANGUAGE)
  expect(t('Connecting to {name}', { name: 'Blender' })).toMatch(/^⟦Çöññ.*Blender·+⟧$/)
  expect(tn(2, 'One pad', '{count} pads')).toMatch(/^⟦2 .*⟧$/)
})

it.each([
  [['de-AT', 'en'], ['en', 'de', 'fr'], 'de'],
  [['ja', 'fr-CH'], ['en', 'de', 'fr'], 'fr'],
  [['pt-BR'], ['en', 'pt', 'pt-BR'], 'pt-BR'],
  [['', 'x'], ['en', 'de'], 'en'],
  [['EN-us', 'de'], ['en', 'de'], 'en'],
])('of %j among %j it is %s', (wished, there, chosen) => {
  expect(chooseLanguage(wished, there)).toBe(chosen)
})
