// @vitest-environment happy-dom
// The frame: palette, shortcuts, first start, consent, namespace, settings, and the loss of the core.
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createFixtureBridge, type FixtureBridge } from '../../e2e/fakes/fixture-bridge.ts'
import { UI_STATES } from '../../e2e/fakes/ui-states.ts'
import { createAppStores, type AppStores } from '../stores/app-stores.ts'
import { App } from './app.tsx'

let stores: AppStores | undefined
beforeEach(() => {
  location.hash = ''
})
afterEach(() => {
  cleanup()
  stores?.dispose()
})

function show(state: string, hash = ''): { bridge: FixtureBridge; stores: AppStores } {
  location.hash = hash
  const bridge = createFixtureBridge(UI_STATES[state] ?? {})
  stores = createAppStores(bridge)
  render(<App stores={stores} openTab={vi.fn(() => true)} />)
  return { bridge, stores }
}
const button = (name: string | RegExp): HTMLElement => screen.getByRole('button', { name })
const called = (bridge: FixtureBridge) => bridge.calls.map(({ name, input }) => [name, input])

test('the palette finds a command by its words and runs it from the keyboard', async () => {
  const { bridge } = show('desktops')
  fireEvent.keyDown(document.body, { key: 'k', ctrlKey: true })
  const field = await screen.findByRole('combobox', { name: 'Command' })
  fireEvent.change(field, { target: { value: 'ubuntu' } })
  const options = screen.getAllByRole('option')
  expect(options.map(({ textContent }) => textContent)).toEqual([
    'Open Ubuntu desktopon gpu-bEnter',
    'Stop Ubuntu desktopthe home stays',
    'Start another Ubuntu desktopusually ready in 6 s',
  ])
  fireEvent.keyDown(field, { key: 'ArrowDown' })
  expect(screen.getByRole('option', { selected: true }).textContent).toContain('Stop')
  fireEvent.keyDown(field, { key: 'Enter' })
  expect(called(bridge)).toEqual([['sessions.stop', { sessionId: 'lab/desktops/ubuntu-b' }]])
  await waitFor(() => expect(screen.queryByRole('combobox', { name: 'Command' })).toBeNull())
})

test('a letter is a shortcut outside of fields alone', () => {
  show('desktops')
  fireEvent.keyDown(document.body, { key: '/' })
  const field = screen.getByRole('searchbox')
  expect(document.activeElement).toBe(field)
  fireEvent.keyDown(field, { key: 'g' })
  fireEvent.keyDown(field, { key: 's' })
  expect(location.hash).not.toBe('#/settings')
  fireEvent.keyDown(document.body, { key: 'g' })
  fireEvent.keyDown(document.body, { key: 's' })
  expect(location.hash).toBe('#/settings')
})

test('first start shows each cluster with its state and reason, and one press uses it', () => {
  const { bridge } = show('first-start')
  expect(screen.getByText(/The cluster at farm.example cannot be reached\./)).toBeTruthy()
  expect(screen.getByText('old.yaml is not a kubeconfig: it cannot be read as YAML.')).toBeTruthy()
  fireEvent.click(button('Use Lab Zürich'))
  fireEvent.click(button('Start demo'))
  expect(called(bridge)).toEqual([
    ['clusters.select', { clusterId: 'lab' }],
    ['clusters.select', { clusterId: 'demo' }],
  ])
})

test('a sign-in program is shown in full and runs only when allowed', async () => {
  const { bridge } = show('first-start')
  const consent = screen.getByRole('group', { name: 'Sign-in program of Company cloud' })
  expect(within(consent).getByText('/usr/local/bin/kubectl-oidc get-token --issuer https://sso.example')).toBeTruthy()
  fireEvent.click(within(consent).getByRole('button', { name: 'Not now' }))
  expect(bridge.calls).toEqual([])
  fireEvent.click(button('Show the sign-in program of Company cloud'))
  fireEvent.click(button('Allow and connect'))
  await waitFor(() =>
    expect(called(bridge)[0]).toEqual(['clusters.trustPlugin', { clusterId: 'sso', fingerprint: 'f00' }]),
  )
})

test('nothing found says where the app looked', () => {
  show('nothing-found')
  expect(screen.getByText('KUBECONFIG')).toBeTruthy()
  expect(screen.getByText('~/.kube/config')).toBeTruthy()
})

