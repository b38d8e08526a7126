// @vitest-environment happy-dom
// The cluster view over set snapshots: who is offered it, what the map says and does, and each state of less knowledge.
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { createFixtureBridge, type FixtureBridge } from '../../../e2e/fakes/fixture-bridge.ts'
import { inventoryFixture } from '../../../e2e/fakes/inventory-states.ts'
import { UI_STATES } from '../../../e2e/fakes/ui-states.ts'
import { App } from '../../app/app.tsx'
import { createAppStores, type AppStores } from '../../stores/app-stores.ts'

// the states say times relative to when they were made: the calendar stands still, however long the tests before took
vi.hoisted(() => vi.useFakeTimers({ toFake: ['Date'] }))

let stores: AppStores | undefined
afterEach(() => {
  cleanup()
  stores?.dispose()
  location.hash = ''
})

function show(state: string, tab = 'gpus'): FixtureBridge {
  location.hash = `#/cluster/${tab}`
  const bridge = createFixtureBridge(UI_STATES[state] ?? {})
  stores = createAppStores(bridge)
  render(<App stores={stores} />)
  return bridge
}
const button = (name: string | RegExp): HTMLElement => screen.getByRole('button', { name })
const called = (bridge: FixtureBridge) => bridge.calls.map(({ name, input }) => [name, input])
const BOB = 'Slice 4 of GPU 0 on gpu-c: bob, Ubuntu desktop'

test('the view is offered only where the reviews allow it, by rail, key and palette', async () => {
  const bridge = show('cluster')
  expect(screen.getByRole('link', { name: 'Cluster' }).getAttribute('aria-current')).toBe('page')
  location.hash = '#/'
  await screen.findByRole('heading', { level: 1, name: 'Desktops' })
  fireEvent.keyDown(document.body, { key: 'g' })
  fireEvent.keyDown(document.body, { key: 'c' })
  expect(await screen.findByRole('heading', { level: 1, name: 'Cluster' })).toBeTruthy()
  bridge.push('inventory', inventoryFixture({ access: 'none' }))
  await waitFor(() => expect(screen.queryByRole('link', { name: 'Cluster' })).toBeNull())
  expect(screen.getByRole('heading', { name: 'You may not see this cluster as a whole' })).toBeTruthy()
  fireEvent.keyDown(document.body, { key: 'k', ctrlKey: true })
  fireEvent.change(await screen.findByRole('combobox', { name: 'Command' }), { target: { value: 'who waits' } })
  expect(screen.queryAllByRole('option')).toEqual([])
})

test('the map answers who holds what, and what is not told stays untold', () => {
  show('cluster')
  expect(screen.getByRole('heading', { name: '38 of 64 slices in use. 2 people wait.' })).toBeTruthy()
  const grid = screen.getByRole('grid', { name: 'Slices of gpu-a' })
  const row = within(grid).getByRole('row', { name: /GPU 0/ })
  expect(within(row).getByRole('button', { name: 'Slice 1 of GPU 0 on gpu-a: alice, Ubuntu desktop' })).toBeTruthy()
  expect(within(row).getByRole('button', { name: /^Slice 6 .*: releasing, was farid/ }).dataset['state']).toBe(
    'releasing',
  )
  const untold = screen.getByRole('list', { name: 'On gpu-c, GPU not told' })
  fireEvent.click(within(untold).getByRole('button', { name: /noor/ }))
  const details = screen.getByRole('complementary', { name: 'noor: render-batch-7' })
  expect(within(details).getByText('on this node; which is not told')).toBeTruthy()
})

test('arrows walk over the GPUs of all nodes; the grid is one tab stop', () => {
  show('cluster')
  const first = button(/^Slice 1 of GPU 0 on gpu-a/)
  expect(first.tabIndex).toBe(0)
  first.focus()
  const press = (key: string, more = {}): string | null => {
    fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more })
    return document.activeElement?.getAttribute('aria-label') ?? null
  }
  expect(press('ArrowRight')).toContain('Slice 2 of GPU 0 on gpu-a')
  expect(first.tabIndex).toBe(-1)
  expect(press('ArrowDown')).toContain('Slice 2 of GPU 1 on gpu-a')
  expect(press('ArrowDown')).toContain('Slice 2 of GPU 0 on gpu-b')
  expect(press('End')).toContain('Slice 12 of GPU 0 on gpu-b')
  expect(press('ArrowDown')).toContain('Slice 12 of GPU 1 on gpu-b')
  // twelve slices above eight: the same part of the bar
  expect(press('ArrowDown')).toContain('Slice 8 of GPU 0 on gpu-c')
  expect(press('Home', { ctrlKey: true })).toContain('Slice 1 of GPU 0 on gpu-a')
})

test('a slice opens its details; stopping asks, names what stays, and asks the core for that pod', async () => {
  const bridge = show('cluster')
  fireEvent.click(button(BOB))
  const details = screen.getByRole('complementary', { name: 'bob: Ubuntu desktop' })
  expect(document.activeElement).toBe(details)
  expect(within(details).getByText('vdi-bob/ub-bob-c0c3')).toBeTruthy()
  expect(within(details).getByText('GPU 0, slice 4 of 8')).toBeTruthy()
  expect(within(details).getByText('Stops bob’s desktop; the home stays.')).toBeTruthy()
  fireEvent.click(within(details).getByRole('button', { name: 'Stop desktop…' }))
  const question = await screen.findByRole('dialog', { name: 'Stop bob’s desktop?' })
  expect(bridge.calls).toEqual([])
  fireEvent.click(within(question).getByRole('button', { name: 'Stop desktop' }))
  expect(await screen.findByText('bob’s desktop stops. The home stays.')).toBeTruthy()
  expect(called(bridge)).toEqual([['inventory.stop', { clusterId: 'lab', namespace: 'vdi-bob', pod: 'ub-bob-c0c3' }]])
})

