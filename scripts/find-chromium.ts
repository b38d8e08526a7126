// Where a Chromium for the browser specs may be; none is downloaded.
import { existsSync } from 'node:fs'

/** @returns the path of a Chromium, or null. `KASM_CHROMIUM` wins. */
export function findChromium(): string | null {
  const candidates = [
    process.env['KASM_CHROMIUM'],
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ]
  return candidates.find((path): path is string => path !== undefined && existsSync(path)) ?? null
}
