// The small parts of the library: usual times, pictures, badges, ids.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { templateSpecSchema } from '../../shared/domain/template.ts'
import { SILENT } from '../logging/logger.ts'
import { aSession } from '../testing/fakes.ts'
import { clusterOf } from './session-id.ts'
import { templateView } from './template-view.ts'
import { createThumbnails } from './thumbnails.ts'
import { measureStart, openUsualTimes } from './usual-times.ts'

describe('usual times', () => {
  let dataDir: string
  beforeEach(() => void (dataDir = mkdtempSync(join(tmpdir(), 'kasm-usual-'))))
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }))
  const open = () => openUsualTimes({ dataDir, clock: { now: () => 7 }, log: SILENT })

  it('are the median of the last starts, and outlive the app', async () => {
    const times = open()
    for (const readyMs of [90_000, 5_000, 6_000, 7_000])
      times.add('c', 't', { readyMs, stages: { image: readyMs / 2 } })
    times.add('c', 't', { readyMs: 6_200, stages: {} })
    await times.flush()
    expect(open().of('c', 't')).toStrictEqual({ readyMs: 6_200, stages: { image: 3_250 } })
    expect(open().of('c', 'other')).toBeUndefined()
    expect(open().of('other', 't')).toBeUndefined()
  })
  it('forget what is long ago', async () => {
    const times = open()
    for (let index = 0; index < 20; index++) times.add('c', 't', { readyMs: index < 11 ? 60_000 : 4_000, stages: {} })
    await times.flush()
    expect(times.of('c', 't')?.readyMs).toBe(4_000)
  })
  it.each(['{', '{"version":1,"starts":{"a":[{"readyMs":-1,"stages":{}}]}}', '{"version":2}'])(
    'begin anew from a broken file, which is kept: %s',
    (text) => {
      writeFileSync(join(dataDir, 'usual-times.json'), text)
      expect(open().of('c', 't')).toBeUndefined()
      expect(readFileSync(join(dataDir, 'usual-times.json.broken-7'), 'utf8')).toBe(text)
    },
  )
})

describe('measureStart', () => {
  it('takes the time since the click and of each stage that was done', () => {
    const session = aSession({
      startedAt: 1_000,
      stages: [
        { name: 'asked', state: 'done', startedAt: 1_000, endedAt: 1_050 },
        { name: 'home', state: 'skipped' },
        { name: 'image', state: 'done', startedAt: 1_050, endedAt: 3_000 },
        { name: 'connected', state: 'active', startedAt: 3_000 },
      ],
    })
    expect(measureStart(session, 4_000)).toStrictEqual({ readyMs: 3_000, stages: { asked: 50, image: 1_950 } })
  })
  it('knows nothing without a click, or when the clock went back', () => {
    const { startedAt: _none, ...rest } = aSession()
    expect(measureStart(rest, 4_000)).toBeNull()
    expect(measureStart(aSession({ startedAt: 5_000 }), 4_000)).toBeNull()
  })
})

describe('thumbnails', () => {
  it('stay within their size: the oldest goes first, the newest stays', () => {
    const pictures = createThumbnails(10)
    pictures.set('a', '123456')
    pictures.set('b', '1234')
    pictures.set('a', '12')
    pictures.set('c', '12345')
    expect(pictures.all()).toStrictEqual({ a: '12', c: '12345' })
    pictures.set('d', 'more than ten characters')
    expect(pictures.all()).toStrictEqual({ d: 'more than ten characters' })
  })
})

describe('templateView', () => {
  const spec = templateSpecSchema.parse({
    displayName: 'Full',
    image: 'desktop:1',
    gpu: { slices: 1 },
    resources: { limits: { cpu: '4', memory: '16Gi' } },
    security: { level: 'baseline', reason: 'its init needs uid 0' },
  })
  it('says what a template is and how long it takes', () => {
    const usual = { readyMs: 6_000, stages: { image: 900 } }
    const blocked = { sentence: 'All slices are in use.', canWait: true }
    expect(templateView('c', { id: 'full', origin: 'builtin', spec }, usual, blocked)).toStrictEqual({
      id: 'full',
      clusterId: 'c',
      name: 'Full',
      description: '',
      icon: 'monitor',
      slices: 1,
      size: '4 cores, 16 GB',
      hasHome: false,
      usualReadyMs: 6_000,
      usualStages: { image: 900 },
      blocked,
      securityNote: 'its init needs uid 0',
    })
  })
})

describe('clusterOf', () => {
  it('is everything before the namespace', () => {
    expect(clusterOf('k-1/ns/name')).toBe('k-1')
    expect(clusterOf('a/b/ns/name')).toBe('a/b')
  })
  it.each(['', 'a', 'a/b', '/a/b', 'a/b/'])('refuses %j', (id) => {
    expect(() => clusterOf(id)).toThrow(/session-unknown/)
  })
})