test('a pasted kubeconfig that is refused says why in place, and keeps the text', async () => {
  const { bridge } = show('nothing-found')
  bridge.answer('clusters.addText', {
    ok: false,
    error: { code: 'kubeconfig-empty', sentence: 'The pasted text is empty.', nextStep: 'Choose another file.' },
  })
  fireEvent.click(button('Paste'))
  const area = await screen.findByRole<HTMLTextAreaElement>('textbox', { name: 'Kubeconfig' })
  fireEvent.change(area, { target: { value: 'kind: Config' } })
  fireEvent.click(button('Add cluster'))
  expect((await screen.findByRole('alert')).textContent).toContain('The pasted text is empty.')
  expect(area.value).toBe('kind: Config')
  expect(called(bridge)).toEqual([['clusters.addText', { name: 'The pasted text', text: 'kind: Config' }]])
})

test('a namespace is asked for when none can be used, and checked before it is sent', () => {
  const { bridge } = show('forbidden')
  const field = screen.getByRole('textbox', { name: 'Namespace' })
  fireEvent.change(field, { target: { value: 'Not_A_Name' } })
  fireEvent.click(button('Use this namespace'))
  expect(bridge.calls).toEqual([])
  expect(screen.getByRole('alert').textContent).toContain('Lower-case letters')
  fireEvent.change(field, { target: { value: 'team-a' } })
  fireEvent.click(button('Use this namespace'))
  expect(called(bridge)).toEqual([['clusters.setNamespace', { clusterId: 'lab', namespace: 'team-a' }]])
})

test('who has to be added by an admin is asked for no namespace, but may name one', () => {
  const { bridge } = show('not-admitted')
  expect(screen.getByText('An admin has to add you first')).toBeTruthy()
  expect(screen.queryByRole('textbox', { name: 'Namespace' })).toBeNull()
  fireEvent.click(button('Try again'))
  fireEvent.click(button('Name a namespace'))
  expect(button('Name a namespace').getAttribute('aria-expanded')).toBe('true')
  fireEvent.change(screen.getByRole('textbox', { name: 'Namespace' }), { target: { value: 'team-a' } })
  fireEvent.click(button('Use this namespace'))
  expect(called(bridge)).toEqual([
    ['clusters.select', { clusterId: 'lab' }],
    ['clusters.setNamespace', { clusterId: 'lab', namespace: 'team-a' }],
  ])
})

test('settings are searched and changed; a number is drawn into its bounds', () => {
  const { bridge } = show('desktops', '#/settings')
  fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'bitrate' } })
  expect(screen.queryByRole('switch', { name: 'Gamepads' })).toBeNull()
  const field = screen.getByRole('spinbutton', { name: 'Bitrate' })
  fireEvent.change(field, { target: { value: '900' } })
  fireEvent.blur(field)
  fireEvent.change(screen.getByRole('searchbox'), { target: { value: '' } })
  fireEvent.click(screen.getByRole('switch', { name: 'Sound' }))
  fireEvent.change(screen.getByRole('combobox', { name: 'Theme' }), { target: { value: 'dark' } })
  expect(called(bridge)).toEqual([
    ['settings.set', { bitrateKbps: 100_000 }],
    ['settings.set', { sound: false }],
    ['settings.set', { theme: 'dark' }],
  ])
})

test('the theme follows the settings', async () => {
  const { bridge } = show('desktops')
  const settings = UI_STATES['desktops']?.settings
  if (!settings) throw new Error('no settings in the state')
  bridge.push('settings', { ...settings, theme: 'dark' })
  await waitFor(() => expect(document.documentElement.dataset['theme']).toBe('dark'))
  bridge.push('settings', { ...settings, theme: 'system' })
  await waitFor(() => expect(document.documentElement.dataset['theme']).toBeUndefined())
})

test('a lost core is said above what was known, and taken back when it answers', async () => {
  const { stores: open } = show('desktops')
  // its first question is answered: what follows is the loss alone
  await waitFor(() => expect(open.carrier.getState().info).toBeDefined())
  open.carrier.saw(false)
  expect(await screen.findByText('The app does not answer.')).toBeTruthy()
  expect(button('Open Blender')).toBeTruthy()
  open.carrier.saw(true)
  await waitFor(() => expect(screen.queryByText('The app does not answer.')).toBeNull())
})
