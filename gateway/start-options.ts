// The pure parts of the web host's start: its port and how each operating system opens a link.

/** @param text of `KASM_PORT`; absent or empty means a free port (0) @returns null when it is no port */
export function portFrom(text: string | undefined): number | null {
  if (text === undefined || text === '') return 0
  if (!/^[0-9]{1,5}$/.test(text)) return null
  const port = Number(text)
  return port <= 65_535 ? port : null
}

/** The program and arguments that open a link in the person's browser. The link is ours: no shell sees it but Windows' own opener. */
export function browserCommand(platform: string, url: string): readonly string[] {
  switch (platform) {
    case 'darwin':
      return ['open', url]
    case 'win32':
      // `start` is a word of cmd; rundll32 needs no shell that would read `&` in a link
      return ['rundll32', 'url.dll,FileProtocolHandler', url]
    default:
      return ['xdg-open', url]
  }
}
