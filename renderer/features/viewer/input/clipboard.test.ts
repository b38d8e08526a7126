// The clipboard bridge with a local clipboard of its own.
import { describe, expect, it, vi } from 'vitest'
import { clipboardParts, createClipboardAssembler } from '../../../../shared/selkies/g2/clipboard.ts'
import type { ClientMessage } from '../../../../shared/selkies/g2/messages.ts'
import { featuresOf } from '../../../../shared/selkies/features.ts'
import { createClipboardBridge, directionsOf } from './clipboard.ts'

function set(generation: 'selkies1' | 'selkies2' = 'selkies2') {
  const refused: (number | string)[] = []
  const sent: ClientMessage[] = []
  const local = { text: '', granted: true, focused: true }
  const bridge = createClipboardBridge({
    local: {
      readText: () => (local.granted ? Promise.resolve(local.text) : Promise.reject(new Error('no'))),
      writeText: (text) => {
        if (!local.focused) return Promise.reject(new Error('no focus'))
        local.text = text
        return Promise.resolve()
      },
      writePicture: () => Promise.resolve(),
    },
    sink: (message) => sent.push(message),
    onCopied: () => {},
    onTooLarge: (bytes) => refused.push(bytes),
    features: () => featuresOf(generation),
    onNoPictures: () => refused.push('picture'),
  })
  const announce = (text: string, tags = { reply: false, secret: false }) => {
    for (const part of clipboardParts(new TextEncoder().encode(text), 'text/plain', tags)) bridge.receive(part)
  }
  return { sent, refused, local, bridge, announce }
}

describe('from the desktop', () => {
  it('carries 300 kB', async () => {
    const { local, announce } = set()
    const text = 'ä'.repeat(150_000)
    announce(text)
    await vi.waitFor(() => expect(local.text).toBe(text))
  })

  it('waits for the focus, and gives the newest', async () => {
    const { local, bridge, announce } = set()
    local.focused = false
    announce('old')
    announce('new')
    local.focused = true
    await bridge.focus()
    expect(local.text).toBe('new')
  })

  it('does not overwrite with an answer to our own question', async () => {
    const { local, bridge, announce } = set()
    local.text = 'mine'
    announce('theirs', { reply: true, secret: false })
    await bridge.focus()
    expect(local.text).toBe('mine')
  })
})

describe('to the desktop', () => {
  it('sends once, and never back what came', async () => {
    const { sent, local, bridge, announce } = set()
    local.text = 'hello'
    await bridge.focus()
    await bridge.focus()
    expect(sent).toHaveLength(1)
    announce('from there')
    await vi.waitFor(() => expect(local.text).toBe('from there'))
    await bridge.focus()
    expect(sent).toHaveLength(1)
  })

  it('cuts 300 kB', () => {
    const { sent, bridge } = set()
    const text = 'x'.repeat(300_000)
    bridge.sendText(text)
    expect(sent[0]).toMatchObject({ type: 'clipboard-start', total: 300_000 })
    expect(sent.at(-1)).toMatchObject({ type: 'clipboard-end' })
    expect(createClipboardAssembler().take({ kind: 'end' })).toBeNull()
  })

  it('survives a refusal', async () => {
    const { sent, local, bridge } = set()
    local.granted = false
    await bridge.focus()
    expect(sent).toEqual([])
  })
})

it('obeys the directions', async () => {
  const { sent, local, bridge, announce } = set()
  bridge.setDirections({ toDesktop: false, fromDesktop: false })
  bridge.sendText('a')
  announce('b')
  await bridge.focus()
  expect(sent).toEqual([])
  expect(local.text).toBe('')
  expect(directionsOf('both', { in: true, out: false })).toEqual({ toDesktop: true, fromDesktop: false })
  expect(directionsOf('from-desktop', { in: true, out: true })).toEqual({ toDesktop: false, fromDesktop: true })
  expect(directionsOf('off', { in: true, out: true })).toEqual({ toDesktop: false, fromDesktop: false })
})

it('gives a server of 1.6 one message of text, and says what it cannot take', async () => {
  const { sent, refused, bridge } = set('selkies1')
  bridge.sendText('x'.repeat(40_000))
  expect(sent.map(({ type }) => type)).toEqual(['clipboard-text'])
  bridge.sendText('y'.repeat(50_000))
  await bridge.paste({
    getData: () => '',
    files: [new File([new Uint8Array(3)], 'a.png', { type: 'image/png' })],
  } as unknown as DataTransfer)
  expect(refused).toEqual([50_000, 'picture'])
  expect(sent).toHaveLength(1)
})
