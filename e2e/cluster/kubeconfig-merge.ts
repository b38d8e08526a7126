// Puts the local cluster's contexts into a person's kubeconfig and takes exactly them out again: text in, text out.
// Everything else keeps its place and its comments; a name that somebody else has taken is an error, never overwritten.
import { isDeepStrictEqual } from 'node:util'
import { isCollection, isMap, isScalar, isSeq, parseDocument, type Document, type YAMLMap, type YAMLSeq } from 'yaml'

/** A context to add, with the cluster and the user that it names; all three get its name. */
export interface LocalContext {
  readonly name: string
  /** The kubeconfig's `cluster` entry. */
  readonly cluster: Readonly<Record<string, unknown>>
  /** The kubeconfig's `user` entry. */
  readonly user: Readonly<Record<string, unknown>>
  readonly namespace?: string
}

/** Marks what is ours, in the place that kubeconfigs have for such notes. */
const MARK = { name: 'kasm-operator', extension: { madeBy: 'cluster:up' } } as const
/** Stands in a file that was not there before, so that it can go as a whole. */
const MADE = ' Made by cluster:up of Kasm Operator, and removed by cluster:down if nothing was added to it.'
const LISTS = ['clusters', 'users', 'contexts'] as const
type List = (typeof LISTS)[number]
/** What each list calls the content of an entry. */
const CONTENT = { clusters: 'cluster', users: 'user', contexts: 'context' } as const satisfies Record<List, string>

/**
 * Adds contexts, or brings ours up to date.
 * @param text the kubeconfig as it stands; undefined when there is none
 * @returns the new text; the very same text when it holds all of this already
 * @throws when it is not a kubeconfig, or a name is taken by an entry that is not ours
 */
export function mergeContexts(text: string | undefined, contexts: readonly LocalContext[]): string {
  const document = parse(text ?? '')
  const empty = !isMap(document.contents)
  if (empty) {
    document.contents = document.createNode({ apiVersion: 'v1', kind: 'Config' }) as typeof document.contents
    if (text === undefined) document.commentBefore = MADE
  }
  let changed = empty
  for (const { name, cluster, user, namespace } of contexts) {
    const context = { cluster: name, user: name, ...(namespace === undefined ? {} : { namespace }) }
    const entries: Record<List, unknown> = {
      clusters: { name, cluster: marked(cluster) },
      users: { name, user: marked(user) },
      contexts: { name, context: marked(context) },
    }
    for (const list of LISTS) if (place(document, list, name, entries[list])) changed = true
  }
  const first = contexts[0]
  // a person's own choice stays; without one kubectl would know of no cluster at all
  if (first !== undefined && !document.get('current-context')) {
    document.set('current-context', first.name)
    changed = true
  }
  return changed || text === undefined ? print(document) : text
}

/**
 * Takes out everything that `mergeContexts` put in.
 * @returns the new text; the very same text when nothing of ours was in it; null when the file is ours and empty now
 * @throws when it is not a kubeconfig
 */
export function removeContexts(text: string): string | null {
  const document = parse(text)
  if (!isMap(document.contents)) return text
  const removed = new Set<string>()
  let entriesLeft = 0
  for (const list of LISTS) {
    const sequence = document.get(list)
    if (!isSeq(sequence)) continue
    for (const item of sequence.items) if (isOurs(item, list)) removed.add(nameOf(item))
    sequence.items = sequence.items.filter((item) => !isOurs(item, list))
    entriesLeft += sequence.items.length
  }
  if (removed.size === 0) return text
  if (entriesLeft === 0 && document.commentBefore === MADE) return null
  const current = document.get('current-context')
  if (typeof current === 'string' && removed.has(current)) document.set('current-context', '')
  return print(document)
}

function parse(text: string): Document {
  const document = parseDocument(text)
  const [error] = document.errors
  if (error !== undefined) throw new Error(`not YAML: ${error.message}`)
  if (document.contents !== null && !isMap(document.contents) && !isEmptyScalar(document.contents))
    throw new Error('not a kubeconfig')
  return document
}

function isEmptyScalar(node: unknown): boolean {
  return isScalar(node) && node.value === null
}

// long keys stay on their line, as kubectl writes them
const print = (document: Document): string => document.toString({ lineWidth: 0 })

function marked(content: Readonly<Record<string, unknown>>): unknown {
  return { ...content, extensions: [MARK] }
}

/** Puts an entry into its list. @returns whether anything changed */
function place(document: Document, list: List, name: string, entry: unknown): boolean {
  const found = document.get(list)
  if (found !== undefined && found !== null && !isSeq(found)) throw new Error(`not a kubeconfig: ${list} is no list`)
  const sequence = isSeq(found) ? found : newList(document, list)
  const index = sequence.items.findIndex((item) => nameOf(item) === name)
  const present = sequence.items[index]
  if (present === undefined) {
    // an empty list is written as []; its entries are to be read like the others
    if (sequence.items.length === 0) sequence.flow = false
    sequence.items.push(document.createNode(entry))
    return true
  }
  if (!isOurs(present, list))
    throw new Error(`"${name}" under ${list} is not from cluster:up: rename it there, then run cluster:up again`)
  if (isDeepStrictEqual(plain(present), entry)) return false
  sequence.items[index] = document.createNode(entry)
  return true
}

function newList(document: Document, list: List): YAMLSeq {
  const sequence = document.createNode([]) as YAMLSeq
  document.set(list, sequence)
  return sequence
}

const plain = (node: unknown): unknown => (isCollection(node) ? (node.toJSON() as unknown) : node)

function nameOf(item: unknown): string {
  return isMap(item) ? String(item.get('name')) : ''
}

function isOurs(item: unknown, list: List): boolean {
  const content: unknown = isMap(item) ? (item as YAMLMap).get(CONTENT[list]) : undefined
  const extensions: unknown = isMap(content) ? plain(content.get('extensions')) : undefined
  return Array.isArray(extensions) && extensions.some((extension) => isDeepStrictEqual(extension, MARK))
}
