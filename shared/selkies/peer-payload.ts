// An SDP description or a candidate, as both generations put it into the lines of their signalling sockets. Reading never throws.

export type PeerPayload =
  | { readonly kind: 'sdp'; readonly type: 'offer' | 'answer'; readonly sdp: string }
  | {
      readonly kind: 'ice'
      readonly candidate: string
      readonly sdpMid: string | null
      readonly sdpMLineIndex: number | null
    }

const CANDIDATE_LIMIT = 4096

type Fields = Readonly<Record<string, unknown>>

/** Reads the JSON behind a line's address; null when it is neither a description nor a candidate. */
export function readPayload(json: string): PeerPayload | null {
  const body = parseObject(json)
  return body && (readSdp(asObject(body['sdp'])) ?? readIce(asObject(body['ice'])))
}

/** Writes it as JSON. */
export function formatPayload(payload: PeerPayload): string {
  if (payload.kind === 'sdp') return JSON.stringify({ sdp: { type: payload.type, sdp: payload.sdp } })
  const { candidate, sdpMid, sdpMLineIndex } = payload
  return JSON.stringify({ ice: { candidate, sdpMid, sdpMLineIndex } })
}

/** A JSON object, or null. */
export function parseObject(json: string): Fields | null {
  try {
    return asObject(JSON.parse(json))
  } catch {
    // not JSON: the other side drops such lines as well
    return null
  }
}

function asObject(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null
}

function readSdp(sdp: Fields | null): PeerPayload | null {
  const type = sdp?.['type']
  const text = sdp?.['sdp']
  if ((type !== 'offer' && type !== 'answer') || typeof text !== 'string') return null
  return { kind: 'sdp', type, sdp: text }
}

/** A candidate belongs to a line of the SDP: one that names none is refused by browsers with an exception. */
function readIce(ice: Fields | null): PeerPayload | null {
  const candidate = ice?.['candidate']
  if (ice === null || typeof candidate !== 'string' || candidate.length > CANDIDATE_LIMIT) return null
  const mid = ice['sdpMid']
  const index = ice['sdpMLineIndex']
  const sdpMid = typeof mid === 'string' && mid.length <= CANDIDATE_LIMIT ? mid : null
  const sdpMLineIndex = typeof index === 'number' && Number.isInteger(index) && index >= 0 && index < 256 ? index : null
  return sdpMid === null && sdpMLineIndex === null ? null : { kind: 'ice', candidate, sdpMid, sdpMLineIndex }
}
