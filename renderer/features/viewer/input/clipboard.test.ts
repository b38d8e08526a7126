// The clipboard bridge with a local clipboard and a line of its own.
import { describe, expect, it, vi } from 'vitest'
import { clipboardParts, createClipboardAssembler, TRANSFER_LIMIT } from '../../../../shared/selkies/g2/clipboard.ts'
import { FLAVOURS_MIME, packFlavours } from '../../../../shared/selkies/g2/flavours.ts'
import type { ClientMessage } from '../../../../shared/selkies/g2/messages.ts'
import { createClipboardBridge, directionsOf } from './clipboard.ts'
import type { Copied } from './local-clipboard.ts'

const text = (of: string, html = ''): Copied => ({ kind: 'text', text: of, html })
const picture = (...bytes: readonly number[]): Copied => ({
  kind: 'picture',
  mime: 'image/png',
  bytes: Uint8Array.from(bytes),
})
const fileOf = (name: string, type: string, body = 'x') => new File([body], name, { type })
/** What a paste event carries. */
function pasted(content: { text?: string; html?: string; files?: readonly File[] }): DataTransfer {
  return {
    getData: (mime: string) => (mime === 'text/plain' ? content.text : content.html) ?? '',
    files: content.files ?? [],
  } as unknown as DataTransfer
}

function set() {
  const sent: ClientMessage[] = []
  const local = { now: text('') as Copied | null, granted: true, focused: true }
  const line = { open: true, waiting: 0 }
  const told = {
    copied: vi.fn<(where: string, kind: string, bytes: number) => void>(),
    sending: vi.fn<(bytes: number) => void>(),
    tooLarge: vi.fn<(bytes: number) => void>(),
    blocked: vi.fn<(what: string) => void>(),
    files: vi.fn<(files: readonly File[]) => void>(),
  }
  const bridge = createClipboardBridge({
    local: {
      read: () => (local.granted ? Promise.resolve(local.now) : Promise.reject(new Error('no'))),
      write: (copied) => {
        if (!local.focused) return Promise.reject(new Error('no focus'))
        // a browser writes pictures anew
        local.now = copied.kind === 'picture' ? { ...copied, bytes: Uint8Array.from([9, ...copied.bytes]) } : copied
        return Promise.resolve()
      },
    },
    line: {
      send: (message) => line.open && sent.push(message) > 0,
      waiting: () => line.waiting,
    },
    pause: () => new Promise((resolve) => setTimeout(resolve, 0)),
    onCopied: told.copied,
    onSending: told.sending,
    onTooLarge: told.tooLarge,
    onBlocked: told.blocked,
    onFiles: told.files,
  })
  const announce = (bytes: Uint8Array, mime: string, tags = { reply: false, secret: false }) => {
    for (const part of clipboardParts(bytes, mime, tags)) bridge.receive(part)
  }
  const say = (of: string, tags?: { reply: boolean; secret: boolean }) =>
    announce(new TextEncoder().encode(of), 'text/plain', tags)
  /** What the desktop has put together of all that was sent. */
  const received = () => {
    const assembler = createClipboardAssembler()
    const tags = { reply: false, secret: false }
    return sent.flatMap((message) => {
      const whole = (mime: string, base64: string) => assembler.take({ kind: 'whole', mime, base64, ...tags })
      const content =
        message.type === 'clipboard-text'
          ? whole('text/plain', message.base64)
          : message.type === 'clipboard-binary'
            ? whole(message.mime, message.base64)
            : message.type === 'clipboard-start'
              ? assembler.take({ kind: 'start', mime: message.mime ?? 'text/plain', total: message.total, ...tags })
              : message.type === 'clipboard-data'
                ? assembler.take({ kind: 'data', base64: message.base64 })
                : assembler.take({ kind: 'end' })
      return content === null ? [] : [{ mime: content.mime, text: new TextDecoder().decode(content.bytes) }]
    })
  }
  return { sent, local, line, told, bridge, announce, say, received }
}

