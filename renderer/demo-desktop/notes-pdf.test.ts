import { describe, expect, it } from 'vitest'
import { notesPdf } from './notes-pdf.ts'

const read = (text: string): string => String.fromCharCode(...notesPdf(text))

describe('the printed notes', () => {
  it('are a PDF whose table leads to its objects', () => {
    const pdf = read('Hello (1+2) \\ größe €\n日本')
    expect(pdf.startsWith('%PDF-1.4\n')).toBe(true)
    expect(pdf).toContain('(Hello \\(1+2\\) \\\\ größe ?) Tj')
    const table = Number(/startxref\n(\d+)/.exec(pdf)?.[1])
    expect(pdf.slice(table, table + 4)).toBe('xref')
    const places = [...pdf.slice(table).matchAll(/^(\d{10}) 00000 n $/gm)].map(([, place]) => Number(place))
    for (const [at, place] of places.entries()) expect(pdf.slice(place).startsWith(`${at + 1} 0 obj\n`)).toBe(true)
    for (const [, length, stream] of pdf.matchAll(/\/Length (\d+) >>\nstream\n([^]*?)\nendstream/g))
      expect(stream?.length).toBe(Number(length))
  })

  it('have as many pages as they need, and no end of them', () => {
    expect(read('').match(/\/Type \/Page /g)).toHaveLength(1)
    expect(read('x\n'.repeat(100)).match(/\/Type \/Page /g)).toHaveLength(3)
    expect(read('x\n'.repeat(10_000)).match(/\/Type \/Page /g)).toHaveLength(50)
  })
})
