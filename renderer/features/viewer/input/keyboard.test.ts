// @vitest-environment happy-dom
// The keyboard at a page: pastes, text, chords and everything that makes the page let go.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DEFAULT_SETTINGS } from '../../../../shared/domain/settings.ts'
import { formatClientMessage } from '../../../../shared/selkies/g2/messages.ts'
import { captureKeyboard, platformOf, type Keyboard } from './keyboard.ts'

let end: Keyboard | undefined
beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  end?.dispose()
  vi.useRealTimers()
  document.body.replaceChildren()
})

function setUp() {
  const stage = document.createElement('div')
  const field = document.createElement('textarea')
  stage.append(field)
  document.body.append(stage)
  const sent: string[] = []
  const chords: string[] = []
  const typed = vi.fn<() => void>()
  const keyboard = captureKeyboard({
    field,
    stage,
    sink: (message) => void sent.push(formatClientMessage(message)),
    platform: 'other',
    settings: () => DEFAULT_SETTINGS,
    onChord: (action) => void chords.push(action),
    onTyped: typed,
    onPaste: () => {
      sent.push('paste')
      return 'now'
    },
  })
  end = keyboard
  const press = (type: 'keydown' | 'keyup', key: string, code: string, rest: KeyboardEventInit = {}) => {
    const event = new KeyboardEvent(type, { key, code, bubbles: true, cancelable: true, ...rest })
    field.dispatchEvent(event)
    return event.defaultPrevented
  }
  return { stage, field, sent, chords, typed, keyboard, press }
}

describe('pasting', () => {
  it.each([
    ['v', 'KeyV', { ctrlKey: true }, true],
    ['V', 'KeyV', { ctrlKey: true, shiftKey: true }, true],
    ['Insert', 'Insert', { shiftKey: true }, true],
    ['м', 'KeyV', { ctrlKey: true }, true],
    ['v', 'Period', { ctrlKey: true }, true],
    ['k', 'KeyV', { ctrlKey: true }, false],
    ['c', 'KeyC', { ctrlKey: true }, false],
    ['v', 'KeyV', {}, false],
  ] as const)('%s at %s with %o: %s', (key, code, modifiers, waits) => {
    const { sent, press } = setUp()
    // the browser makes its paste event from a key that is not prevented
    expect(press('keydown', key, code, modifiers)).toBe(!waits)
    expect(sent).toHaveLength(waits ? 0 : 1)
    vi.advanceTimersByTime(60)
    expect(sent.filter((text) => text.startsWith('kd'))).toHaveLength(1)
  })
  it('sends what was copied before the key', () => {
    const { field, sent, press } = setUp()
    press('keydown', 'v', 'KeyV', { ctrlKey: true })
    field.dispatchEvent(new Event('paste', { cancelable: true }))
    press('keyup', 'v', 'KeyV', { ctrlKey: true })
    expect(sent).toEqual(['paste', 'kd,118', 'ku,118'])
  })
})

it('says ten times a second which keys are held, and has no timer while none is', () => {
  const { sent, press } = setUp()
  expect(vi.getTimerCount()).toBe(0)
  press('keydown', 'a', 'KeyA')
  vi.advanceTimersByTime(350)
  expect(sent).toEqual(['kd,97', 'kh,97', 'kh,97', 'kh,97'])
  press('keyup', 'a', 'KeyA')
  vi.advanceTimersByTime(1000)
  expect(sent.slice(4)).toEqual(['ku,97'])
  expect(vi.getTimerCount()).toBe(0)
})

it('shows what is composed, and sends it once', () => {
  const { field, sent, typed, press } = setUp()
  press('keydown', 'Process', 'KeyN')
  field.dispatchEvent(new Event('compositionstart'))
  expect(field.hasAttribute('data-composing')).toBe(true)
  const making = { inputType: 'insertCompositionText', data: 'に', isComposing: true }
  field.dispatchEvent(Object.assign(new Event('input'), making))
  press('keydown', 'Enter', 'Enter', { isComposing: true })
  field.dispatchEvent(Object.assign(new Event('compositionend'), { data: '日本' }))
  expect(field.hasAttribute('data-composing')).toBe(false)
  expect(sent).toEqual(['co,end,日本'])
  expect(typed).toHaveBeenCalledTimes(1)
})

it('keeps our chords from the desktop, and lets go before them', () => {
  const { sent, chords, press } = setUp()
  const all = { ctrlKey: true, altKey: true, shiftKey: true }
  press('keydown', 'Control', 'ControlLeft', { ctrlKey: true })
  expect(press('keydown', 'Z', 'KeyZ', all)).toBe(true)
  press('keydown', 'Z', 'KeyZ', { ...all, repeat: true })
  expect(chords).toEqual(['grab'])
  expect(sent).toEqual(['kd,65507', 'ku,65507', 'kr'])
})

it.each([
  ['the field loses the focus', ({ field }: ReturnType<typeof setUp>) => field.dispatchEvent(new Event('blur'))],
  ['the window does', () => window.dispatchEvent(new Event('blur'))],
  [
    'the page is hidden',
    () => {
      vi.spyOn(document, 'hidden', 'get').mockReturnValue(true)
      document.dispatchEvent(new Event('visibilitychange'))
    },
  ],
  ['it ends', ({ keyboard }: ReturnType<typeof setUp>) => keyboard.dispose()],
  ['the connection is another', ({ keyboard }: ReturnType<typeof setUp>) => keyboard.releaseAll()],
])('lets go of everything when %s', (_when, leave) => {
  const all = setUp()
  all.press('keydown', 'a', 'KeyA')
  vi.advanceTimersByTime(250)
  leave(all)
  vi.advanceTimersByTime(1_000)
  expect(all.sent).toEqual(['kd,97', 'kh,97', 'kh,97', 'ku,97', 'kr'])
})

it('lets go of a modifier that a click no longer has', () => {
  const { stage, sent, press } = setUp()
  press('keydown', 'Control', 'ControlLeft', { ctrlKey: true })
  const click = new MouseEvent('pointerdown')
  stage.dispatchEvent(Object.assign(click, { getModifierState: () => false }))
  expect(sent).toEqual(['kd,65507', 'ku,65507'])
})

it.each([
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)', 'mac'],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64)', 'windows'],
  ['Mozilla/5.0 (X11; Linux x86_64)', 'other'],
] as const)('knows %s', (agent, platform) => expect(platformOf(agent)).toBe(platform))
