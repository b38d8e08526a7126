// Texts in the person's language, gettext style: the English sentence is the key, and where a catalog lacks it English is shown.
// Policy: complete sentences with named places, never pieces put together; texts are asked for when they are shown, never while a
// module loads, for the language is known only then. Names from elsewhere are values, so no catalog can be asked for them.

/** What a translation gives for a sentence: the text, or one for each plural form that the language has. */
export type Entry = string | Readonly<Partial<Record<Intl.LDMLPluralRule, string>>>

/** A language: its tag (BCP 47) and what it says for English sentences. A plural is found by its form for one. */
export interface Language {
  readonly tag: string
  /** @param other the English form for all numbers but 1, where a plural is asked for */
  find(sentence: string, other?: string): Entry | undefined
}

/** Values by the names of their places. */
export type Values = Readonly<Record<string, string | number>>

const ENGLISH: Language = { tag: 'en', find: () => undefined }
const PLACE = /\{([a-z][A-Za-z]*)\}/g

let language = ENGLISH
/** Made on first use, as the numbers' formats: they bring tables of megabytes into a page. */
let plurals: Intl.PluralRules | undefined
let numbers = new Map<number | undefined, Intl.NumberFormat>()

/** Makes a language the one of this page; English without an argument. */
export function speak(next: Language = ENGLISH): void {
  language = next
  plurals = undefined
  numbers = new Map()
}

/** The tag of the page's language. */
export function languageTag(): string {
  return language.tag
}

/**
 * A text in the page's language.
 * @param sentence English, the key of the catalogs: a literal, so that it can be collected
 * @param values for its places: `{count} pictures`; numbers are written as the language writes them
 */
export function t(sentence: string, values?: Values): string {
  const found = language.find(sentence)
  return fill(typeof found === 'string' ? found : sentence, values)
}

/**
 * A text whose form depends on a number, which is also its place `{count}`.
 * @param one the English form for 1, the key of the catalogs @param other the English form for all else
 */
export function tn(count: number, one: string, other: string, values?: Values): string {
  const found = language.find(one, other)
  const forms = typeof found === 'object' ? found : undefined
  const text = forms && (forms[(plurals ??= new Intl.PluralRules(language.tag)).select(count)] ?? forms.other)
  return fill(text ?? (count === 1 ? one : other), { count, ...values })
}

/** A text that stands elsewhere as a literal: an error's sentence, a label from a table. What no catalog knows stays as it is. */
export function translated(sentence: string): string {
  return t(sentence)
}

/** Marks a literal of a table that is shown by `translated` later. */
export function text(sentence: string): string {
  return sentence
}

/** A text that stays English in every language, such as a report for whoever gives support. */
export function english(sentence: string): string {
  return sentence
}

/** A number as the language writes it. @param digits after the point; as many as it has (at most three) without it */
export function number(value: number, digits?: number): string {
  let format = numbers.get(digits)
  if (format === undefined) {
    format = new Intl.NumberFormat(
      language.tag,
      digits === undefined ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits },
    )
    numbers.set(digits, format)
  }
  return format.format(value)
}

/** The pieces of a text with its places as names, for texts with elements in them. */
export function pieces(sentence: string): readonly (string | { readonly place: string })[] {
  return t(sentence)
    .split(PLACE)
    .map((piece, index) => (index % 2 === 0 ? piece : { place: piece }))
}

function fill(text: string, values: Values | undefined): string {
  if (values === undefined) return text
  return text.replace(PLACE, (whole, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    if (value === undefined) return whole
    return typeof value === 'number' ? number(value) : value
  })
}
