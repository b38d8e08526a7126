// @vitest-environment happy-dom
// The warning before an idle stop, over the desktop's picture.
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { createFixtureBridge } from '../../../../e2e/fakes/fixture-bridge.ts'
import { sessionFixture } from '../../../../e2e/fakes/ui-states.ts'
import type { SessionView } from '../../../../shared/domain/session.ts'
import { IdleNotice } from './idle-notice.tsx'

afterEach(cleanup)

function show(change: Partial<SessionView>) {
  const session = sessionFixture({ name: 'mine', ...change })
  const topic = (more: Partial<SessionView>) => ({ sessions: [{ ...session, ...more }], loading: false })
  const bridge = createFixtureBridge({ sessions: topic({}) })
  let answered = 0
  render(<IdleNotice bridge={bridge} sessionId={session.id} onDone={() => (answered += 1)} />)
  return {
    bridge,
    session,
    push: (more: Partial<SessionView>) => bridge.push('sessions', topic(more)),
    answers: () => answered,
  }
}
const keep = () => screen.queryByRole('button', { name: 'Keep running' })

test('it says how long there is left, keeps the desktop running, and goes when the danger is over', async () => {
  const { bridge, session, push, answers } = show({ idleStopAt: Date.now() + 239_000 })
  expect(screen.getByText('Idle. This desktop stops in 4 min.')).toBeTruthy()
  expect(screen.getByRole('status').textContent).toBe('Idle. This desktop stops soon.')
  const button = keep()
  if (!button) throw new Error('no button')
  fireEvent.click(button)
  await waitFor(() => expect(answers()).toBe(1))
  expect(bridge.calls).toEqual([{ name: 'sessions.keepRunning', input: { sessionId: session.id } }])
  push({ idleStopAt: undefined })
  await waitFor(() => expect(keep()).toBeNull())
  expect(screen.getByRole('status').textContent).toBe('')
})

test('a refusal is said in place', async () => {
  const { bridge } = show({ idleStopAt: Date.now() + 60_000 })
  bridge.answer('sessions.keepRunning', {
    ok: false,
    error: { code: 'session-unknown', sentence: 'This desktop no longer exists.', nextStep: '' },
  })
  const button = keep()
  if (button) fireEvent.click(button)
  expect(await screen.findByText('This desktop no longer exists.')).toBeTruthy()
})

test('without a danger there is nothing to see', () => {
  show({ idleStopAt: undefined })
  expect(keep()).toBeNull()
})
