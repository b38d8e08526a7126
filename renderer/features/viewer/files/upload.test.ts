// An upload against the server's own rules: in order, paced, begun again after a cut, and gone when it is cancelled.
import { describe, expect, it, vi } from 'vitest'
import { FileProblem } from './file-problem.ts'
import { createPatience } from './patience.ts'
import { fakeFiles } from './testing/fake-files.ts'
import { checkPath, uploadFile, type UploadLine } from './upload.ts'

function set(over = { isOver: false }) {
  const desktop = fakeFiles()
  let ids = 0
  const paced: number[] = []
  const left: (string | null)[] = []
  const line: UploadLine = {
    api: desktop.api,
    pace: (bytes, signal) => {
      signal.throwIfAborted()
      paced.push(bytes)
      return Promise.resolve()
    },
    sliceBytes: () => 10,
    patience: () => createPatience({ isOver: () => over.isOver, pause: () => Promise.resolve() }),
    newId: () => `id${++ids}`,
    onStaged: (discard) => left.push(discard?.['x-upload-offset'] ?? null),
  }
  const stop = new AbortController()
  const progress = vi.fn<(bytes: number) => void>()
  const send = (text: string, ...parts: readonly string[]) =>
    uploadFile(new Blob([text]), parts, line, progress, stop.signal)
  return { ...desktop, left, paced, stop, progress, send }
}
const LONG = '0123456789abcdefghijABCDEFGHIJxyz'
const kindOf = (promise: Promise<void>): Promise<string> =>
  promise.then(
    () => 'sent',
    (thrown: unknown) => (thrown instanceof FileProblem ? thrown.kind : String(thrown)),
  )

describe('an upload', () => {
  it('goes in pieces, each paced, in order', async () => {
    const { files, staged, log, left, paced, progress, send } = set()
    await send(LONG, 'größe', 'a b.txt')
    expect(files.get('größe/a b.txt')).toBe(LONG)
    expect(staged.size).toBe(0)
    expect(log.map((line) => line.split(' ').at(-1))).toEqual(['0', '10', '20', '30'])
    expect(paced).toEqual([10, 10, 10, 3])
    // what a page that goes would say, and nothing when all is there
    expect(left).toEqual(['34', '34', '34', '34', null])
    expect(progress).toHaveBeenLastCalledWith(33)
  })

  it.each(['', 'small'])('of %j goes whole', async (text) => {
    const { files, log, send } = set()
    await send(text, 'x')
    expect(files.get('x')).toBe(text)
    expect(log).toEqual(['post x whole'])
  })

  it.each([
    ['that never arrived goes on', 'cut', ['0', '10', '10', '20', '30']],
    ['that broke off begins anew', 'half', ['0', '10', '10', '0', '10', '20', '30']],
    ['whose answer was lost begins anew', 'cut-after', ['0', '10', '10', '0', '10', '20', '30']],
  ] as const)('a piece %s', async (_, fault, offsets) => {
    const { files, faults, log, send } = set()
    faults.push(null, fault)
    await send(LONG, 'x')
    expect(files.get('x')).toBe(LONG)
    expect(log.map((line) => line.split(' ').at(-1))).toEqual(offsets)
  })

  it('waits while the desktop is away, and not for ever', async () => {
    const { files, faults, send } = set()
    const away = { status: 502, message: '' }
    faults.push(...Array.from({ length: 30 }, () => away))
    await send('here', 'x')
    expect(files.get('x')).toBe('here')
    faults.push(...Array.from({ length: 40 }, () => away))
    expect(await kindOf(send('here', 'x'))).toBe('lost')
  })

  it('gives up with the session', async () => {
    const { faults, send } = set({ isOver: true })
    faults.push('cut')
    expect(await kindOf(send('here', 'x'))).toBe('lost')
  })

  it('does not begin anew for ever', async () => {
    const { faults, send } = set()
    faults.push(...Array.from({ length: 100 }, () => ({ status: 409, message: 'chunk sequence mismatch' })))
    expect(await kindOf(send(LONG, 'x'))).toBe('lost')
  })

  it.each([
    [403, 'uploads disabled', 'not-allowed'],
    [403, 'View-only credentials cannot upload files', 'not-allowed'],
    [400, '[Errno 28] No space left on device', 'no-room'],
    [500, 'mkdir failed: [Errno 28] No space left on device', 'no-room'],
    [500, 'mkdir failed: [Errno 13] Permission denied', 'no-right'],
    [500, 'mkdir failed: [Errno 17] File exists', 'is-folder'],
    [500, "finalize failed: [Errno 21] Is a directory: 'x'", 'is-folder'],
    [400, '[Errno 36] File name too long', 'name-long'],
    [400, 'invalid upload path', 'name'],
    [400, 'path escape rejected', 'name'],
    [400, 'something else', 'refused'],
    [500, '<script>alert(1)</script>', 'refused'],
  ])('refused with %i %s says it: %s', async (status, message, kind) => {
    const { faults, staged, send } = set()
    faults.push(null, { status, message })
    const thrown = await send(LONG, 'x').then(
      () => null,
      (problem: unknown) => problem,
    )
    expect(thrown).toMatchObject({ kind })
    expect((thrown as Error).message).not.toContain('script')
    // what was staged there is gone at once
    expect(staged.size).toBe(0)
  })

  it.each([0, 1, 2])('cancelled after %i pieces leaves nothing', async (pieces) => {
    const { files, staged, stop, progress, send } = set()
    let seen = 0
    progress.mockImplementation((bytes) => {
      if (bytes > 0 && ++seen > pieces * 2) stop.abort()
    })
    expect(await kindOf(send(LONG, 'x'))).toBe('cancelled')
    expect([...files, ...staged]).toEqual([])
  })

  it('says that a file was changed here while it was read', async () => {
    const { send } = set()
    const broken = vi.spyOn(Blob.prototype, 'arrayBuffer').mockRejectedValue(new DOMException('', 'NotReadableError'))
    await expect(send('x', 'x')).rejects.toMatchObject({ name: 'NotReadableError' })
    broken.mockRestore()
  })
})

it.each([
  [['a', '..', 'b'], 'name'],
  [[], 'name'],
  [['a/b'], 'name-sign'],
  [['a\nb'], 'name-sign'],
  [['x'.repeat(256)], 'name-long'],
  [Array.from({ length: 40 }, () => 'x'.repeat(200)), 'name-long'],
])('a path that no desktop takes is refused before a byte goes: %#', (parts, kind) => {
  expect(() => checkPath(parts)).toThrow(expect.objectContaining({ kind }) as Error)
})
