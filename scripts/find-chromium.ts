// Where a Chromium for the browser specs may be; none is downloaded.
import { existsSync } from 'node:fs'

/** The engine without a browser around it, as in Electron: for specs two thirds of the processor time. */
const SHELL = '/usr/bin/chromium-headless-shell'

/**
 * @param first which of Debian's two is taken where both are there: what is measured is measured in a whole browser
 * @returns the path of a Chromium, or null. `KASM_CHROMIUM` wins.
 */
export function findChromium(first: 'browser' | 'shell' = 'browser'): string | null {
  const candidates = [
    process.env['KASM_CHROMIUM'],
    ...(first === 'shell' ? [SHELL] : []),
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    SHELL,
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ]
  return candidates.find((path): path is string => path !== undefined && existsSync(path)) ?? null
}
