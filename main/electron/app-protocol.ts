// The scheme that serves the UI in Electron. The same handler as the web host's; another host under the scheme is nothing.
import type { CustomScheme, Protocol } from 'electron'

/** The scheme's rights, to be registered before the app is ready. Not `bypassCSP`, no service workers, no extensions. */
export function customScheme(scheme: string): CustomScheme {
  return {
    scheme,
    privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true, stream: true },
  }
}

/** Serves the UI's origin. @param files answers every request (main/static-files.ts) */
export function serveAppProtocol(
  protocol: Pick<Protocol, 'handle'>,
  uiOrigin: string,
  files: (request: Request) => Promise<Response>,
): void {
  const [scheme = ''] = uiOrigin.split(':')
  protocol.handle(scheme, async (request) =>
    request.url === uiOrigin || request.url.startsWith(`${uiOrigin}/`)
      ? files(request)
      : new Response('Not found', { status: 404 }),
  )
}
