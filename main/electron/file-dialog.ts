// The operating system's dialog for choosing a kubeconfig. The page never sees a path that the person did not choose here.
import type { BrowserWindow, Dialog } from 'electron'

/** Asks for one file. @returns its path, or null when cancelled */
export async function pickKubeconfig(
  dialog: Pick<Dialog, 'showOpenDialog'>,
  parent: BrowserWindow | null,
): Promise<string | null> {
  const options = {
    title: 'Choose a kubeconfig',
    buttonLabel: 'Use this file',
    // kubeconfigs have any name and any ending; many lie in a hidden folder
    properties: ['openFile' as const, 'showHiddenFiles' as const, 'dontAddToRecent' as const],
  }
  const { canceled, filePaths } = parent
    ? await dialog.showOpenDialog(parent, options)
    : await dialog.showOpenDialog(options)
  return canceled ? null : (filePaths[0] ?? null)
}
