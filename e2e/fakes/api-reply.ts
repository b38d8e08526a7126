// The writable side of an answer of the fake API server, and the two forms in which it speaks.

/** The writable side of one answer, whatever HTTP version carries it. */
export interface Reply {
  head(status: number, headers: Readonly<Record<string, string>>): void
  write(text: string): void
  end(text?: string): void
  /** Resets the connection. */
  reset(): void
  onClose(listener: () => void): void
}

export function sendJson(reply: Reply, status: number, body: unknown): void {
  reply.head(status, { 'content-type': 'application/json' })
  reply.end(JSON.stringify(body))
}

/** Answers with a Kubernetes Status object. */
export function sendStatus(
  reply: Reply,
  code: number,
  reason: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  reply.head(code, { 'content-type': 'application/json', ...headers })
  reply.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, message, code }))
}

/** An answer that gets lost: what was asked for is done, and the connection breaks before anybody hears of it. */
export function lost(reply: Reply): Reply {
  const nothing = (): void => undefined
  return { head: nothing, write: nothing, end: () => reply.reset(), reset: () => reply.reset(), onClose: nothing }
}
