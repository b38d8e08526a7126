import { describe, expect, it } from 'vitest'
import { ENTRIES_LIMIT, fileNameProblem, filesPath, readListing } from './file-listing.ts'

/** A row as the genuine server writes it. */
const row = (href: string, size = '293.0 KB', shown = href) => `
            <tr>
                <td><a href="${href}">${shown}</a></td>
                <td>2026-11-29 14:00:00</td>
                <td>${size}</td>
            </tr>`

describe('the listing', () => {
  it('is read as the server writes it, and as the demo does', () => {
    const page = `<h1>Index of /api/files/</h1><script>x</script><table id="list"><thead><tr><th>File Name</th></tr></thead><tbody>${row('../', '-')}${row('Old%20things/', '-')}${row('gr%C3%B6%C3%9Fe.txt', '1.0 B')}</tbody></table>`
    expect(readListing(page)).toEqual([
      { kind: 'folder', name: 'Old things', shown: 'Old things', size: '', date: '2026-11-29 14:00:00' },
      { kind: 'file', name: 'größe.txt', shown: 'größe.txt', size: '1.0 B', date: '2026-11-29 14:00:00' },
    ])
    const demo = '<tr><td><a href="Welcome.txt">Welcome.txt</a></td><td>2026-01-01 00:00:00</td><td>0.1 KB</td></tr>'
    expect(readListing(demo)).toMatchObject([{ name: 'Welcome.txt', size: '0.1 KB' }])
  })

  it('leaves out what could mean two things, what is no name, and what is being uploaded', () => {
    const names = [
      '..%2Fup',
      'a%2Fb',
      'a%5Cb',
      '%00',
      '%ff',
      '.',
      '..',
      'https://x/y',
      '.selkies-upload-0123456789abcdef.part',
    ]
    expect(readListing(names.map((name) => row(name)).join(''))).toEqual([])
    expect(readListing(row('a"onclick="x'))).toEqual([])
    expect(readListing(row('x'.repeat(3000)))).toEqual([])
  })

  it('shows names as one line that reads one way', () => {
    const [entry] = readListing(row(encodeURIComponent('a\u202egpj.exe')))
    expect(entry).toMatchObject({ name: 'a\u202egpj.exe', shown: 'agpj.exe' })
    expect(readListing(row(encodeURIComponent('\u200b')))[0]?.shown).toMatch(/not shown/)
  })

  it('is bounded', () => expect(readListing(row('a').repeat(ENTRIES_LIMIT + 10))).toHaveLength(ENTRIES_LIMIT))
})

it.each([
  ['report.pdf', null],
  ['.profile', null],
  ['日本.txt', null],
  ['', 'empty'],
  ['..', 'dots'],
  ['a/b', 'sign'],
  ['a\\b', 'sign'],
  ['a\nb', 'sign'],
  ['\ud800', 'sign'],
  ['ä'.repeat(127), null],
  ['ä'.repeat(128), 'long'],
])('%j: %s', (name, problem) => expect(fileNameProblem(name)).toBe(problem))

it('encodes paths', () => {
  expect(filesPath([], 'folder')).toBe('')
  expect(filesPath(['a b', 'ö'], 'folder')).toBe('a%20b/%C3%B6/')
  expect(filesPath(['a b', '#?.txt'], 'file')).toBe('a%20b/%23%3F.txt')
})
