// Documents and downloads in the app, with fakes that are typed against Electron's own types. No Electron is loaded.
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Session } from 'electron'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { UI_ORIGIN } from '../../shared/product.ts'
import { guardDownloads } from './downloads.ts'
import { createElectronPapers } from './papers.ts'
import { emitter } from './testing/emitter.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kasm-spec-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})
const PDF = Buffer.from('%PDF-1.4')

function given() {
  const openPath = vi.fn<(path: string) => Promise<string>>().mockResolvedValue('')
  const showSaveDialog = vi.fn<() => Promise<{ canceled: boolean; filePath: string }>>()
  showSaveDialog.mockResolvedValue({ canceled: false, filePath: join(folder, 'saved.pdf') })
  const papers = createElectronPapers({
    dialog: { showSaveDialog },
    shell: { openPath },
    parent: () => null,
    temporary: folder,
    downloads: '/home/me/Downloads',
  })
  return { papers, openPath, showSaveDialog }
}

describe('papers in the app', () => {
  it('are opened by the system from a file of this person’s alone, which goes with the app', async () => {
    const { papers, openPath } = given()
    expect(await papers.act('open', 'report.pdf', PDF)).toBe(true)
    expect(await papers.act('print', 'report.pdf', PDF)).toBe(true)
    const paths = openPath.mock.calls.map(([path]) => path)
    expect(new Set(paths).size).toBe(2)
    for (const path of paths) {
      expect(path.startsWith(folder) && path.endsWith('report.pdf')).toBe(true)
      expect(await readFile(path)).toEqual(PDF)
      expect((await stat(path)).mode & 0o077).toBe(0)
    }
    await papers.dispose()
    expect(await readdir(folder)).toEqual([])
  })

  it('say that no program opens them', async () => {
    const { papers, openPath } = given()
    openPath.mockResolvedValue('no program')
    await expect(papers.act('open', 'x.pdf', PDF)).rejects.toMatchObject({ code: 'paper-no-program' })
    await papers.dispose()
  })

  it('are saved where the person says, or not at all', async () => {
    const { papers, showSaveDialog } = given()
    expect(await papers.act('save', 'report.pdf', PDF)).toBe(true)
    expect(await readFile(join(folder, 'saved.pdf'))).toEqual(PDF)
    expect(showSaveDialog).toHaveBeenCalledWith(
      expect.objectContaining({ defaultPath: join('/home/me/Downloads', 'report.pdf') }),
    )
    showSaveDialog.mockResolvedValue({ canceled: true, filePath: '' })
    expect(await papers.act('save', 'report.pdf', PDF)).toBe(false)
    showSaveDialog.mockResolvedValue({ canceled: false, filePath: join(folder, 'no', 'such', 'folder.pdf') })
    await expect(papers.act('save', 'report.pdf', PDF)).rejects.toMatchObject({ code: 'paper-not-saved' })
  })
})

describe('downloads in the app', () => {
  it.each([
    [`blob:${UI_ORIGIN}/1-2-3`, 7, false],
    [`blob:${UI_ORIGIN}.evil/1`, 7, true],
    ['blob:null/1', 7, true],
    ['https://example.org/x.exe', 7, true],
    ['data:text/html,x', 7, true],
    [`${UI_ORIGIN}/index.html`, 7, true],
    [`blob:${UI_ORIGIN}/1-2-3`, 8, true],
  ])('%s of window %i: prevented %s', (url, id, prevented) => {
    const source = emitter()
    guardDownloads({ on: source.on } as unknown as Pick<Session, 'on'>, {
      uiOrigin: UI_ORIGIN,
      knows: (known) => known === 7,
      downloads: '/d',
    })
    const preventDefault = vi.fn<() => void>()
    const setSaveDialogOptions = vi.fn<(options: object) => void>()
    const item = { getURL: () => url, getFilename: () => 'a.txt', setSaveDialogOptions }
    source.emit('will-download', { preventDefault }, item, { id })
    expect(preventDefault.mock.calls.length > 0).toBe(prevented)
    expect(setSaveDialogOptions.mock.calls).toEqual(prevented ? [] : [[{ defaultPath: join('/d', 'a.txt') }]])
  })
})
