// Printed documents in the app: opened by the system's own program for PDFs, saved where the person says. Never shown in a window of ours.
// A copy that is opened lies in a folder of this person's alone, which goes with the app.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BrowserWindow, Dialog, Shell } from 'electron'
import { AppError } from '../../shared/errors.ts'

export interface ElectronPapersOptions {
  readonly dialog: Pick<Dialog, 'showSaveDialog'>
  readonly shell: Pick<Shell, 'openPath'>
  readonly parent: () => BrowserWindow | null
  /** The system's folder for passing files. */
  readonly temporary: string
  /** Where people keep what they save. */
  readonly downloads: string
}

export interface ElectronPapers {
  readonly act: (what: 'open' | 'save' | 'print', fileName: string, bytes: Buffer) => Promise<boolean>
  /** Removes the copies that were opened. */
  dispose(): Promise<void>
}

export function createElectronPapers(options: ElectronPapersOptions): ElectronPapers {
  const folders = new Set<string>()
  const open = async (fileName: string, bytes: Buffer): Promise<boolean> => {
    // a folder for each: two documents may have one name
    const folder = await mkdtemp(join(options.temporary, 'kasm-paper-'))
    folders.add(folder)
    const path = join(folder, fileName)
    await writeFile(path, bytes, { mode: 0o600, flag: 'wx' })
    const problem = await options.shell.openPath(path)
    if (problem !== '') throw new AppError('paper-no-program', {}, { detail: problem })
    return true
  }
  const save = async (fileName: string, bytes: Buffer): Promise<boolean> => {
    const parent = options.parent()
    const question = {
      defaultPath: join(options.downloads, fileName),
      filters: [{ name: 'PDF', extensions: ['pdf'] }],
      properties: ['showOverwriteConfirmation' as const],
    }
    const { canceled, filePath } = parent
      ? await options.dialog.showSaveDialog(parent, question)
      : await options.dialog.showSaveDialog(question)
    if (canceled || filePath === '') return false
    try {
      await writeFile(filePath, bytes)
    } catch (error) {
      throw new AppError('paper-not-saved', {}, { cause: error })
    }
    return true
  }
  return {
    // the system's program prints: it knows the printers and their papers
    act: (what, fileName, bytes) => (what === 'save' ? save(fileName, bytes) : open(fileName, bytes)),
    async dispose() {
      for (const folder of folders) await rm(folder, { recursive: true, force: true })
      folders.clear()
    },
  }
}
