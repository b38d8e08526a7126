// The desktop's cursor as the page's: the system draws it, so it never lags. Too large or broken pictures become the arrow.
import type { CursorView } from '../../../../shared/selkies/g2/server-messages.ts'

/** Browsers refuse larger cursors, CSS px. */
const LARGEST = 128

/**
 * The CSS value of a cursor. Pure.
 * @param scale CSS px a pixel of the stream
 */
export function cursorCss(cursor: CursorView, scale: number): string {
  if (cursor.png === '') return cursor.handle === 0 ? 'none' : 'default'
  if (!/^[A-Za-z0-9+/=]+$/.test(cursor.png) || !(scale > 0)) return 'default'
  if (cursor.width * scale > LARGEST || cursor.height * scale > LARGEST) return 'default'
  const hot = (value: number, size: number) => Math.round(Math.min(Math.max(0, value), Math.max(0, size - 1)) * scale)
  const density = Math.round((1 / scale) * 1000) / 1000
  const image = `url("data:image/png;base64,${cursor.png}")`
  return `image-set(${image} ${density}x) ${hot(cursor.hotX, cursor.width)} ${hot(cursor.hotY, cursor.height)}, default`
}
