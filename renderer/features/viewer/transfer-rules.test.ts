// What a server's settings allow, and the words for what they do not.
import { describe, expect, it } from 'vitest'
import { clipboardBlock, fileBlock, OLDER_RULES, OPEN_RULES, pictureBlock, readRules } from './transfer-rules.ts'

describe('the server’s settings', () => {
  it('that say nothing, or nonsense, leave everything to the server', () => {
    expect(readRules({})).toEqual(OPEN_RULES)
    const nonsense = { clipboard_in_enabled: 7, file_transfers: null, printing_enabled: [], __proto__: null }
    expect(readRules(nonsense)).toEqual(OPEN_RULES)
  })

  it('close what they close', () => {
    const value = (of: unknown) => ({ value: of })
    expect(
      readRules({
        clipboard_in_enabled: value(true),
        clipboard_out_enabled: value(false),
        enable_binary_clipboard: value(false),
        file_transfers: value(['download']),
        printing_enabled: value(false),
      }),
    ).toEqual({ ...OPEN_RULES, clipboardOut: false, pictures: false, upload: false, printing: false })
    expect(readRules({ file_transfers: value([]) })).toMatchObject({ upload: false, download: false })
    expect(readRules({ file_transfers: value('upload, download') })).toMatchObject({ upload: true, download: true })
    expect(readRules({ file_transfers: value('none') })).toMatchObject({ upload: false, download: false })
  })
})

describe('the words', () => {
  it('tell the desktop’s rule from one’s own setting', () => {
    expect(clipboardBlock('in', OPEN_RULES, 'both')).toBeNull()
    expect(clipboardBlock('out', OPEN_RULES, 'from-desktop')).toBeNull()
    expect(clipboardBlock('in', OPEN_RULES, 'from-desktop')).toMatch(/your own setting/)
    expect(clipboardBlock('out', { ...OPEN_RULES, clipboardOut: false }, 'off')).toMatch(/Whoever runs it/)
    expect(clipboardBlock('in', { ...OPEN_RULES, clipboardIn: false }, 'both')).toMatch(/takes nothing/)
  })

  it('say what an older server does not have', () => {
    expect(pictureBlock(OLDER_RULES)).toMatch(/older/)
    expect(pictureBlock({ ...OPEN_RULES, pictures: false })).toMatch(/Whoever runs/)
    expect(fileBlock('upload', OLDER_RULES)).toMatch(/older/)
    expect(fileBlock('download', { ...OPEN_RULES, download: false })).toMatch(/gives no files/)
    expect(fileBlock('upload', { ...OPEN_RULES, upload: false })).toMatch(/takes no files/)
    expect(pictureBlock(OPEN_RULES) ?? fileBlock('upload', OPEN_RULES)).toBeNull()
  })
})
