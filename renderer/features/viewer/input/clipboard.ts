// The clipboard between this machine and the desktop, both ways, text and pictures.
// Policy: directions come from the settings and from the desktop; what just came from the other side is never sent back;
// where the browser refuses, the next focus or click tries again, and nothing is lost meanwhile.
import type { ServerFeatures } from '../../../../shared/selkies/features.ts'
import { clipboardMessages, createClipboardAssembler } from '../../../../shared/selkies/g2/clipboard.ts'
import type { ClipboardPart } from '../../../../shared/selkies/g2/server-messages.ts'
import type { InputSink } from './input-sink.ts'

export interface ClipboardDirections {
  readonly toDesktop: boolean
  readonly fromDesktop: boolean
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

/** The local clipboard, as far as the browser gives it. */
export interface LocalClipboard {
  readText(): Promise<string>
  writeText(text: string): Promise<void>
  writePicture(png: Uint8Array<ArrayBuffer>): Promise<void>
}

export interface ClipboardBridge {
  setDirections(directions: ClipboardDirections): void
  /** A part of an announcement came from the desktop. */
  receive(part: ClipboardPart): void
  /** The person pasted: what the paste event carries goes to the desktop. @returns resolves when it was sent */
  paste(data: DataTransfer | null): Promise<void>
  /** The window has the focus: fetch what was copied elsewhere, deliver what waits. */
  focus(): Promise<void>
  sendText(text: string): void
}

export interface ClipboardOptions {
  readonly local: LocalClipboard
  readonly sink: InputSink
  /** Said to the person: what was copied where, and its size in bytes. */
  onCopied(where: 'to-desktop' | 'from-desktop', kind: 'text' | 'picture', bytes: number): void
  onTooLarge(bytes: number): void
  /** What the present server can do. */
  features(): Pick<ServerFeatures, 'clipboardBytes' | 'clipboardChunk' | 'clipboardPictures'>
  /** Something else than text was to go to a server that takes text alone. */
  onNoPictures(): void
}

/** Makes the bridge for one session; it outlives reconnects. */
export function createClipboardBridge(options: ClipboardOptions): ClipboardBridge {
  const { local, sink } = options
  const assembler = createClipboardAssembler()
  let directions: ClipboardDirections = { toDesktop: true, fromDesktop: true }
  /** The text that both sides have. */
  let shared: string | null = null
  let waiting: (() => Promise<void>) | null = null
  let transfers = 0

  const send = (bytes: Uint8Array, mime: string) => {
    const { clipboardBytes, clipboardChunk, clipboardPictures } = options.features()
    if (mime !== 'text/plain' && !clipboardPictures) return options.onNoPictures()
    if (bytes.length > clipboardBytes) return options.onTooLarge(bytes.length)
    for (const message of clipboardMessages(bytes, mime, `c${++transfers}`, clipboardChunk)) sink(message)
    options.onCopied('to-desktop', mime === 'text/plain' ? 'text' : 'picture', bytes.length)
  }
  const sendText = (text: string) => {
    if (!directions.toDesktop || text === '' || text === shared) return
    shared = text
    send(new TextEncoder().encode(text), 'text/plain')
  }
  const deliver = async () => {
    const write = waiting
    if (write === null) return
    try {
      await write()
      if (waiting === write) waiting = null
    } catch {
      // no focus or no permission now: it stays for the next focus or click
    }
  }
  return {
    setDirections(next) {
      directions = next
      if (!next.fromDesktop) waiting = null
    },
    receive(part) {
      const content = assembler.take(part)
      // an answer to our own question tells what the desktop has; it must not overwrite what was copied here
      if (content === null || !directions.fromDesktop || content.reply) return
      if (content.mime === 'text/plain') {
        const text = new TextDecoder().decode(content.bytes)
        if (text === '' && !content.secret) return
        shared = text
        waiting = () => local.writeText(text)
        if (!content.secret) options.onCopied('from-desktop', 'text', content.bytes.length)
      } else if (content.mime === 'image/png') {
        shared = null
        waiting = () => local.writePicture(content.bytes)
        options.onCopied('from-desktop', 'picture', content.bytes.length)
      } else return
      void deliver()
    },
    async paste(data) {
      if (data === null || !directions.toDesktop) return
      const text = data.getData('text/plain')
      if (text !== '') return sendText(text)
      const picture = [...data.files].find((file) => file.type.startsWith('image/'))
      if (picture !== undefined) send(new Uint8Array(await picture.arrayBuffer()), picture.type)
    },
    async focus() {
      await deliver()
      if (!directions.toDesktop) return
      try {
        sendText(await local.readText())
      } catch {
        // not granted: pasting still works, since its event carries the text
      }
    },
    sendText,
  }
}

/** The browser's clipboard. Reading is asked for only where it was granted before: no prompt out of the blue. */
export function browserClipboard(): LocalClipboard {
  return {
    async readText() {
      const permission = await navigator.permissions.query({ name: 'clipboard-read' as PermissionName })
      if (permission.state !== 'granted') throw new Error('reading the clipboard is not granted')
      return navigator.clipboard.readText()
    },
    writeText: (text) => navigator.clipboard.writeText(text),
    writePicture: (png) =>
      navigator.clipboard.write([new ClipboardItem({ 'image/png': new Blob([png], { type: 'image/png' }) })]),
  }
}
