// Pure edits of SDP text. Policy: an edit that cannot be made leaves the SDP as it was, and never throws.

/** A candidate to be added to every m-line of an offer. */
export interface AddedCandidate {
  readonly protocol: 'udp' | 'tcp'
  /** An address, not a name: ICE takes no names here. */
  readonly host: string
  readonly port: number
}

/** As good as the server's own host candidates. */
export const UDP_PRIORITY = 2_130_706_430
/** Below every other path: a tunnel costs the API server's CPU. */
export const TCP_PRIORITY = 1_518_280_447

/**
 * Adds candidates in every m-line, before its end mark or at its end. Duplicates of an address and port are not added.
 * @param sdp the server's offer
 * @param candidates in order of preference; the first of a protocol gets the highest priority
 */
export function addCandidates(sdp: string, candidates: readonly AddedCandidate[]): string {
  if (candidates.length === 0) return sdp
  const added = candidates.map(candidateLine)
  return mapMedia(sdp, (section) => {
    const fresh = added.filter((line) => !section.some((present) => sameTarget(present, line)))
    const end = section.indexOf('a=end-of-candidates')
    return end < 0 ? [...section, ...fresh] : [...section.slice(0, end), ...fresh, ...section.slice(end)]
  })
}

/**
 * Removes candidate lines.
 * @param sdp an offer or answer
 * @param drop true for a line (`a=candidate:...`) that must go; by default all go
 */
export function removeCandidates(sdp: string, drop: (line: string) => boolean = () => true): string {
  return mapLines(sdp, (lines) => lines.filter((line) => !line.startsWith('a=candidate:') || !drop(line)))
}

/** One candidate of an SDP. */
export interface CandidateView {
  readonly protocol: string
  readonly host: string
  readonly port: number
  readonly type: string
}

/** The candidates of an SDP, each once. */
export function listCandidates(sdp: string): readonly CandidateView[] {
  const seen = new Map<string, CandidateView>()
  for (const line of sdp.split(/\r?\n/)) {
    const view = line.startsWith('a=candidate:') ? readCandidate(line) : null
    if (view) seen.set(`${view.protocol} ${view.host} ${view.port}`, view)
  }
  return [...seen.values()]
}

/** Reads one candidate line, with or without `a=`. @returns null when it is none */
export function readCandidate(line: string): CandidateView | null {
  const [, , protocol, , host, port, , type] = line.split(' ')
  if (protocol === undefined || host === undefined || port === undefined || type === undefined) return null
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) return null
  return { protocol: protocol.toLowerCase(), host, port: Number(port), type }
}

/**
 * Makes the browser's answer what Selkies wants: stereo sound, short packets, parameter sets in every key frame.
 * Source: Selkies 2.1, the answer of its own client.
 * @param answer the browser's answer
 * @param offer the server's offer, for `a=ptime` (ms)
 */
export function editAnswer(answer: string, offer: string): string {
  const ptime = Number(/^a=ptime:(\d+)/m.exec(offer)?.[1] ?? 10)
  const minptime = Math.max(3, Math.min(10, ptime))
  return mapLines(answer, (lines) => {
    const surround = new Set(lines.flatMap((line) => /^a=rtpmap:(\d+) multiopus\//i.exec(line)?.[1] ?? []))
    return lines.map((line) => {
      const format = /^a=fmtp:(\d+) (.*)$/.exec(line)
      const [, type, parameters] = format ?? []
      if (type === undefined || parameters === undefined) return line
      if (parameters.includes('packetization-mode=') && !parameters.includes('sps-pps-idr-in-keyframe='))
        return line.replace('packetization-mode=', 'sps-pps-idr-in-keyframe=1;packetization-mode=')
      if (!parameters.includes('useinbandfec=') || surround.has(type)) return line
      const kept = parameters.split(';').filter((part) => !/^\s*(minptime|stereo)=/.test(part))
      return `a=fmtp:${type} ${[...kept, `minptime=${minptime}`, 'stereo=1'].join(';')}`
    })
  })
}

/** Where a desktop takes this machine's microphone and camera: the names (mid) of two lines of its offer; null: it takes none. */
export interface UplinkLines {
  readonly microphone: string | null
  readonly camera: string | null
}

/** Longest name of a line. Source: RFC 8843 asks for 3 characters; servers count. */
const MID_LIMIT = 64

/** The first line of each kind that the desktop only receives. Source: Selkies 2.1, which offers its own sound and picture before them. */
export function uplinkLines(offer: string): UplinkLines {
  const [, ...sections] = offer.split(/^m=/m)
  const named = (kind: string): string | null => {
    const section = sections.find((text) => text.startsWith(`${kind} `) && /^a=recvonly\r?$/m.test(text))
    const mid = /^a=mid:(\S+)/m.exec(section ?? '')?.[1] ?? ''
    return mid === '' || mid.length > MID_LIMIT ? null : mid
  }
  return { microphone: named('audio'), camera: named('video') }
}

function candidateLine({ protocol, host, port }: AddedCandidate, index: number): string {
  const tcp = protocol === 'tcp'
  const priority = (tcp ? TCP_PRIORITY : UDP_PRIORITY) - index
  return `a=candidate:added${index} 1 ${protocol} ${priority} ${host} ${port} typ host${tcp ? ' tcptype passive' : ''}`
}

function sameTarget(a: string, b: string): boolean {
  if (!a.startsWith('a=candidate:')) return false
  const [one, two] = [readCandidate(a), readCandidate(b)]
  return one?.protocol === two?.protocol && one?.host === two?.host && one?.port === two?.port
}

function mapMedia(sdp: string, edit: (section: readonly string[]) => readonly string[]): string {
  return mapLines(sdp, (lines) => {
    const out: string[] = []
    let section: string[] | null = null
    const flush = () => {
      // one by one: a hostile section has more lines than a call takes arguments
      for (const line of section === null ? [] : edit(section)) out.push(line)
    }
    for (const line of lines) {
      if (line.startsWith('m=')) {
        flush()
        section = [line]
      } else if (section === null) out.push(line)
      else section.push(line)
    }
    flush()
    return out
  })
}

function mapLines(sdp: string, edit: (lines: readonly string[]) => readonly string[]): string {
  // an SDP always ends with a line break; an odd one is passed on untouched
  if (!sdp.includes('m=')) return sdp
  const lines = sdp.split(/\r?\n/)
  const tail = lines.at(-1) === ''
  const edited = edit(tail ? lines.slice(0, -1) : lines)
  return edited.join('\r\n') + (tail ? '\r\n' : '')
}
