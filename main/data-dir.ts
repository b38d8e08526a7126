// Where the app keeps its settings, by the custom of each operating system. The app and the web host share it.
import { join } from 'node:path'
import { PRODUCT_ID, PRODUCT_NAME } from '../shared/product.ts'

/**
 * The folder for settings, trust, usual times and logs. `KASM_DATA_DIR` comes first.
 * @param home the person's home folder
 */
export function defaultDataDir(
  platform: string,
  env: Readonly<Record<string, string | undefined>>,
  home: string,
): string {
  const chosen = env['KASM_DATA_DIR']
  if (chosen) return chosen
  switch (platform) {
    case 'win32':
      return join(env['APPDATA'] || join(home, 'AppData', 'Roaming'), PRODUCT_NAME)
    case 'darwin':
      return join(home, 'Library', 'Application Support', PRODUCT_NAME)
    default:
      // XDG: a relative value is to be ignored
      return join(env['XDG_CONFIG_HOME']?.startsWith('/') ? env['XDG_CONFIG_HOME'] : join(home, '.config'), PRODUCT_ID)
  }
}
