// Which language a page speaks: what its address asks for, else what the person has set, else what the browser prefers and there
// is a catalog for. A setting is remembered in the browser, so that a page knows it before its first text. Catalogs are data in
// ../languages, each a file of its own that only its readers load.
import { PSEUDO, PSEUDO_LANGUAGE } from './pseudo-language.ts'
import { languageTag, speak, type Entry } from './translate.ts'

type Texts = Readonly<Record<string, Entry>>
/** `../languages/de.json` is German. */
const CATALOGS = import.meta.glob<Texts>('../languages/*.json', { import: 'default' })
const REMEMBERED = 'language'

/** The tags of the languages that there are, English first. */
export const LANGUAGES: readonly string[] = ['en', ...Object.keys(CATALOGS).map(tagOf)]

function tagOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1, -'.json'.length)
}

/**
 * Chooses. Pure.
 * @param wished tags, the dearest first; a region that nobody translated (`de-AT`) takes its language (`de`)
 * @param there tags of the languages that there are
 */
export function chooseLanguage(wished: readonly string[], there: readonly string[]): string {
  for (const wish of wished)
    for (let tag = wish; tag !== ''; tag = tag.slice(0, Math.max(0, tag.lastIndexOf('-')))) {
      const found = there.find((other) => other.toLowerCase() === tag.toLowerCase())
      if (found !== undefined) return found
    }
  return 'en'
}

/**
 * Makes the page speak its language; to be awaited before the first text. A catalog that cannot be loaded leaves English.
 * @param query of the page's address: `language=de`
 */
export async function speakLanguage(query: URLSearchParams): Promise<void> {
  const asked = query.get('language') ?? ''
  if (asked === PSEUDO) speak(PSEUDO_LANGUAGE)
  else {
    const remembered = localStorage.getItem(REMEMBERED) ?? ''
    const tag = chooseLanguage([asked, remembered, ...navigator.languages], LANGUAGES)
    const texts = await CATALOGS[`../languages/${tag}.json`]?.().catch(() => undefined)
    if (texts === undefined) return
    speak({ tag, find: (sentence) => (Object.hasOwn(texts, sentence) ? texts[sentence] : undefined) })
  }
  document.documentElement.lang = languageTag()
}

/** Keeps what is set for the pages that open from now on. @param setting a tag, or `system` for the browser's preference */
export function rememberLanguage(setting: string): void {
  if (setting === 'system') localStorage.removeItem(REMEMBERED)
  else localStorage.setItem(REMEMBERED, setting)
}