test('a desktop without a home says that nothing of it stays', () => {
  const bridge = show('cluster', 'sessions')
  const all = inventoryFixture()
  bridge.push('inventory', { ...all, sessions: all.sessions.map((s) => ({ ...s, template: 'kiosk' })) })
  fireEvent.click(button('bob: Ubuntu desktop'))
  expect(screen.getByText('Stops bob’s desktop; it has no home, nothing of it stays.')).toBeTruthy()
})

test('Esc closes the details and gives the focus back to the slice', () => {
  show('cluster')
  fireEvent.click(button(BOB))
  expect(button(BOB).getAttribute('aria-expanded')).toBe('true')
  fireEvent.keyDown(screen.getByRole('complementary', { name: 'bob: Ubuntu desktop' }), { key: 'Escape' })
  expect(screen.queryByRole('complementary', { name: 'bob: Ubuntu desktop' })).toBeNull()
  expect(document.activeElement).toBe(button(BOB))
})

test('who may not delete a pod is told so instead of a button', () => {
  show('cluster')
  fireEvent.click(button(/quinn/))
  const details = screen.getByRole('complementary', { name: /^quinn/ })
  expect(within(details).queryByRole('button', { name: /Stop/ })).toBeNull()
  expect(within(details).getByText(/no right to delete pods in vdi-quinn/)).toBeTruthy()
})

test('sessions are sorted by a press and walked by keys', () => {
  show('cluster', 'sessions')
  const names = (): (string | null)[] =>
    screen.getAllByRole('rowheader').map((cell) => cell.querySelector('button')?.getAttribute('aria-label') ?? null)
  expect(names().slice(0, 2)).toEqual(['alice: CAD workstation', 'hugo: Ubuntu desktop'])
  fireEvent.click(button('Person'))
  fireEvent.click(button('Person'))
  expect(screen.getByRole('columnheader', { name: 'Person' }).getAttribute('aria-sort')).toBe('descending')
  expect(names()[0]).toBe('zoe: Blender')
  button('zoe: Blender').focus()
  fireEvent.keyDown(button('zoe: Blender'), { key: 'ArrowDown' })
  expect(document.activeElement?.getAttribute('aria-label')).toMatch(/^yara/)
  fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'bob' } })
  expect(names()).toEqual(['bob: Ubuntu desktop'])
})

test('who waits has plain words first, the scheduler’s own on demand', () => {
  show('cluster', 'waiting')
  const card = screen.getByRole('article', { name: 'alice' })
  expect(within(card).queryByText(/Insufficient/)).toBeNull()
  fireEvent.click(within(card).getByRole('button', { name: 'Kubernetes says' }))
  expect(within(card).getByText(/Insufficient nvidia.com\/gpu.shared/)).toBeTruthy()
})

test('nodes say their state, resource and slices', () => {
  show('cluster', 'nodes')
  const row = screen.getByRole('row', { name: /gpu-b/ })
  expect(row.textContent).toContain('Ready, 1 GPU unhealthy')
  expect(row.textContent).toContain('4 of 24')
  expect(screen.getByRole('row', { name: /cpu-a/ }).textContent).toContain('none')
})

test('a GPU that cannot encode, or only for a few, says so on its node and in its details', () => {
  show('cluster-encoders')
  const card = (node: string): HTMLElement => screen.getByRole('region', { name: node })
  expect(within(card('gpu-h')).getByText('No hardware encoder: pictures are encoded by the CPU.')).toBeTruthy()
  expect(within(card('gpu-i')).getByText(/^No hardware encoder, as far as known: /)).toBeTruthy()
  // two cards of one node, one limit
  expect(within(card('gpu-j')).getAllByText(/^Encodes for about 8 desktops at once, and has 16 slices: /)).toHaveLength(
    1,
  )
  expect(within(card('gpu-k')).getByText(/^Encodes for about 8 desktops at once: a limit of the driver/)).toBeTruthy()
  expect(within(card('gpu-l')).queryByText(/ncode/)).toBeNull()
  fireEvent.click(button(/^Slice 1 of GPU 0 on gpu-h/))
  const details = screen.getByRole('complementary', { name: 'alice: Ubuntu desktop' })
  expect(within(details).getByText('GPU’s encoder').nextSibling?.textContent).toBe('None')
  fireEvent.click(button(/^Slice 4 of GPU 0 on gpu-l: free/))
  expect(screen.getByText('GPU’s encoder').nextSibling?.textContent).toBe('In hardware')
})

test.each([
  ['cluster-syncing', 'Reading nodes and pods…'],
  // of 42 s when this file was loaded, which a busy machine does some time before the test
  ['cluster-stale', /^No news for 4[2-9] s\./],
  ['cluster-forbidden', 'You may not list the nodes of this cluster'],
  ['cluster-no-gpus', /A node appears here by itself once its GPU plugin runs/],
])('%s says so', (state, words) => {
  show(state)
  expect(screen.getByText(words)).toBeTruthy()
})
