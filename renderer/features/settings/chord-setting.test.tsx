// @vitest-environment happy-dom
// Setting the chord that releases the keyboard: pressed, refused, taken back.
import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { DEFAULT_RELEASE_CHORD } from '../../../shared/domain/chords.ts'
import { ChordSetting } from './chord-setting.tsx'

afterEach(cleanup)

function show(value = DEFAULT_RELEASE_CHORD) {
  const onChange = vi.fn<(value: string) => void>()
  render(
    <>
      <p id="name">Release the keyboard</p>
      <p id="about">About it</p>
      <ChordSetting
        value={value}
        onChange={onChange}
        tied={{ 'aria-labelledby': 'name', 'aria-describedby': 'about' }}
      />
    </>,
  )
  return { onChange, button: screen.getByRole('button', { name: /^Release the keyboard/ }) }
}
const all = { ctrlKey: true, altKey: true, shiftKey: true }

test('the keys that are pressed are the new ones', () => {
  const { onChange, button } = show()
  expect(button.textContent).toBe('CtrlAltShiftZ')
  // nothing before it is asked for
  fireEvent.keyDown(button, { key: 'q', code: 'KeyQ', ...all })
  fireEvent.click(button)
  expect(button.textContent).toBe('Press the keys…')
  fireEvent.keyDown(button, { key: 'Control', code: 'ControlLeft', ctrlKey: true })
  fireEvent.keyDown(button, { key: 'End', code: 'End', ctrlKey: true, altKey: true })
  expect(onChange.mock.calls).toEqual([['Ctrl+Alt+End']])
  expect(button.getAttribute('aria-pressed')).toBe('false')
})

test('what is something else already is refused in words, and it listens on', () => {
  const { onChange, button } = show()
  fireEvent.click(button)
  for (const [stroke, words] of [
    [{ key: 'F', code: 'KeyF', ...all }, 'That is for full screen.'],
    [{ key: 'M', code: 'KeyM', ...all }, 'That is for the sound.'],
    [{ key: 'V', code: 'KeyV', ctrlKey: true, shiftKey: true }, 'That is for pasting.'],
    [{ key: 'c', code: 'KeyC', ctrlKey: true }, /two of Ctrl, Alt, Shift and Meta/],
    [{ key: 'Delete', code: 'Delete', ...all }, /cannot be used/],
  ] as const) {
    fireEvent.keyDown(button, stroke)
    expect(screen.getByRole('status').textContent).toMatch(words)
  }
  fireEvent.keyDown(button, { key: 'Q', code: 'KeyQ', ...all })
  expect(onChange.mock.calls).toEqual([['Ctrl+Alt+Shift+KeyQ']])
  expect(screen.getByRole('status').textContent).toBe('')
})

test('Esc and leaving take it back; Reset brings the first one', () => {
  const { onChange, button } = show('Ctrl+Alt+End')
  fireEvent.click(button)
  fireEvent.keyDown(button, { key: 'Escape', code: 'Escape' })
  expect(button.textContent).toBe('CtrlAltEnd')
  fireEvent.click(button)
  fireEvent.blur(button)
  expect(button.textContent).toBe('CtrlAltEnd')
  expect(onChange).not.toHaveBeenCalled()
  fireEvent.click(screen.getByRole('button', { name: 'Reset' }))
  expect(onChange.mock.calls).toEqual([[DEFAULT_RELEASE_CHORD]])
})
