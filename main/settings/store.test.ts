// Settings survive crashes, older and newer versions and broken files, and never cost the app its start.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DEFAULT_SETTINGS, type Settings } from '../../shared/domain/settings.ts'
import { SILENT } from '../logging/logger.ts'
import { migrate, type Migration } from './migrations.ts'
import { openSettings } from './store.ts'

let dataDir: string
beforeEach(() => void (dataDir = mkdtempSync(join(tmpdir(), 'kasm-settings-'))))
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))
const path = () => join(dataDir, 'settings.json')
const open = (migrations?: readonly Migration[]) =>
  openSettings({ dataDir, clock: { now: () => 42 }, log: SILENT, migrations })
const read = () => JSON.parse(readFileSync(path(), 'utf8')) as { version: number; values: Record<string, unknown> }

describe('the settings store', () => {
  it('begins with the defaults and writes nothing by itself', () => {
    expect(open().current).toStrictEqual(DEFAULT_SETTINGS)
    expect(readdirSync(dataDir)).toStrictEqual([])
  })
  it('keeps what was set, readable by its owner alone, and leaves no temporary file', async () => {
    await open().set({ theme: 'dark' })
    await open().set({ frameRate: 30 })
    expect(open().current).toStrictEqual({ ...DEFAULT_SETTINGS, theme: 'dark', frameRate: 30 })
    expect(statSync(path()).mode & 0o777).toBe(0o600)
    expect(readdirSync(dataDir)).toStrictEqual(['settings.json'])
  })
  it('tells whoever listens, until they stop', async () => {
    const store = open()
    const listener = vi.fn<(settings: Settings) => void>()
    const stop = store.onChange(listener)
    await store.set({ theme: 'light' })
    stop()
    await store.set({ theme: 'dark' })
    expect(listener).toHaveBeenCalledExactlyOnceWith({ ...DEFAULT_SETTINGS, theme: 'light' })
  })
  it('loses none of many changes at once', async () => {
    const store = open()
    await Promise.all([store.set({ theme: 'dark' }), store.set({ sound: false }), store.set({ frameRate: 24 })])
    expect(open().current).toMatchObject({ theme: 'dark', sound: false, frameRate: 24 })
  })
  it('changes a desktop’s layout in parts, whoever does it at once', async () => {
    const store = open()
    await Promise.all([
      store.setLayout('c/ns/a', { second: true }),
      store.setLayout('c/ns/a', { primary: { size: '1280x720' } }),
      store.setLayout('c/ns/b', { side: 'left' }),
      store.setLayout('c/ns/a', { primary: { scaling: 'actual' } }),
    ])
    expect(open().current.layouts).toStrictEqual({
      'c/ns/b': { side: 'left' },
      'c/ns/a': { second: true, primary: { size: '1280x720', scaling: 'actual' } },
    })
  })
  it.each(['{"version": 1, "val', '[]', '{"version":"1","values":{}}', '{"version":1}', 'null', ''])(
    'keeps a broken file aside and goes on with the defaults: %j',
    async (text) => {
      writeFileSync(path(), text)
      const store = open()
      expect(store.current).toStrictEqual(DEFAULT_SETTINGS)
      expect(readFileSync(`${path()}.broken-42`, 'utf8')).toBe(text)
      await store.set({ theme: 'dark' })
      expect(open().current.theme).toBe('dark')
    },
  )
  it('lets one broken value cost that value alone', () => {
    writeFileSync(path(), JSON.stringify({ version: 1, values: { theme: 'pink', frameRate: 30 } }))
    expect(open().current).toStrictEqual({ ...DEFAULT_SETTINGS, frameRate: 30 })
  })
  it('keeps the keys and the version of a newer app', async () => {
    writeFileSync(path(), JSON.stringify({ version: 9, values: { theme: 'dark', hologram: { on: true } } }))
    await open().set({ sound: false })
    expect(read()).toStrictEqual({ version: 9, values: { theme: 'dark', hologram: { on: true }, sound: false } })
  })
  it('brings an older document up to date, step by step', async () => {
    writeFileSync(path(), JSON.stringify({ version: 1, values: { fps: 30 } }))
    const steps: readonly Migration[] = [
      ({ fps, ...rest }) => ({ ...rest, rate: fps }),
      ({ rate, ...rest }) => ({ ...rest, frameRate: rate }),
    ]
    const store = open(steps)
    expect(store.current.frameRate).toBe(30)
    await store.set({ theme: 'dark' })
    expect(read()).toStrictEqual({ version: 3, values: { frameRate: 30, theme: 'dark' } })
  })
  it('says when it cannot write, and keeps the old values', async () => {
    // a folder cannot be made below a file
    writeFileSync(join(dataDir, 'file'), '')
    const store = openSettings({ dataDir: join(dataDir, 'file'), clock: { now: () => 42 }, log: SILENT })
    await expect(store.set({ theme: 'dark' })).rejects.toThrow()
    expect(store.current).toStrictEqual(DEFAULT_SETTINGS)
  })
})

describe('migrate', () => {
  it('runs only the steps that are missing', () => {
    const steps: readonly Migration[] = [(values) => ({ ...values, one: true }), (values) => ({ ...values, two: true })]
    expect(migrate(2, {}, steps)).toStrictEqual({ version: 3, values: { two: true } })
    expect(migrate(7, { a: 1 }, steps)).toStrictEqual({ version: 7, values: { a: 1 } })
  })
})
