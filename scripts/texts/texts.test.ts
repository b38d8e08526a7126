import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { catalogProblems, catalogTexts, LANGUAGES_FOLDER, viewerSources } from './catalogs.ts'
import { findTexts } from './find-texts.ts'

const problemsOf = (source: string): readonly string[] => findTexts('page.tsx', source).problems

describe('the texts of the viewer', () => {
  it('are all given to the translation', () => {
    expect(viewerSources().flatMap((file) => findTexts(file, readFileSync(file, 'utf8')).problems)).toEqual([])
  })
  it('are found, with plurals and the sentences of shared tables', () => {
    const texts = catalogTexts()
    expect(texts).toContainEqual({ sentence: 'Close window', other: null })
    expect(texts).toContainEqual({ sentence: 'One gamepad is here.', other: '{count} gamepads are here.' })
    expect(texts).toContainEqual({ sentence: 'The connection was cut.', other: null })
    expect(texts).toContainEqual({ sentence: 'This desktop no longer exists.', other: null })
  })
  it('are whole in every language that there is', () => {
    const texts = catalogTexts()
    for (const name of existsSync(LANGUAGES_FOLDER) ? readdirSync(LANGUAGES_FOLDER) : []) {
      const catalog = JSON.parse(readFileSync(join(LANGUAGES_FOLDER, name), 'utf8')) as Record<string, unknown>
      expect({ name, left: catalogProblems(name.replace('.json', ''), catalog, texts) }).toEqual({ name, left: [] })
    }
  })
})

describe('a forgotten text', () => {
  it.each([
    ['between tags', `const a = () => <p>Hello</p>`],
    ['in a label', `const a = () => <b aria-label="close" />`],
    ['in a label by an expression', `const a = () => <b title={'Close it'} />`],
    ['in a label with values', 'const a = () => <b aria-label={`${b}, last minute`} />'],
    ['in a component', `const a = () => <Row name="Path" />`],
    ['in a sentence', `const a = () => say('Nothing is here.')`],
    ['in a template', 'const a = (n: string) => say(`Connecting to ${n}`)'],
    ['under a key that is text', `const a = () => say({ text: 'copied' })`],
    ['in a value of a text', `const a = () => t('{what} is here', { what: open ? 'The one' : x })`],
  ])('is found %s', (_where, source) => {
    expect(problemsOf(source)).toHaveLength(1)
  })
  it.each([
    [
      'given',
      `const a = () => <p title={t('Close')}>{t('Nothing is here.')} {tn(2, 'One is here.', '{count} are here.')}</p>`,
    ],
    ['a key of a table', `const table = { one: text('The one') }`],
    ['said to be English', `const a = () => english(\`Path: \${b}\`)`],
    ['for developers', `const a = () => { throw new Error('This cannot be') }`],
    [
      'a name of code',
      `const a = () => <b className="The big one" id="send-keys" role="group">{one.KeyZ === 'Control'}</b>`,
    ],
  ])('is not one that is %s', (_why, source) => {
    expect(problemsOf(source)).toEqual([])
  })
  it('is one that is asked for too early, or that nobody can collect', () => {
    expect(problemsOf(`const a = t('Close')`)).toEqual([expect.stringContaining('while the module loads')])
    expect(problemsOf(`const a = () => t(b)`)).toEqual([expect.stringContaining('no literal')])
  })
})

describe('a catalog', () => {
  const texts = [
    { sentence: 'Close', other: null },
    { sentence: 'Connecting to {name}', other: null },
    { sentence: 'One pad', other: '{count} pads' },
  ]
  it('has every text, with its places and plural forms', () => {
    const whole = {
      Close: 'Zamknij',
      'Connecting to {name}': 'Łączenie: {name}',
      'One pad': { one: 'Jeden', few: '{count} pady', many: '{count} padów', other: '{count} pada' },
    }
    expect(catalogProblems('pl', whole, texts)).toEqual([])
  })
  it('says what is missing and what is wrong', () => {
    const half = { Close: '', 'Connecting to {name}': 'Verbinden mit {who}', 'One pad': { one: 'Ein Pad' }, Old: 'Alt' }
    expect(catalogProblems('de', half, texts)).toEqual([
      'no such text: Old',
      'not translated: Close',
      'without {name}: Connecting to {name}',
      '{who} means nothing: Connecting to {name}',
      'not translated: One pad (other)',
    ])
  })
})
