// The size of a PNG from its first bytes: 1.6 sends cursors without it. Pure; what is no PNG has none.
import { SIDE_LIMIT } from '../limits.ts'

/** Base64 characters of the signature and the first header: 24 bytes. */
const HEAD = 32

/** @param base64 of the whole picture; only its head is decoded @returns px */
export function pngSize(base64: string): { readonly width: number; readonly height: number } | null {
  if (base64.length < HEAD) return null
  let head: string
  try {
    head = atob(base64.slice(0, HEAD))
  } catch {
    // not base64
    return null
  }
  if (!head.startsWith('\x89PNG\r\n\x1a\n') || head.slice(12, 16) !== 'IHDR') return null
  const side = (at: number) => [0, 1, 2, 3].reduce((sum, next) => sum * 256 + head.charCodeAt(at + next), 0)
  const [width, height] = [side(16), side(20)]
  return width > 0 && height > 0 && width <= SIDE_LIMIT && height <= SIDE_LIMIT ? { width, height } : null
}
