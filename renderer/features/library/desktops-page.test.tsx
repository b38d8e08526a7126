// @vitest-environment happy-dom
// What a person does on the desktops page, over a bridge with set topics: find, start, watch, cancel, stop, remove.
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createFixtureBridge, type FixtureBridge } from '../../../e2e/fakes/fixture-bridge.ts'
import { sessionFixture, stagesFixture, UI_STATES } from '../../../e2e/fakes/ui-states.ts'
import type { SessionView } from '../../../shared/domain/session.ts'
import { App } from '../../app/app.tsx'
import { createAppStores, type AppStores } from '../../stores/app-stores.ts'

let stores: AppStores | undefined
beforeEach(() => {
  location.hash = ''
})
afterEach(() => {
  cleanup()
  stores?.dispose()
})

function show(state: string, openTab = vi.fn(() => true)): { bridge: FixtureBridge; openTab: typeof openTab } {
  const topics = UI_STATES[state]
  if (!topics) throw new Error(`no state ${state}`)
  const bridge = createFixtureBridge(topics)
  stores = createAppStores(bridge)
  render(<App stores={stores} openTab={openTab} />)
  return { bridge, openTab }
}
function pushSessions(bridge: FixtureBridge, ...sessions: SessionView[]): void {
  bridge.push('sessions', { sessions, loading: false })
}
const button = (name: string | RegExp): HTMLElement => screen.getByRole('button', { name })
const called = (bridge: FixtureBridge) => bridge.calls.map(({ name, input }) => [name, input])

test('search filters desktops and templates, says when nothing is found, and is cleared', () => {
  show('desktops')
  const field = screen.getByRole('searchbox')
  fireEvent.change(field, { target: { value: 'ubuntu' } })
  expect(screen.queryByRole('button', { name: 'Open Blender' })).toBeNull()
  expect(button('Open Ubuntu desktop')).toBeTruthy()
  expect(button('Start Ubuntu desktop')).toBeTruthy()
  fireEvent.change(field, { target: { value: 'solidworx' } })
  expect(screen.getByRole('heading', { name: 'Nothing is called “solidworx”' })).toBeTruthy()
  fireEvent.click(button('Clear search'))
  expect(button('Open Blender')).toBeTruthy()
})

test('a start asks the core, shows its stages as they come, and opens by itself once it can', async () => {
  const { bridge, openTab } = show('empty')
  fireEvent.click(button('Start Ubuntu desktop'))
  await waitFor(() => expect(called(bridge)).toEqual([['sessions.start', { clusterId: 'lab', templateId: 'ubuntu' }]]))
  const started = (more: Partial<SessionView>): SessionView =>
    sessionFixture({
      name: 'new',
      displayName: 'Ubuntu desktop',
      templateId: 'ubuntu',
      phase: 'starting',
      openable: false,
      ...more,
    })
  pushSessions(bridge, started({ stages: [...stagesFixture(1)] }))
  const line = await screen.findByRole('list', { name: 'Start of Ubuntu desktop' })
  const states = (): (string | undefined)[] =>
    within(line)
      .getAllByRole('listitem')
      .map(({ dataset }) => dataset['state'])
  expect(states()).toEqual(['done', 'active', 'todo', 'todo', 'todo', 'todo'])
  expect(openTab).not.toHaveBeenCalled()
  pushSessions(bridge, started({ stages: [...stagesFixture(5)], openable: true }))
  await waitFor(() => expect(openTab).toHaveBeenCalledExactlyOnceWith('lab/desktops/new'))
  expect(states().at(-1)).toBe('active')
})

test('where the browser opens no tab by itself, the card is ready and its button has the focus', async () => {
  const { bridge } = show(
    'empty',
    vi.fn(() => false),
  )
  fireEvent.click(button('Start Ubuntu desktop'))
  await waitFor(() => expect(bridge.calls).toHaveLength(1))
  pushSessions(bridge, sessionFixture({ name: 'new', displayName: 'Ubuntu desktop' }))
  await waitFor(() => expect(document.activeElement).toBe(button('Open Ubuntu desktop')))
  expect(screen.getByText('Ready. Open it.')).toBeTruthy()
})

test('waiting, failed and skipped stages say so in words, each with its way on', () => {
  const { bridge } = show('starting')
  const waiting = screen.getByRole('list', { name: 'Start of CAD workstation' })
  const placed = within(waiting).getByText('No free GPU slice.').closest('li')
  expect(placed?.dataset).toMatchObject({ stage: 'placed', state: 'waiting' })
  fireEvent.click(button('Start without GPU'))
  const failed = screen.getByRole('list', { name: 'Start of Old notebook' })
  expect(within(failed).getByText('skipped').closest('li')?.dataset['stage']).toBe('home')
  fireEvent.click(within(failed).getByRole('button', { name: 'Details' }))
  expect(within(failed).getByText(/Failed to pull image/)).toBeTruthy()
  fireEvent.click(button('Start again: Old notebook'))
  fireEvent.click(button('Cancel the start of Blender'))
  expect(called(bridge)).toEqual([
    ['sessions.startWithoutGpu', { sessionId: 'lab/desktops/cad-b' }],
    ['sessions.resume', { sessionId: 'lab/desktops/cad-c' }],
    ['sessions.cancel', { sessionId: 'lab/desktops/blender-a' }],
  ])
})

