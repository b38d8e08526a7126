// Why a request to an API server failed, as errors with words: no answer, no trust, no sign-in, not Kubernetes, a refusal.
// Policy: an answer's text may be shown; headers, tokens and URLs with queries never.
import type { IncomingHttpHeaders } from 'undici/types/header.js'
import { AppError } from '../shared/errors.ts'
import { ApiError } from './types.ts'

const UNTRUSTED: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'INVALID_CA',
])
const SLOW: ReadonlySet<string> = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])

/** An error for a request that got no (whole) answer. @param host `host[:port]`, for people */
export function noAnswer(thrown: unknown, host: string): AppError {
  if (thrown instanceof AppError) return thrown
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  const code = 'code' in error ? String(error.code) : ''
  const options = { detail: `${code} ${error.message}`.trim(), cause: thrown }
  if (error.name === 'AbortError' || code === 'UND_ERR_ABORTED') return new AppError('cancelled', {}, { cause: thrown })
  if (UNTRUSTED.has(code)) return new AppError('cluster-certificate-untrusted', {}, options)
  if (SLOW.has(code) || error.name === 'TimeoutError') return new AppError('cluster-slow', { host }, options)
  if (code.endsWith('_CERTIFICATE_EXPIRED')) return new AppError('client-certificate-expired', {}, options)
  // TLS met something that does not speak it, or an answer that is not HTTP
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG' || code.startsWith('HPE_')) {
    return new AppError('cluster-not-kubernetes', { host }, options)
  }
  return new AppError('cluster-unreachable', { host }, options)
}

/** An error for a server that is not a Kubernetes API server. */
export function notKubernetes(host: string, status: number): AppError {
  return new AppError('cluster-not-kubernetes', { host }, { detail: `status ${status}, and no Kubernetes object` })
}

/**
 * An error for an answer with a status of 300 and more (401 apart).
 * @param text the body
 * @param now epoch ms, for a `Retry-After` that is a date
 */
export function refused(
  status: number,
  headers: IncomingHttpHeaders,
  text: string,
  host: string,
  now: number,
): ApiError | AppError {
  const retryAfterMs = retryAfter(headers['retry-after'], now)
  const answer = statusObject(text)
  if (answer) return new ApiError(status, answer.reason, answer.message, retryAfterMs)
  // load balancers and proxies in front of an API server speak for themselves
  if ([408, 429, 500, 502, 503, 504].includes(status)) return new ApiError(status, '', `status ${status}`, retryAfterMs)
  const plain = String(headers['content-type'] ?? '').startsWith('text/plain')
  if (status === 404 && plain) return new ApiError(404, 'NotFound', 'the server has no such path')
  return notKubernetes(host, status)
}

function statusObject(text: string): { readonly reason: string; readonly message: string } | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('kind' in value) || value.kind !== 'Status') return undefined
    const reason = 'reason' in value && typeof value.reason === 'string' ? value.reason : ''
    const message = 'message' in value && typeof value.message === 'string' ? value.message : ''
    return { reason, message }
  } catch {
    // not JSON: somebody else answered
    return undefined
  }
}

/** Source: RFC 9110 §10.2.3, seconds or a date. */
function retryAfter(header: string | string[] | undefined, now: number): number | undefined {
  const text = Array.isArray(header) ? header[0] : header
  if (text === undefined) return undefined
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}
