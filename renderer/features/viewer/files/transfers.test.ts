// The queue of transfers, and what was dropped.
import { describe, expect, it, vi } from 'vitest'
import { FILES_LIMIT, itemsOf, walk, type DroppedEntry, type DroppedFile, type DroppedFolder } from './dropped.ts'
import { createPatience } from './patience.ts'
import { fakeFiles } from './testing/fake-files.ts'
import { createTransfers, type SendItem, type TransferView } from './transfers.ts'

function set() {
  const desktop = fakeFiles()
  let views: readonly TransferView[] = []
  const patience = () => createPatience({ isOver: () => false, pause: () => Promise.resolve() })
  const line = { api: desktop.api, pace: () => Promise.resolve(), patience }
  const save = vi.fn<(blob: Blob, name: string) => void>()
  const ended = vi.fn<(view: TransferView) => void>()
  let ids = 0
  const transfers = createTransfers({
    up: { ...line, sliceBytes: () => 10, newId: () => `id${++ids}`, onStaged: () => undefined },
    down: line,
    save,
    show: (next) => (views = next),
    onEnd: ended,
    later: (_ms, run) => run(),
  })
  const over = () =>
    vi.waitFor(() => {
      if (views.some(({ state }) => state === 'waiting' || state === 'running')) throw new Error('not yet')
      return views
    })
  return { ...desktop, transfers, save, ended, views: () => views, over }
}
const item = (name: string, text = 'text'): SendItem => ({
  name,
  files: [{ parts: [name], file: new File([text], name) }],
})

describe('transfers', () => {
  it('go one after the other, both ways, and say how they ended', async () => {
    const { files, transfers, save, ended, over } = set()
    files.set('there', 'from there')
    transfers.send([item('a'), item('b', 'x'.repeat(25))])
    transfers.fetch('there', 'there')
    transfers.fetch('away', 'away')
    expect((await over()).map(({ name, state, done, size }) => [name, state, done, size])).toEqual([
      ['a', 'done', 4, 4],
      ['b', 'done', 25, 25],
      ['there', 'done', 10, 10],
      ['away', 'failed', 0, 0],
    ])
    expect(files.get('b')).toBe('x'.repeat(25))
    expect(save.mock.calls.map(([, name]) => name)).toEqual(['there'])
    expect(ended).toHaveBeenCalledTimes(4)
    transfers.clear()
    expect((await over()).length).toBe(0)
  })

  it('send what they can of a folder, and the first reason of the rest', async () => {
    const { files, faults, transfers, over } = set()
    faults.push(null, { status: 400, message: '[Errno 36] File name too long' }, null)
    const file = (name: string) => ({ parts: ['dir', name], file: new File(['x'], name) })
    transfers.send([{ name: 'dir', files: [file('a'), file('b'), file('c')] }])
    const [view] = await over()
    expect([...files.keys()]).toEqual(['dir/a', 'dir/c'])
    expect(view).toMatchObject({ state: 'failed', files: { done: 3, total: 3 } })
    expect(view?.words).toMatch(/^1 of 3 were not sent\. Its name/)
  })

  it('stop at a full desktop, and go once more when they are told to', async () => {
    const { files, faults, transfers, views, over } = set()
    faults.push({ status: 400, message: '[Errno 28] No space left on device' })
    transfers.send([item('a')])
    expect((await over())[0]).toMatchObject({ state: 'failed', words: expect.stringContaining('no room') as string })
    transfers.again(views()[0]?.id ?? 0)
    await vi.waitFor(() => expect(files.get('a')).toBe('text'))
  })

  it('are cancelled while they wait and while they run', async () => {
    const { files, staged, transfers, views, ended, over } = set()
    transfers.send([item('a', 'x'.repeat(500)), item('b')])
    transfers.cancel(views()[1]?.id ?? 0)
    transfers.cancelAll()
    expect((await over()).map(({ state }) => state)).toEqual(['cancelled', 'cancelled'])
    expect([...files, ...staged]).toEqual([])
    expect(ended).not.toHaveBeenCalled()
  })

  it('show names as text of one line', async () => {
    const { transfers, over } = set()
    transfers.send([{ ...item('x'), name: 'a\u202e\n<b>.txt' }])
    expect((await over())[0]?.name).toBe('a <b>.txt')
  })
})

describe('what was dropped', () => {
  const file = (name: string): DroppedFile => ({
    name,
    isFile: true,
    isDirectory: false,
    file: (done) => done(new File(['x'], name)),
  })
  const folder = (name: string, inside: readonly DroppedEntry[]): DroppedFolder => ({
    name,
    isFile: false,
    isDirectory: true,
    createReader: () => {
      let at = 0
      // a hundred at a time, as browsers do
      return { readEntries: (done) => done(inside.slice(at, (at += 100))) }
    },
  })

  it('is walked, folders of more than a hundred too', async () => {
    const many = Array.from({ length: 250 }, (_, at) => file(`f${at}`))
    const items = await walk([file('a'), folder('dir', [...many, folder('in', [file('deep')])]), folder('empty', [])])
    expect(items.map(({ name, files }) => [name, files.length])).toEqual([
      ['a', 1],
      ['dir', 251],
    ])
    expect(items[1]?.files.at(-1)?.parts).toEqual(['dir', 'in', 'deep'])
  })

  it('is bounded', async () => {
    await expect(walk(Array.from({ length: FILES_LIMIT + 1 }, () => file('x')))).rejects.toMatchObject({
      kind: 'too-many',
    })
    let deep: DroppedEntry = file('x')
    for (let level = 0; level < 40; level++) deep = folder('d', [deep])
    await expect(walk([deep])).rejects.toMatchObject({ kind: 'too-many' })
  })

  it('is grouped: a chosen folder is one thing, two of one name are two, dozens are one', () => {
    const chosen = (path: string) => Object.assign(new File(['x'], 'a'), { webkitRelativePath: path })
    expect(itemsOf([chosen('dir/a'), chosen('dir/b/c')]).map(({ name, files }) => [name, files.length])).toEqual([
      ['dir', 2],
    ])
    expect(itemsOf([chosen(''), chosen('')])).toHaveLength(2)
    expect(itemsOf(Array.from({ length: 30 }, () => chosen(''))).map(({ name }) => name)).toEqual(['30 files'])
  })
})
