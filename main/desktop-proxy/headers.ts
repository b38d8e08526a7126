// Headers on both sides of a door. Policy: lists of what passes, never of what does not; a desktop's own headers are hostile.
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'

/** What the UI may tell a desktop beside the method and path. Origin, Cookie, Referer and all the rest stay here. */
const PASSED_TO_DESKTOP = [
  'content-type',
  'range',
  'if-range',
  'x-upload-path',
  'x-upload-id',
  'x-upload-offset',
  'x-upload-total',
  'x-upload-final',
] as const
const MAX_VALUE = 4096

/** Set on every answer: whatever the bytes are, they are inert in the UI's origin. */
const INERT: OutgoingHttpHeaders = {
  'content-security-policy': "default-src 'none'; sandbox",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}

/** Tells our own refusals from a desktop's answers; a desktop cannot set it. Holds the AppError's code. */
export const DOOR_ERROR_HEADER = 'x-door-error'

/**
 * Headers of a request to the desktop.
 * @param authorization what the session's access says; the caller's own is dropped
 */
export function requestHeaders(from: IncomingHttpHeaders, authorization: string | undefined): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = { host: '127.0.0.1', 'accept-encoding': 'identity' }
  for (const name of PASSED_TO_DESKTOP) {
    const value = from[name]
    if (typeof value === 'string' && value.length <= MAX_VALUE) headers[name] = value
  }
  if (authorization !== undefined) headers['authorization'] = authorization
  return headers
}

/** Headers of every answer that leaves a door. */
export function answerHeaders(cors: OutgoingHttpHeaders): OutgoingHttpHeaders {
  return { ...INERT, ...cors }
}

/** `content-length`, where it is a plain number. */
export function lengthOf(headers: IncomingHttpHeaders): number | undefined {
  const value = headers['content-length']
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : undefined
}

/** The few headers of a desktop's answer that a download needs, each checked for its form. */
export function fileHeaders(from: IncomingHttpHeaders, contentType: string, fileName: string): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {
    'content-type': contentType,
    'content-disposition': disposition(fileName),
  }
  const length = lengthOf(from)
  if (length !== undefined) headers['content-length'] = length
  const range = from['content-range']
  if (range !== undefined && /^bytes (\d{1,15}-\d{1,15}|\*)\/(\d{1,15}|\*)$/.test(range))
    headers['content-range'] = range
  if (from['accept-ranges'] === 'bytes') headers['accept-ranges'] = 'bytes'
  // names this very content, so that a download that was cut goes on with the same one
  const tag = from.etag
  if (tag !== undefined && /^"[\x21\x23-\x7e]{1,128}"$/.test(tag)) headers['etag'] = tag
  return headers
}

/** `Retry-After` in seconds, where it is a plain number. */
export function retryAfter(from: IncomingHttpHeaders): OutgoingHttpHeaders {
  const value = from['retry-after']
  return value !== undefined && /^\d{1,5}$/.test(value) ? { 'retry-after': value } : {}
}

/** An attachment's name: ASCII for old readers, RFC 5987 for the rest; comes from the request, never from the desktop. */
function disposition(name: string): string {
  const plain = name.replaceAll(/[^\w .-]/g, '_')
  const extended = encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${extended}`
}

/**
 * CORS for a page whose origin is not the listener's own.
 * @param origin the request's `Origin`
 * @param uiOrigin the one origin that may read answers
 */
export function corsHeaders(origin: string | undefined, uiOrigin: string): OutgoingHttpHeaders {
  if (origin !== uiOrigin) return { vary: 'Origin' }
  return {
    vary: 'Origin',
    'access-control-allow-origin': uiOrigin,
    'access-control-expose-headers': `content-disposition, content-length, content-range, etag, retry-after, ${DOOR_ERROR_HEADER}`,
  }
}

/** The answer to a preflight. */
export function preflightHeaders(methods: readonly string[]): OutgoingHttpHeaders {
  return {
    'access-control-allow-methods': methods.join(', '),
    'access-control-allow-headers': PASSED_TO_DESKTOP.join(', '),
    'access-control-allow-private-network': 'true',
    'access-control-max-age': '600',
  }
}
