// This machine's clipboard, as far as the browser gives it. Reading is never asked for out of the blue: only where it was granted
// before, or by `allow`, which a click calls. What a desktop copied is written sanitised by the browser.
import type { ClipboardPermission } from '../viewer-state.ts'

/** A copy: text with what formats it, or a picture. */
export type Copied =
  | { readonly kind: 'text'; readonly text: string; readonly html: string }
  | { readonly kind: 'picture'; readonly mime: string; readonly bytes: Uint8Array<ArrayBuffer> }

export interface LocalClipboard {
  /** @returns null when nothing of ours is on it. @throws when it may not be read now */
  read(): Promise<Copied | null>
  /** @throws when it may not be written now: without the focus, or without a click in some browsers */
  write(copied: Copied): Promise<void>
}

/** Pixels of a picture that is made a PNG: more would cost gigabytes. */
const PIXELS_LIMIT = 64 * 1024 * 1024

/** The browser's clipboard. */
export function browserClipboard(): LocalClipboard {
  return {
    async read() {
      if ((await permission()) !== 'granted') throw new Error('reading the clipboard is not granted')
      return readAll()
    },
    async write(copied) {
      if (copied.kind === 'text' && copied.html === '') return navigator.clipboard.writeText(copied.text)
      return navigator.clipboard.write([new ClipboardItem(await itemOf(copied))])
    },
  }
}

/** Whether the page may read the clipboard; `unknown` where the browser does not tell (Firefox, Safari). */
export async function permission(): Promise<ClipboardPermission> {
  try {
    return (await navigator.permissions.query({ name: 'clipboard-read' as PermissionName })).state
  } catch {
    // a browser that does not know the permission
    return 'unknown'
  }
}

/** Asks for it: the browser may ask the person, so a click must have begun it. @returns what it is then */
export async function allow(): Promise<ClipboardPermission> {
  try {
    await navigator.clipboard.read()
  } catch {
    // refused, or an empty clipboard: the permission tells
  }
  return permission()
}

async function readAll(): Promise<Copied | null> {
  const items = await navigator.clipboard.read()
  const take = async (mime: string): Promise<Blob | null> => {
    const item = items.find(({ types }) => types.includes(mime))
    return item === undefined ? null : item.getType(mime)
  }
  const text = (await (await take('text/plain'))?.text()) ?? ''
  // what has text is text, whatever picture of it a program offers beside it
  if (text !== '') return { kind: 'text', text, html: (await (await take('text/html'))?.text()) ?? '' }
  const picture = await take('image/png')
  if (picture === null) return null
  return { kind: 'picture', mime: 'image/png', bytes: new Uint8Array(await picture.arrayBuffer()) }
}

async function itemOf(copied: Copied): Promise<Record<string, Blob>> {
  if (copied.kind === 'text')
    return {
      'text/html': new Blob([copied.html], { type: 'text/html' }),
      ...(copied.text === '' ? {} : { 'text/plain': new Blob([copied.text], { type: 'text/plain' }) }),
    }
  const picture = new Blob([copied.bytes], { type: copied.mime })
  // browsers take no other kind of picture
  return { 'image/png': copied.mime === 'image/png' ? picture : await asPng(picture) }
}

async function asPng(picture: Blob): Promise<Blob> {
  const bitmap = await createImageBitmap(picture)
  try {
    if (bitmap.width * bitmap.height > PIXELS_LIMIT) throw new Error('a picture of too many pixels')
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0)
    return await canvas.convertToBlob({ type: 'image/png' })
  } finally {
    bitmap.close()
  }
}
