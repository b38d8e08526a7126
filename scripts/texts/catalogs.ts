// What a catalog must hold, and the sources it is collected from. Policy: a language is whole or it is not there.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findSentences, findTexts, type CatalogText } from './find-texts.ts'

/** The folder of the catalogs. */
export const LANGUAGES_FOLDER = 'renderer/languages'
const SOURCES = ['renderer/features/viewer']
const TABLES = ['shared/error-catalog.ts', 'shared/selkies/g2/close-codes.ts']

/** The viewer's sources, tests left out. */
export function viewerSources(): readonly string[] {
  return SOURCES.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name) && !/\.(test|contract|d)\.tsx?$|-fixture\.ts$/.test(name))
      .map((name) => join(folder, name))
      .toSorted(),
  )
}

/** Every text that a catalog needs, each once, in the order of the sources. @throws when a text is two different plurals */
export function catalogTexts(): readonly CatalogText[] {
  const all = [
    ...viewerSources().flatMap((file) => findTexts(file, readFileSync(file, 'utf8')).texts),
    ...TABLES.flatMap((file) => findSentences(file, readFileSync(file, 'utf8'))),
  ]
  const once = new Map<string, CatalogText>()
  for (const text of all) {
    const before = once.get(text.sentence)
    if (before !== undefined && before.other !== text.other) throw new Error(`two plurals of: ${text.sentence}`)
    once.set(text.sentence, text)
  }
  return [...once.values()]
}

/** What is missing or wrong in a catalog. @param tag its language, whose plural forms it must have */
export function catalogProblems(
  tag: string,
  catalog: Readonly<Record<string, unknown>>,
  texts: readonly CatalogText[],
): readonly string[] {
  const forms = new Intl.PluralRules(tag).resolvedOptions().pluralCategories
  const known = new Set(texts.map(({ sentence }) => sentence))
  return [
    ...Object.keys(catalog).flatMap((sentence) => (known.has(sentence) ? [] : [`no such text: ${sentence}`])),
    ...texts.flatMap(({ sentence, other }) => {
      const entry = catalog[sentence]
      if (other === null) return textProblems(sentence, sentence, entry)
      if (typeof entry !== 'object' || entry === null)
        return [`not translated, with a form for each of ${forms.join(', ')}: ${sentence}`]
      // a form for one number may leave the number out
      return forms.flatMap((form) =>
        textProblems(`${sentence} (${form})`, other, (entry as Record<string, unknown>)[form], ['count']),
      )
    }),
  ]
}

function textProblems(
  name: string,
  english: string,
  entry: unknown,
  optional: readonly string[] = [],
): readonly string[] {
  if (typeof entry !== 'string' || entry === '') return [`not translated: ${name}`]
  const [wanted, given] = [places(english), places(entry)]
  const lost = [...wanted].filter((place) => !given.has(place) && !optional.includes(place))
  const strange = [...given].filter((place) => !wanted.has(place))
  return [
    ...lost.map((place) => `without {${place}}: ${name}`),
    ...strange.map((place) => `{${place}} means nothing: ${name}`),
  ]
}

function places(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(/\{([a-z][A-Za-z]*)\}/g)].map(([, place = '']) => place))
}
