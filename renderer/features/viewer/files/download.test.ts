// A download: in order, gone on with after a cut where the content is the same, begun again where it is not.
import { describe, expect, it, vi } from 'vitest'
import { downloadFile } from './download.ts'
import { FileProblem } from './file-problem.ts'
import { createPatience } from './patience.ts'
import { fakeFiles } from './testing/fake-files.ts'

function set() {
  const desktop = fakeFiles()
  const stop = new AbortController()
  const progress = vi.fn<(bytes: number, size: number) => void>()
  let paced = 0
  const fetchIt = async (path = 'x') =>
    (
      await downloadFile(
        path,
        {
          api: desktop.api,
          pace: (bytes, signal) => {
            signal.throwIfAborted()
            paced += bytes
            return Promise.resolve()
          },
          patience: () => createPatience({ isOver: () => false, pause: () => Promise.resolve() }),
        },
        progress,
        stop.signal,
      )
    ).text()
  return { ...desktop, stop, progress, fetchIt, paced: () => paced }
}
const TEXT = 'abcdefghij'.repeat(10)
const kindOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'fetched',
    (thrown: unknown) => (thrown instanceof FileProblem ? thrown.kind : String(thrown)),
  )

describe('a download', () => {
  it('arrives whole, at the pace', async () => {
    const { files, progress, fetchIt, paced } = set()
    files.set('größe.txt', TEXT)
    expect(await fetchIt('gr%C3%B6%C3%9Fe.txt')).toBe(TEXT)
    expect(paced()).toBe(100)
    expect(progress).toHaveBeenLastCalledWith(100, 100)
    files.set('x', '')
    expect(await fetchIt()).toBe('')
  })

  it('goes on where it was cut', async () => {
    const { files, faults, log, fetchIt } = set()
    files.set('x', TEXT)
    faults.push('half', 'cut', 'half')
    expect(await fetchIt()).toBe(TEXT)
    expect(log).toEqual(['get x 0', 'get x 50', 'get x 50', 'get x 80'])
  })

  it('begins again where the content is another', async () => {
    const { files, faults, progress, fetchIt } = set()
    files.set('x', TEXT)
    faults.push('half')
    const other = 'Z'.repeat(100)
    progress.mockImplementation(() => files.set('x', other))
    expect(await fetchIt()).toBe(other)
  })

  it('takes no more than was announced', async () => {
    const { files, api, fetchIt } = set()
    files.set('x', TEXT)
    vi.spyOn(api, 'head').mockResolvedValue({ status: 200, doorError: null, size: 5, tag: '"t"' })
    expect(await kindOf(fetchIt())).toBe('changed')
  })

  it.each([
    [{ status: 403, message: 'Forbidden: downloads disabled' }, 'not-allowed'],
    [{ status: 404, message: 'Not Found' }, 'missing'],
    [{ status: 418, message: '' }, 'refused'],
  ])('refused with %j says it: %s', async (fault, kind) => {
    const { files, faults, fetchIt } = set()
    files.set('x', TEXT)
    faults.push(fault)
    expect(await kindOf(fetchIt())).toBe(kind)
  })

  it('waits for a desktop that is away, and not for ever', async () => {
    const { files, faults, fetchIt } = set()
    files.set('x', TEXT)
    faults.push('cut', { status: 502, message: '' }, null)
    expect(await fetchIt()).toBe(TEXT)
    faults.push(...Array.from({ length: 50 }, () => 'cut' as const))
    expect(await kindOf(fetchIt())).toBe('lost')
    expect(await kindOf(fetchIt('missing'))).toBe('missing')
  })

  it('is cancelled at any time', async () => {
    const { files, stop, progress, fetchIt } = set()
    files.set('x', TEXT)
    progress.mockImplementation((bytes) => bytes > 30 && stop.abort())
    expect(await kindOf(fetchIt())).toBe('cancelled')
  })
})
