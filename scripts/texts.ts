// `npm run texts -- de`: makes a language's catalog, or brings it up to the texts of today: new ones come in empty, others stay,
// what is no text any more goes.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { catalogProblems, catalogTexts, LANGUAGES_FOLDER } from './texts/catalogs.ts'

const [tag = ''] = process.argv.slice(2)
if (!/^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/.test(tag))
  throw new Error('which language? For instance: npm run texts -- de')
const path = `${LANGUAGES_FOLDER}/${tag}.json`
const before = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>) : {}
const texts = catalogTexts()
const forms = new Intl.PluralRules(tag).resolvedOptions().pluralCategories
const catalog = Object.fromEntries(
  texts.map(({ sentence, other }) => [
    sentence,
    before[sentence] ?? (other === null ? '' : Object.fromEntries(forms.map((form) => [form, '']))),
  ]),
)
mkdirSync(LANGUAGES_FOLDER, { recursive: true })
writeFileSync(path, `${JSON.stringify(catalog, null, 2)}\n`)
const problems = catalogProblems(tag, catalog, texts)
console.log(problems.length === 0 ? `${path} is whole.` : `${path}: ${problems.length} left\n${problems.join('\n')}`)
