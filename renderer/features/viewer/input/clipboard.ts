// The clipboard between this machine and the desktop, both ways: text, formatted text, pictures.
// Policy: directions come from the settings and from the desktop; what just came from the other side is never sent back;
// where the browser refuses, the next focus or click tries again, and nothing is lost meanwhile. A secret is not spoken of, and is
// taken back when the desktop takes it back.
import {
  CHUNK_BYTES,
  createClipboardAssembler,
  TRANSFER_LIMIT,
  type ClipboardContent,
} from '../../../../shared/selkies/g2/clipboard.ts'
import { FLAVOURS_MIME, packFlavours, readFlavours } from '../../../../shared/selkies/g2/flavours.ts'
import type { ClipboardPart } from '../../../../shared/selkies/g2/server-messages.ts'
import { createClipboardSender, type ClipboardLine, type SendEnd } from './clipboard-sender.ts'
import type { Copied, LocalClipboard } from './local-clipboard.ts'

export interface ClipboardDirections {
  readonly toDesktop: boolean
  readonly fromDesktop: boolean
}

/** What the desktop's server takes beside plain text. */
export interface ClipboardKinds {
  readonly pictures: boolean
  readonly formatted: boolean
  /** Bytes of the longest content, and of one message. */
  readonly limit: number
  readonly chunk: number
}

/** What a setting and the desktop's own policy allow together. */
export function directionsOf(
  setting: 'both' | 'to-desktop' | 'from-desktop' | 'off',
  desktop: { readonly in: boolean; readonly out: boolean },
): ClipboardDirections {
  return {
    toDesktop: desktop.in && (setting === 'both' || setting === 'to-desktop'),
    fromDesktop: desktop.out && (setting === 'both' || setting === 'from-desktop'),
  }
}

/** What becomes of the key that pasted: it goes now, it is not the desktop's, or it waits for the content (false: not at all). */
export type PasteTurn = 'now' | 'not' | Promise<boolean>

export interface ClipboardBridge {
  setDirections(directions: ClipboardDirections): void
  setKinds(kinds: ClipboardKinds): void
  /** A part of an announcement came from the desktop. */
  receive(part: ClipboardPart): void
  /** The person pasted: what the paste event carries goes to the desktop before its key. */
  paste(data: DataTransfer | null): PasteTurn
  /** The window has the focus: fetch what was copied elsewhere, deliver what waits. */
  focus(): Promise<void>
  /** A click or a key: some browsers let a page write its clipboard only now. */
  retry(): void
}

export type Way = 'to-desktop' | 'from-desktop'
export type CopiedKind = 'text' | 'formatted text' | 'picture'

export interface ClipboardOptions {
  readonly local: LocalClipboard
  readonly line: ClipboardLine
  pause(ms: number): Promise<void>
  /** Said to the person: what was copied where, and its size in bytes. */
  onCopied(where: Way, kind: CopiedKind, bytes: number): void
  /** A large content is on its way. */
  onSending(bytes: number): void
  onTooLarge(bytes: number): void
  /** Something would have crossed, and a rule or a setting kept it. */
  onBlocked(what: Way | 'picture'): void
  /** Files were pasted: they go another way. */
  onFiles(files: readonly File[]): void
}

