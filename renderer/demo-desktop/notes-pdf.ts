// What the demo's printer makes of the notes: a small PDF, in the one face that every reader has. Pure.
import { breakLines } from './typing.ts'

/** Columns and lines of an A4 page at 11 points with a line of 15. */
const PAGE = { columns: 78, lines: 48, width: 595, height: 842, left: 57, top: 780, line: 15, size: 11 } as const
/** More is not printed. */
const PAGES = 50

/** @returns the document, one byte a character */
export function notesPdf(text: string): Uint8Array<ArrayBuffer> {
  const lines = breakLines(text, PAGE.columns).map((line) => line.text)
  const pages = Array.from({ length: Math.min(PAGES, Math.max(1, Math.ceil(lines.length / PAGE.lines))) }, (_, at) =>
    lines.slice(at * PAGE.lines, (at + 1) * PAGE.lines),
  )
  const font = 3 + pages.length * 2
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, at) => `${3 + at * 2} 0 R`).join(' ')}] >>`,
    ...pages.flatMap((page, at) => {
      const stream = `BT /F1 ${PAGE.size} Tf ${PAGE.line} TL ${PAGE.left} ${PAGE.top} Td ${page.map((line) => `(${literal(line)}) Tj T*`).join(' ')} ET`
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${PAGE.width} ${PAGE.height}] /Resources << /Font << /F1 ${font} 0 R >> >> /Contents ${4 + at * 2} 0 R >>`,
        `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
      ]
    }),
    '<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>',
  ]
  let document = '%PDF-1.4\n'
  const places = objects.map((object, at) => {
    const place = document.length
    document += `${at + 1} 0 obj\n${object}\nendobj\n`
    return place
  })
  const table = document.length
  document += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('')}`
  document += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`
  return Uint8Array.from(document, (character) => character.charCodeAt(0))
}

/** A line in the one-byte alphabet of the face; other characters become `?`. */
function literal(line: string): string {
  return Array.from(line, (character) => {
    const point = character.codePointAt(0) ?? 63
    if (point === 9) return '  '
    if (character === '(' || character === ')' || character === '\\') return `\\${character}`
    return (point >= 0x20 && point < 0x7f) || (point >= 0xa0 && point < 0x100) ? character : '?'
  }).join('')
}
