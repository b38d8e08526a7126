// One copy in several flavours (formatted text and the plain text beneath it), as Selkies 2.1 carries it on the binary verbs.
// Policy: text alone. What is not the documented object, or holds neither flavour, is no copy. The markup is hostile: it is handed to
// the clipboard, which cleans it, and is never put into a page of ours.

/** Media type of the payload. It never reaches a real clipboard: the flavours inside it do. Source: Selkies 2.1. */
export const FLAVOURS_MIME = 'application/x-selkies-clipboard-flavours'

export interface Flavours {
  /** Markup; empty where there is none. */
  readonly html: string
  /** The same as plain text; empty where the copy has none. */
  readonly text: string
}

/** JSON of media type to content, UTF-8. */
export function packFlavours({ html, text }: Flavours): Uint8Array<ArrayBuffer> {
  const flavours = { ...(html === '' ? {} : { 'text/html': html }), ...(text === '' ? {} : { 'text/plain': text }) }
  return new TextEncoder().encode(JSON.stringify(flavours))
}

/** @returns null for anything that is no such object */
export function readFlavours(bytes: Uint8Array): Flavours | null {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    // not JSON
    return null
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const fields = value as Readonly<Record<string, unknown>>
  const own = (name: string): string => {
    const content = Object.hasOwn(fields, name) ? fields[name] : undefined
    return typeof content === 'string' ? content : ''
  }
  const [html, text] = [own('text/html'), own('text/plain')]
  return html === '' && text === '' ? null : { html, text }
}