/** Makes the bridge for one session; it outlives reconnects. */
export function createClipboardBridge(options: ClipboardOptions): ClipboardBridge {
  const { local } = options
  const sender = createClipboardSender(options.line, options.pause)
  const assembler = createClipboardAssembler()
  let directions: ClipboardDirections = { toDesktop: true, fromDesktop: true }
  let kinds: ClipboardKinds = { pictures: true, formatted: true, limit: TRANSFER_LIMIT, chunk: CHUNK_BYTES }
  /** The mark of the copy that both sides have. */
  let shared: string | null = null
  let secret: string | null = null
  let waiting: { readonly copied: Copied; said: (() => void) | null } | null = null

  const transfer = (bytes: Uint8Array, mime: string, kind: CopiedKind): SendEnd | Promise<SendEnd> => {
    if (bytes.length > kinds.limit) {
      options.onTooLarge(bytes.length)
      return 'superseded'
    }
    const end = sender.send(bytes, mime, kinds.chunk)
    const over = (how: SendEnd): SendEnd => {
      // what did not arrive is sent again at the next focus
      if (how === 'lost') shared = null
      if (how === 'sent') options.onCopied('to-desktop', kind, bytes.length)
      return how
    }
    if (typeof end === 'string') return over(end)
    options.onSending(bytes.length)
    return end.then(over)
  }
  const sendText = (text: string, html: string): SendEnd | Promise<SendEnd> => {
    if (html !== '' && kinds.formatted) {
      const packed = packFlavours({ html, text })
      // formatting that makes it too large is left out
      if (packed.length <= kinds.limit) return transfer(packed, FLAVOURS_MIME, 'formatted text')
    }
    return transfer(new TextEncoder().encode(text), 'text/plain', 'text')
  }
  const sendCopy = (copied: Copied): SendEnd | Promise<SendEnd> => {
    if (copied.kind === 'picture' && kinds.pictures && copied.bytes.length > kinds.limit) {
      options.onTooLarge(copied.bytes.length)
      return 'superseded'
    }
    const mark = markOf(copied)
    if (mark === shared || mark === EMPTY) return 'sent'
    if (copied.kind === 'picture' && !kinds.pictures) {
      // said once for each picture, not at each focus
      shared = mark
      options.onBlocked('picture')
      return 'superseded'
    }
    shared = mark
    return copied.kind === 'text' ? sendText(copied.text, copied.html) : transfer(copied.bytes, copied.mime, 'picture')
  }
  const deliver = async (): Promise<void> => {
    const present = waiting
    if (present === null) return
    try {
      await local.write(present.copied)
    } catch {
      // no focus or no permission now: it stays for the next focus or click
      return
    }
    if (waiting === present) waiting = null
    present.said?.()
    // the browser cleans markup and writes pictures anew: what it has now is what both sides have
    if (present.copied.kind === 'text') return
    try {
      const now = await local.read()
      if (now !== null && waiting === null) shared = markOf(now)
    } catch {
      // not readable: then it is not read at the next focus either
    }
  }
  const takeBack = async (): Promise<void> => {
    const gone = secret
    secret = null
    if (gone === null) return
    if (waiting?.copied.kind === 'text' && waiting.copied.text === gone) waiting = null
    try {
      const now = await local.read()
      if (now?.kind === 'text' && now.text === gone) await local.write({ kind: 'text', text: '', html: '' })
    } catch {
      // who may not read cannot know whose copy it would wipe
    }
  }
  const arrived = (content: ClipboardContent): void => {
    if (content.secret && content.bytes.length === 0) return void takeBack()
    const copied = readContent(content)
    if (copied === null) return
    if (!directions.fromDesktop) {
      // the two differ now: what is pasted next has to be sent
      shared = null
      return options.onBlocked('from-desktop')
    }
    if (copied.kind === 'picture' && !kinds.pictures) return
    secret = content.secret && copied.kind === 'text' ? copied.text : null
    shared = markOf(copied)
    const kind = copied.kind === 'picture' ? 'picture' : copied.html === '' ? 'text' : 'formatted text'
    const said = content.secret ? null : () => options.onCopied('from-desktop', kind, content.bytes.length)
    waiting = { copied, said }
    void deliver()
  }

  return {
    setDirections(next) {
      directions = next
      if (!next.fromDesktop) waiting = null
    },
    setKinds(next) {
      kinds = next
    },
    receive(part) {
      const content = assembler.take(part)
      // an answer to our own question tells what the desktop has; it must not overwrite what was copied here
      if (content !== null && !content.reply) arrived(content)
    },
    paste(data) {
      if (data === null) return 'now'
      const files = [...data.files]
      const text = data.getData('text/plain')
      const picture = text === '' ? pastedPicture(files) : null
      if (files.length > 0 && picture === null && text === '') {
        options.onFiles(files)
        return 'not'
      }
      if (text === '' && picture === null) return 'now'
      if (!directions.toDesktop) {
        options.onBlocked('to-desktop')
        return 'now'
      }
      // what is copied there is not told here, so nobody knows whether the two are alike
      if (!directions.fromDesktop) shared = null
      const end =
        picture === null
          ? sendCopy({ kind: 'text', text, html: data.getData('text/html') })
          : picture
              .arrayBuffer()
              .then((bytes) => sendCopy({ kind: 'picture', mime: picture.type, bytes: new Uint8Array(bytes) }))
      if (typeof end === 'string') return 'now'
      // without its content the key would paste what was there before
      return end.then(
        (how) => how === 'sent',
        () => false,
      )
    },
    async focus() {
      await deliver()
      if (!directions.toDesktop) return
      let copied: Copied | null
      try {
        copied = await local.read()
      } catch {
        // not granted: pasting still works, since its event carries the content
        return
      }
      if (copied !== null) await sendCopy(copied)
    },
    retry: () => void deliver(),
  }
}

function readContent({ mime, bytes }: ClipboardContent): Copied | null {
  if (mime === 'text/plain') {
    const text = new TextDecoder().decode(bytes)
    return text === '' ? null : { kind: 'text', text, html: '' }
  }
  if (mime === FLAVOURS_MIME) {
    const flavours = readFlavours(bytes)
    return flavours && { kind: 'text', ...flavours }
  }
  return mime.startsWith('image/') ? { kind: 'picture', mime, bytes } : null
}

/** A picture that was copied as one: browsers give it as a file of this name. One that was copied as a file has its own. */
function pastedPicture(files: readonly File[]): File | null {
  const [only, more] = files
  if (only === undefined || more !== undefined) return null
  return only.type.startsWith('image/') && /^image\.\w+$/.test(only.name) ? only : null
}

const EMPTY = 'text:'

/** Tells copies apart: the text, or a sum over a picture's bytes. It guards against echoes, not against anybody. */
function markOf(copied: Copied): string {
  if (copied.kind === 'text') return `text:${copied.text === '' ? copied.html : copied.text}`
  let sum = 0x811c9dc5
  for (const byte of copied.bytes) sum = Math.imul(sum ^ byte, 0x01000193)
  return `picture:${copied.bytes.length}:${sum >>> 0}`
}
