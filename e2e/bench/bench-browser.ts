// How benches start Chromium: the same everywhere, so that figures of different clients are those of the clients.
import { findChromium } from '../../scripts/find-chromium.ts'

/** @throws when there is none */
export function whereIsChromium(): string {
  const path = findChromium()
  if (path === null) throw new Error('no Chromium on this machine (KASM_CHROMIUM names one).')
  return path
}

/** Sound begins without a click, and nothing of the browser's own is fetched meanwhile. */
export function launchArguments(): string[] {
  return [
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    '--autoplay-policy=no-user-gesture-required',
    '--disable-background-networking',
  ]
}
