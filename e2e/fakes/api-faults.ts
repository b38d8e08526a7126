// What the fake API server can do wrong with a request: a script of faults, each for some requests and a number of times.

/** What a request is, for counting and for faults. */
export type RequestKind =
  | 'list'
  | 'watch'
  | 'get'
  | 'create'
  | 'replace'
  | 'apply'
  | 'patch'
  | 'delete'
  | 'log'
  | 'forward'
  | 'review'
  | 'discovery'

/** One request as the fake saw it. */
export interface RequestRecord {
  readonly kind: RequestKind
  readonly method: string
  readonly path: string
  readonly query: string
  /** Plural of the resource, '' for discovery. */
  readonly plural: string
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly subresource: string | undefined
  /** Who asked; `undefined` when nobody was recognised. */
  readonly user: string | undefined
  readonly contentType: string
  /** Epoch ms. */
  readonly at: number
}

export type Fault =
  | {
      readonly type: 'status'
      readonly status: number
      readonly reason?: string
      readonly message?: string
      readonly retryAfterSeconds?: number
    }
  /** An answer of some other server. */
  | { readonly type: 'html'; readonly status?: number }
  /** Takes the request and never answers. */
  | { readonly type: 'silence' }
  /** Answers properly, but later. */
  | { readonly type: 'slow'; readonly ms: number }
  /** Does what is asked, and resets the connection instead of answering. */
  | { readonly type: 'lost' }
  /** Resets the connection before any answer. */
  | { readonly type: 'reset' }
  /** Sends headers and half of a JSON document, then resets. */
  | { readonly type: 'half' }

/** Which requests a fault meets; all when left out. */
export interface FaultMatch {
  readonly kind?: RequestKind | readonly RequestKind[]
  readonly plural?: string
  /** Of the object, where the path names one. */
  readonly name?: string
  /** `status`, or '' for the object itself. */
  readonly subresource?: string
  /** How often; for ever when left out. */
  readonly times?: number
}

export class FaultScript {
  readonly #entries: { readonly match: FaultMatch; readonly fault: Fault; left: number }[] = []

  /** Adds a fault. @returns takes it away */
  add(fault: Fault, match: FaultMatch = {}): () => void {
    const entry = { match, fault, left: match.times ?? Infinity }
    this.#entries.push(entry)
    return () => {
      entry.left = 0
    }
  }

  clear(): void {
    this.#entries.length = 0
  }

  /** The fault that a request meets now; counts it as used. */
  take(request: Pick<RequestRecord, 'kind' | 'plural' | 'name' | 'subresource'>): Fault | undefined {
    const entry = this.#entries.find(({ match, left }) => {
      const kinds = match.kind === undefined ? undefined : [match.kind].flat()
      return (
        left > 0 &&
        (kinds?.includes(request.kind) ?? true) &&
        (match.plural === undefined || match.plural === request.plural) &&
        (match.name === undefined || match.name === request.name) &&
        (match.subresource === undefined || match.subresource === (request.subresource ?? ''))
      )
    })
    if (!entry) return undefined
    entry.left -= 1
    return entry.fault
  }
}
