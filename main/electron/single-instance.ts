// One app per person: a second start brings the first one's window to the front and ends.
import type { App as ElectronApp } from 'electron'

/** @returns false when another instance runs: the caller then quits at once, before it opens anything */
export function claimSingleInstance(
  app: Pick<ElectronApp, 'requestSingleInstanceLock' | 'on'>,
  onSecondStart: () => void,
): boolean {
  if (!app.requestSingleInstanceLock()) return false
  app.on('second-instance', onSecondStart)
  return true
}
