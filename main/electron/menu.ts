// The application menu: on a Mac it carries the standard shortcuts; elsewhere there is none, so that no key of a desktop is taken.
import type { MenuItemConstructorOptions } from 'electron'

export interface MenuOptions {
  readonly platform: string
  readonly isPackaged: boolean
  readonly showMain: () => void
}

/** The menu's template, or null for no menu. No accelerator of ours beyond the Mac's own roles. */
export function menuTemplate({ platform, isPackaged, showMain }: MenuOptions): MenuItemConstructorOptions[] | null {
  if (platform !== 'darwin') return null
  const view: MenuItemConstructorOptions[] = [{ role: 'togglefullscreen' }]
  if (!isPackaged) view.push({ type: 'separator' }, { role: 'reload' }, { role: 'toggleDevTools' })
  return [
    { role: 'appMenu' },
    { role: 'editMenu' },
    { label: 'View', submenu: view },
    {
      label: 'Window',
      submenu: [{ label: 'Desktops', click: showMain }, { role: 'minimize' }, { role: 'zoom' }, { role: 'close' }],
    },
  ]
}