describe('from the desktop', () => {
  it('carries 300 kB', async () => {
    const { local, say } = set()
    const large = 'ä'.repeat(150_000)
    say(large)
    await vi.waitFor(() => expect(local.now).toEqual(text(large)))
  })

  it('carries formatted text with its plain text', async () => {
    const { local, told, announce } = set()
    announce(packFlavours({ html: '<b>bold</b>', text: 'bold' }), FLAVOURS_MIME)
    await vi.waitFor(() => expect(local.now).toEqual(text('bold', '<b>bold</b>')))
    expect(told.copied).toHaveBeenCalledWith('from-desktop', 'formatted text', expect.any(Number))
  })

  it('carries a picture, and does not send back what the browser made of it', async () => {
    const { sent, local, bridge, announce } = set()
    announce(Uint8Array.from([1, 2, 3]), 'image/png')
    await vi.waitFor(() => expect(local.now).toEqual(picture(9, 1, 2, 3)))
    await bridge.focus()
    expect(sent).toEqual([])
  })

  it('waits for the focus or a click, gives the newest, and says so then', async () => {
    const { local, told, bridge, say } = set()
    local.focused = false
    say('old')
    say('new')
    await bridge.focus()
    expect(told.copied).not.toHaveBeenCalled()
    local.focused = true
    bridge.retry()
    await vi.waitFor(() => expect(local.now).toEqual(text('new')))
    await vi.waitFor(() => expect(told.copied.mock.calls).toEqual([['from-desktop', 'text', 3]]))
  })

  it('does not overwrite with an answer to our own question, nor with what is none', async () => {
    const { local, bridge, say, announce } = set()
    local.now = text('mine')
    say('theirs', { reply: true, secret: false })
    announce(Uint8Array.from([1]), 'application/pdf')
    announce(Uint8Array.from([1]), FLAVOURS_MIME)
    await bridge.focus()
    expect(local.now).toEqual(text('mine'))
  })

  it('speaks of no secret, and takes it back with the desktop', async () => {
    const { local, told, say } = set()
    say('pass word', { reply: false, secret: true })
    await vi.waitFor(() => expect(local.now).toEqual(text('pass word')))
    say('', { reply: false, secret: true })
    await vi.waitFor(() => expect(local.now).toEqual(text('')))
    say('pass word', { reply: false, secret: true })
    await vi.waitFor(() => expect(local.now).toEqual(text('pass word')))
    local.now = text('copied since')
    say('', { reply: false, secret: true })
    await Promise.resolve()
    expect(local.now).toEqual(text('copied since'))
    expect(told.copied).not.toHaveBeenCalled()
  })
})

