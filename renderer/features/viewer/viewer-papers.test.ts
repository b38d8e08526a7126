// Lines of printed documents: told once, taken when they are wanted, one document a name.
import { expect, it, vi } from 'vitest'
import type { Bridge } from '../../../shared/ipc/bridge.ts'
import { createViewerPapers } from './viewer-papers.ts'
import { createViewerStore } from './viewer-state.ts'

function set(address: string | null = 'http://127.0.0.1:1/id/x.pdf') {
  const store = createViewerStore(0)
  const call = vi.fn<(name: string, input: unknown) => Promise<unknown>>()
  call.mockImplementation((name) =>
    Promise.resolve({ ok: true, value: name === 'papers.take' ? { paperId: 'p', bytes: 7, address } : { done: true } }),
  )
  const follow = vi.fn<(address: string, how: string) => void>()
  const say = vi.fn<(line: { text: string }) => void>()
  const door = { ticket: 't' as string | null }
  const bridge = { call } as unknown as Bridge
  const papers = createViewerPapers({ store, bridge, ticket: () => door.ticket, say, follow })
  return { store, call, follow, say, door, papers, lines: () => store.getState().papers }
}

it('takes a document once, at the first wish, and a browser shows or saves it', async () => {
  const { papers, call, follow, say, lines } = set()
  papers.printed('x.pdf', 5)
  expect(call).not.toHaveBeenCalled()
  await papers.wish('x.pdf', 'open')
  await papers.wish('x.pdf', 'save')
  await papers.wish('x.pdf', 'print')
  expect(call.mock.calls).toEqual([['papers.take', { ticket: 't', name: 'x.pdf' }]])
  expect(follow.mock.calls).toEqual([
    ['http://127.0.0.1:1/id/x.pdf', 'tab'],
    ['http://127.0.0.1:1/id/x.pdf?save', 'download'],
    ['http://127.0.0.1:1/id/x.pdf', 'tab'],
  ])
  expect(say).toHaveBeenCalledTimes(1)
  expect(lines()).toMatchObject([{ state: 'taken', bytes: 7 }])
})

it('has the app do it where there is one', async () => {
  const { papers, call, follow } = set(null)
  papers.printed('x.pdf', 5)
  await papers.wish('x.pdf', 'save')
  expect(call).toHaveBeenLastCalledWith('papers.act', { paperId: 'p', what: 'save' })
  expect(follow).not.toHaveBeenCalled()
})

it('says what went wrong, and takes it at the next wish', async () => {
  const { papers, call, follow, door, lines } = set()
  papers.printed('x.pdf', 5)
  door.ticket = null
  await papers.wish('x.pdf', 'open')
  expect(lines()[0]?.words).toMatch(/not there now/)
  door.ticket = 't'
  call.mockResolvedValueOnce({ ok: false, error: { code: 'paper-gone', sentence: 'Gone.', nextStep: 'Print it.' } })
  await papers.wish('x.pdf', 'open')
  expect(lines()[0]).toMatchObject({ state: 'waiting', words: 'Gone. Print it.' })
  await papers.wish('x.pdf', 'open')
  expect(follow).toHaveBeenCalledTimes(1)
})

it('is told once of one that waits, and anew of another of the same name', async () => {
  const { papers, call, lines } = set()
  papers.printed('x.pdf', 5)
  papers.printed('x.pdf', 5)
  expect(lines()).toHaveLength(1)
  await papers.wish('x.pdf', 'open')
  papers.printed('x.pdf', 9)
  expect(lines()).toMatchObject([{ state: 'waiting', bytes: 9 }])
  await papers.wish('x.pdf', 'open')
  expect(call).toHaveBeenCalledTimes(2)
  papers.dismiss('x.pdf')
  expect(lines()).toEqual([])
})

it('shows few, and names as text of one line', () => {
  const { papers, lines } = set()
  for (let at = 0; at < 20; at++) papers.printed(`${at}\u202e<b>\n.pdf`, 1)
  expect(lines()).toHaveLength(5)
  expect(lines().at(-1)?.shown).toBe('19<b> .pdf')
})