test('a start that goes on without GPU under another id opens all the same', async () => {
  const { bridge, openTab } = show('starting')
  bridge.answer('sessions.startWithoutGpu', { ok: true, value: { sessionId: 'lab/desktops/other' } })
  fireEvent.click(button('Start without GPU'))
  await waitFor(() => expect(bridge.calls).toHaveLength(1))
  pushSessions(bridge, sessionFixture({ name: 'other', displayName: 'CAD workstation' }))
  await waitFor(() => expect(openTab).toHaveBeenCalledExactlyOnceWith('lab/desktops/other'))
})

test('stopping a desktop with a home can be taken back; one that keeps nothing asks first', async () => {
  const { bridge } = show('desktops')
  fireEvent.click(button('Stop Blender'))
  await screen.findByText('Blender stops. Your home stays.')
  fireEvent.click(within(screen.getByRole('region', { name: 'Messages' })).getByRole('button', { name: 'Start again' }))
  fireEvent.click(button('Stop Plain terminal'))
  const dialog = await screen.findByRole('dialog', { name: 'Stop Plain terminal?' })
  expect(called(bridge).map(([name]) => name)).toEqual(['sessions.stop', 'sessions.resume'])
  fireEvent.click(within(dialog).getByRole('button', { name: 'Stop and lose them' }))
  await waitFor(() => expect(called(bridge).at(-1)).toEqual(['sessions.stop', { sessionId: 'lab/desktops/term-c' }]))
})

test('removing keeps the home unless told otherwise, and names what is lost', async () => {
  const { bridge } = show('desktops')
  fireEvent.click(button('Remove CAD workstation'))
  const dialog = await screen.findByRole('dialog', { name: 'Remove CAD workstation?' })
  expect(within(dialog).getByRole<HTMLInputElement>('radio', { name: /Keep the home/ }).checked).toBe(true)
  fireEvent.click(within(dialog).getByRole('radio', { name: /Delete the home too/ }))
  fireEvent.click(within(dialog).getByRole('button', { name: 'Remove and delete the home' }))
  expect(called(bridge)).toEqual([['sessions.remove', { sessionId: 'lab/desktops/cad-d', deleteHome: true }]])
})

test('a failed action is said with its next step', async () => {
  const { bridge } = show('desktops')
  bridge.answer('sessions.keepRunning', {
    ok: false,
    error: { code: 'session-unknown', sentence: 'This desktop no longer exists.', nextStep: 'Start a new one.' },
  })
  fireEvent.click(button('Keep running Ubuntu desktop'))
  expect((await screen.findByRole('alert')).textContent).toContain('This desktop no longer exists.Start a new one.')
})

test('a newer template is a hint on the picture, and a warning comes before it', async () => {
  const { bridge } = show('empty')
  const hint = 'A newer version of this template is there: it comes with the next start.'
  const session = sessionFixture({ name: 'one', displayName: 'One', hint })
  pushSessions(bridge, session)
  expect(await screen.findByText(hint)).toBeTruthy()
  pushSessions(bridge, { ...session, idleStopAt: Date.now() + 60_000 })
  await waitFor(() => expect(screen.queryByText(hint)).toBeNull())
  fireEvent.click(button('Keep running One'))
  await waitFor(() => expect(called(bridge)).toEqual([['sessions.keepRunning', { sessionId: session.id }]]))
})

test('a template that cannot start says why and may let one wait', () => {
  const { bridge } = show('desktops')
  expect(button('Start Old notebook').hasAttribute('disabled')).toBe(true)
  expect(screen.getByText('The cluster has no RuntimeClass kata.')).toBeTruthy()
  fireEvent.click(button('Wait in line for CAD workstation'))
  expect(called(bridge)).toEqual([['sessions.start', { clusterId: 'lab', templateId: 'cad' }]])
})

test('arrows and letters move between the templates', () => {
  show('desktops')
  button('Start Ubuntu desktop').focus()
  fireEvent.keyDown(button('Start Ubuntu desktop'), { key: 'ArrowRight' })
  expect(document.activeElement).toBe(button('Start Blender'))
  fireEvent.keyDown(button('Start Blender'), { key: 'f' })
  expect(document.activeElement).toBe(button('Start Firefox kiosk'))
})

test('desktops keep their places while news comes in', () => {
  const { bridge } = show('desktops')
  const names = (): (string | null)[] =>
    screen.getAllByRole('button', { name: /^Open / }).map((b) => b.getAttribute('aria-label'))
  const before = names()
  const now = UI_STATES['desktops']?.sessions?.sessions ?? []
  pushSessions(bridge, ...now.toReversed())
  expect(names()).toEqual(before)
})

test('a signed-out cluster keeps what was known, dated, and offers the way back in', () => {
  const { bridge } = show('signed-out')
  expect(screen.getByRole('heading', { name: 'Your sign-in has run out' })).toBeTruthy()
  expect(screen.getByText(/^as of /)).toBeTruthy()
  expect(screen.getByRole('heading', { name: 'Blender', level: 3, description: '' })).toBeTruthy()
  fireEvent.click(button('Sign in again'))
  expect(called(bridge)).toEqual([['clusters.select', { clusterId: 'lab' }]])
})