describe('to the desktop', () => {
  it('sends once, and never back what came', async () => {
    const { sent, local, bridge, say } = set()
    local.now = text('hello')
    await bridge.focus()
    await bridge.focus()
    expect(sent).toHaveLength(1)
    say('from there')
    await vi.waitFor(() => expect(local.now).toEqual(text('from there')))
    await bridge.focus()
    expect(sent).toHaveLength(1)
  })

  it('sends formatted text and pictures', async () => {
    const { local, bridge, received } = set()
    local.now = text('bold', '<b>bold</b>')
    await bridge.focus()
    local.now = picture(1, 2, 3)
    await bridge.focus()
    await bridge.focus()
    expect(received()).toEqual([
      { mime: FLAVOURS_MIME, text: '{"text/html":"<b>bold</b>","text/plain":"bold"}' },
      { mime: 'image/png', text: '\u0001\u0002\u0003' },
    ])
  })

  it('sends what the server takes: plain text where it has no formats, no pictures', async () => {
    const { local, told, bridge, received } = set()
    bridge.setKinds({ pictures: false, formatted: false, limit: 49_050, chunk: 49_050 })
    local.now = text('bold', '<b>bold</b>')
    await bridge.focus()
    local.now = picture(1, 2, 3)
    await bridge.focus()
    await bridge.focus()
    expect(told.blocked.mock.calls).toEqual([['picture']])
    // 1.6: one message, or none
    const long = 'x'.repeat(40_000)
    expect(bridge.paste(pasted({ text: long }))).toBe('now')
    expect(bridge.paste(pasted({ text: 'y'.repeat(50_000) }))).toBe('now')
    expect(told.tooLarge.mock.calls).toEqual([[50_000]])
    expect(received()).toEqual([
      { mime: 'text/plain', text: 'bold' },
      { mime: 'text/plain', text: long },
    ])
  })

  it('cuts 300 kB, all before the key', () => {
    const { bridge, received } = set()
    const large = 'x'.repeat(300_000)
    expect(bridge.paste(pasted({ text: large }))).toBe('now')
    expect(received()).toEqual([{ mime: 'text/plain', text: large }])
  })

  it('lets a key wait for megabytes, which wait for the line', async () => {
    const { sent, line, told, bridge, received } = set()
    const large = 'x'.repeat(1_000_000)
    line.waiting = 1_000_000
    const turn = bridge.paste(pasted({ text: large }))
    const before = sent.length
    expect(before).toBeLessThan(40)
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(sent).toHaveLength(before)
    line.waiting = 0
    await expect(turn).resolves.toBe(true)
    expect(received()).toEqual([{ mime: 'text/plain', text: large }])
    expect(told.sending.mock.calls).toEqual([[1_000_000]])
  })

  it('ends a large one for a newer one, and keeps its key back', async () => {
    const { line, bridge, received } = set()
    line.waiting = 1_000_000
    const old = bridge.paste(pasted({ text: 'x'.repeat(1_000_000) }))
    expect(bridge.paste(pasted({ text: 'new' }))).toBe('now')
    line.waiting = 0
    await expect(old).resolves.toBe(false)
    expect(received().at(-1)).toEqual({ mime: 'text/plain', text: 'new' })
  })

  it('sends again what a lost connection took', async () => {
    const { line, local, bridge, received } = set()
    line.open = false
    local.now = text('again')
    await bridge.focus()
    line.open = true
    await bridge.focus()
    expect(received()).toEqual([{ mime: 'text/plain', text: 'again' }])
  })

  it('lets the key wait for a pasted picture, and takes pasted files elsewhere', async () => {
    const { told, bridge, received } = set()
    await expect(bridge.paste(pasted({ files: [fileOf('image.png', 'image/png', 'png')] }))).resolves.toBe(true)
    expect(received()).toEqual([{ mime: 'image/png', text: 'png' }])
    for (const files of [
      [fileOf('photo.png', 'image/png')],
      [fileOf('image.png', 'image/png'), fileOf('image.png', 'image/png')],
      [fileOf('report.pdf', 'application/pdf')],
    ]) {
      expect(bridge.paste(pasted({ files }))).toBe('not')
      expect(told.files).toHaveBeenLastCalledWith(files)
    }
    // a picture of formatted text beside the text
    expect(bridge.paste(pasted({ text: 'cell', files: [fileOf('image.png', 'image/png')] }))).toBe('now')
    expect(received().at(-1)).toEqual({ mime: 'text/plain', text: 'cell' })
  })

  it('refuses what no server takes', async () => {
    const { sent, told, bridge } = set()
    const huge = fileOf('image.png', 'image/png')
    huge.arrayBuffer = () => Promise.resolve(new ArrayBuffer(TRANSFER_LIMIT + 1))
    await bridge.paste(pasted({ files: [huge] }))
    expect(told.tooLarge).toHaveBeenCalledWith(TRANSFER_LIMIT + 1)
    expect(sent).toEqual([])
  })

  it('survives a refusal', async () => {
    const { sent, local, bridge } = set()
    local.granted = false
    await bridge.focus()
    expect(sent).toEqual([])
    expect(bridge.paste(null)).toBe('now')
    expect(bridge.paste(pasted({}))).toBe('now')
  })
})

it('obeys the directions, and says what it kept', async () => {
  const { sent, local, told, bridge, say } = set()
  bridge.setDirections({ toDesktop: false, fromDesktop: false })
  local.now = text('a')
  expect(bridge.paste(pasted({ text: 'a' }))).toBe('now')
  say('b')
  await bridge.focus()
  expect(sent).toEqual([])
  expect(local.now).toEqual(text('a'))
  expect(told.blocked.mock.calls).toEqual([['to-desktop'], ['from-desktop']])
  bridge.setDirections({ toDesktop: true, fromDesktop: false })
  for (let times = 0; times < 2; times++) expect(bridge.paste(pasted({ text: 'a' }))).toBe('now')
  // what was copied there meanwhile is not known here
  expect(sent).toHaveLength(2)
  expect(directionsOf('both', { in: true, out: false })).toEqual({ toDesktop: true, fromDesktop: false })
  expect(directionsOf('from-desktop', { in: true, out: true })).toEqual({ toDesktop: false, fromDesktop: true })
  expect(directionsOf('off', { in: true, out: true })).toEqual({ toDesktop: false, fromDesktop: false })
})
