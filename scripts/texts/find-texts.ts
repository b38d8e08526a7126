// Reads the texts of the viewer's sources: those that are given to the translation, and those that somebody forgot to give.
// The rules are about shape, since a parser does not know what is shown: every letter between tags, every label, and every literal
// that reads like a sentence. What looks like one and is none is said to be `english(…)`.
import { parseSync } from 'vite'

/** A text for the catalogs. `other` is the English plural form. */
export interface CatalogText {
  readonly sentence: string
  readonly other: string | null
}

export interface FoundTexts {
  readonly texts: readonly CatalogText[]
  /** `file:line: what is wrong: the text`. */
  readonly problems: readonly string[]
}

interface Node {
  readonly type: string
  readonly start: number
  readonly [key: string]: unknown
}

/** They take an English literal. */
const TAKES_LITERAL = new Set(['t', 'tn', 'rich', 'text'])
/** They ask for the page's language, so they may not be called while a module loads. */
const ASKS = new Set(['t', 'tn', 'rich', 'translated', 'number', 'pieces'])
const LABELS = new Set([
  'aria-label',
  'aria-description',
  'aria-roledescription',
  'alt',
  'placeholder',
  'title',
  'label',
])
const TEXT_KEYS = new Set(['text', 'label', 'title', 'about', 'because', 'doing', 'sentence', 'note', 'words'])
const LETTER = /\p{L}/u
/** A word with a capital first, then another one; names in camel case and paths of drawings are none. */
const SENTENCE = /^(?:\p{Lu}[\p{Ll}’'-]*|\p{Lu}+)[,:;]? \S/u
const CAPITAL = /^\p{Lu}\p{Ll}/u
/** What a developer alone reads. */
const NOT_SHOWN = new Set(['Error', 'TypeError', 'RangeError', 'DOMException', 'english'])

/** @param file its name, for the problems and for JSX @param source TypeScript @throws when it cannot be parsed */
export function findTexts(file: string, source: string): FoundTexts {
  const { program, errors } = parseSync(file, source)
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message ?? 'cannot be parsed'}`)
  const texts: CatalogText[] = []
  const problems: string[] = []
  const tell = (node: Node, what: string, text: string): void => {
    problems.push(`${file}:${source.slice(0, node.start).split('\n').length}: ${what}: ${text}`)
  }
  const walk = (node: Node, inFunction: boolean): void => {
    switch (node.type) {
      case 'ImportDeclaration':
      case 'TSLiteralType':
        return undefined
      case 'CallExpression':
      case 'NewExpression':
        return call(node, inFunction)
      case 'JSXText':
        return LETTER.test(node['value'] as string)
          ? tell(node, 'between tags', (node['value'] as string).trim())
          : undefined
      case 'JSXElement':
        // what is printed on a key is no text
        if (((node['openingElement'] as Node)['name'] as Node)['name'] === 'kbd') return undefined
        break
      case 'JSXAttribute':
        return attribute(node, inFunction)
      case 'Property': {
        const key = node['key'] as Node
        const value = literalOf(node['value'] as Node)
        if (value !== null && TEXT_KEYS.has(String(key['name'])) && LETTER.test(value))
          return tell(node, 'not translated', value)
        break
      }
      default: {
        const literal = literalOf(node)
        if (literal !== null && SENTENCE.test(literal)) tell(node, 'not translated', literal)
      }
    }
    children(node, inFunction || /Function/.test(node.type))
  }
  const children = (node: Node, inFunction: boolean): void => {
    for (const value of Object.values(node)) {
      if (Array.isArray(value)) for (const item of value) if (isNode(item)) walk(item, inFunction)
      if (isNode(value)) walk(value, inFunction)
    }
  }
  const attribute = (node: Node, inFunction: boolean): void => {
    const name = String((node['name'] as Node)['name'])
    const given = isNode(node['value']) ? node['value'] : undefined
    const held = given?.type === 'JSXExpressionContainer' ? (given['expression'] as Node) : given
    const value = literalOf(held)
    if (value === null) return children(node, inFunction)
    if (LABELS.has(name) ? LETTER.test(value) : name !== 'className' && CAPITAL.test(value))
      tell(node, `in ${name}`, value)
  }
  const call = (node: Node, inFunction: boolean): void => {
    const name = String((node['callee'] as Node)['name'])
    const given = node['arguments'] as readonly Node[]
    if (NOT_SHOWN.has(name)) return undefined
    if (ASKS.has(name) && !inFunction)
      tell(node, 'asked for while the module loads', source.slice(node.start, node.start + 40))
    if (!TAKES_LITERAL.has(name)) return children(node, inFunction)
    const [first, second] = (name === 'tn' ? given.slice(1) : given).map(literalOf)
    if (typeof first !== 'string' || (name === 'tn' && typeof second !== 'string'))
      tell(node, 'no literal', source.slice(node.start, node.start + 40))
    else texts.push({ sentence: first, other: name === 'tn' ? (second ?? null) : null })
    for (const rest of given.slice(name === 'tn' ? 3 : 1)) walk(rest, inFunction)
  }
  walk(program as unknown as Node, false)
  return { texts, problems }
}

/** The English sentences that a table of `shared/` has under `sentence`. */
export function findSentences(file: string, source: string): readonly CatalogText[] {
  const found: CatalogText[] = []
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(walk)
    if (!isNode(value)) return undefined
    const literal = value.type === 'Property' ? literalOf(value['value'] as Node) : null
    if (literal !== null && (value['key'] as Node)['name'] === 'sentence')
      found.push({ sentence: literal, other: null })
    return Object.values(value).forEach(walk)
  }
  walk(parseSync(file, source).program)
  return found
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

/** A string literal's value, or a template's with its values as `{}`. */
function literalOf(node: Node | undefined): string | null {
  if (node === undefined) return null
  if (node.type === 'Literal' && typeof node['value'] === 'string') return node['value']
  if (node.type !== 'TemplateLiteral') return null
  const quasis = node['quasis'] as readonly { readonly value: { readonly cooked: string } }[]
  return quasis.map(({ value }) => value.cooked).join('{}')
}
