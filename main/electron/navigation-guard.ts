// No window of ours ever shows anything but our pages, opens another one by itself, or embeds one.
// A refused link that is plainly an https page is handed to the person's browser.
import type { WebContents } from 'electron'

export interface NavigationGuardOptions {
  readonly uiOrigin: string
  /** Hands a link to the operating system; it checks the link itself. */
  readonly openExternal: (url: string) => void
}

/** The parts of WebContents that can leave the page. */
export type GuardedContents = Pick<WebContents, 'on' | 'setWindowOpenHandler'>

/** Guards one WebContents, for `app.on('web-contents-created')`. */
export function guardNavigation(contents: GuardedContents, options: NavigationGuardOptions): void {
  const isOurs = (url: string) => url.startsWith(`${options.uiOrigin}/`)
  const stay = (details: { readonly url: string; preventDefault(): void }) => {
    if (!isOurs(details.url)) details.preventDefault()
  }
  contents.on('will-navigate', stay)
  contents.on('will-frame-navigate', (details) => {
    // our pages have no frames
    if (!details.isMainFrame || !isOurs(details.url)) details.preventDefault()
  })
  contents.on('will-redirect', stay)
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    options.openExternal(url)
    return { action: 'deny' }
  })
}
