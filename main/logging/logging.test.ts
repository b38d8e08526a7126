// Canaries: whatever way a secret takes into the log, no line holds it; and a log never fills the disk.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLogger } from './logger.ts'
import { redactFields, redactText } from '../../shared/redact.ts'
import { createRotatingFile } from './rotating-file.ts'

const CANARY = 'canary-4711-secret'
const PEM = `-----BEGIN RSA PRIVATE KEY-----\n${CANARY}\nabc\n-----END RSA PRIVATE KEY-----`
const KUBECONFIG = `apiVersion: v1\nkind: Config\nclusters:\n- name: a\n  cluster: {server: "https://${CANARY}"}\nusers: []\n`

const texts: readonly (readonly [string, string])[] = [
  ['a bearer header', `Authorization: Bearer ${CANARY}`],
  ['a basic header', `authorization: Basic ${btoa(`desktop:${CANARY}`)} ${CANARY}`.replace(` ${CANARY}`, '')],
  ['a bearer alone', `sent Bearer ${CANARY} to the server`],
  ['a JSON field', JSON.stringify({ token: CANARY, other: 1 })],
  ['a JSON field with escapes', JSON.stringify({ password: `a"${CANARY}` })],
  ['JSON inside JSON', JSON.stringify({ body: JSON.stringify({ 'client-key-data': CANARY }) })],
  ['a yaml field', `users:\n- user:\n    token: ${CANARY}\n`],
  ['a quoted yaml field', `password: "two words ${CANARY}"`],
  ['certificate data', `client-certificate-data: ${CANARY}`],
  ['a key in PEM', `read ${PEM} from disk`],
  ['a key in PEM with escaped line ends', JSON.stringify({ key: PEM })],
  ['a key in base64 PEM', `data ${btoa(PEM)} end`],
  ['an ICE password', `a=ice-ufrag:abcd\r\na=ice-pwd:${CANARY}\r\na=setup:active`],
  ['a cookie', `Set-Cookie: kasm-1=${CANARY}; Path=/`],
  ['a login link', `http://127.0.0.1:8080/?token=${CANARY}`],
  ['a query of the OIDC kind', `id_token=${CANARY}&x=1`],
  ['a URL with a password', `https://user:${CANARY}@proxy.example:3128/`],
  ['a door', `GET /d/${CANARY}/api/status failed`],
  ['a TURN credential', `{"urls":["turn:relay"],"credential":"${CANARY}"}`],
  ['a whole kubeconfig', `could not read: ${KUBECONFIG}`],
]

describe('redactText', () => {
  it.each(texts)('takes the secret out of %s', (_name, text) => {
    const left = redactText(text)
    expect(left).not.toContain(CANARY)
    expect(left).not.toContain(btoa(`desktop:${CANARY}`))
    expect(left).toContain('removed')
  })
  it('leaves what is no secret readable', () => {
    const line = 'session full-7 on gpu-a: image pulled in 12 s from http://127.0.0.1:8080/ by alice'
    expect(redactText(line)).toBe(line)
  })
})

describe('redactFields', () => {
  it('goes by the name of a field, at any depth and in any spelling', () => {
    const fields = { headers: [{ Authorization: [CANARY] }, { 'X-Token': 1 }], idToken: CANARY, ice_pwd: CANARY }
    expect(JSON.stringify(redactFields(fields))).not.toContain(CANARY)
  })
  it('keeps the words of an error, not what hangs on it', () => {
    const error = Object.assign(new Error('the server refused'), { response: { headers: { cookie: CANARY } } })
    expect(redactFields({ error })).toStrictEqual({ error: expect.stringContaining('the server refused') })
    expect(JSON.stringify(redactFields({ error }))).not.toContain(CANARY)
  })
  it('ends on a value that contains itself', () => {
    const loop: Record<string, unknown> = {}
    loop['again'] = loop
    expect(JSON.stringify(redactFields(loop))).toContain('[deep]')
  })
})

describe('the logger', () => {
  it.each(texts)('writes no line with a secret from %s', (_name, text) => {
    const lines: string[] = []
    const log = createLogger({ write: (line) => void lines.push(line) }).scope('kube')
    log.info(text)
    log.warn('a message', { text, nested: { list: [text] } })
    log.error('failed', { error: new Error(text) })
    expect(lines).toHaveLength(3)
    expect(lines.join('')).not.toContain(CANARY)
  })
  it('writes one JSON object a line, with level, time, scope and fields', () => {
    const lines: string[] = []
    createLogger({ write: (line) => void lines.push(line) })
      .scope('kube')
      .warn('a watch ended', { afterMs: 12, "it's": 'a "quoted" word' })
    const [line = ''] = lines
    expect(line.endsWith('\n')).toBe(true)
    expect(JSON.parse(line)).toMatchObject({ level: 'warn', scope: 'kube', msg: 'a watch ended', afterMs: 12 })
  })
})

describe('the rotating file', () => {
  let folder: string
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'kasm-log-'))))
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('stays within its size and keeps the newest lines, readable by its owner alone', () => {
    const path = join(folder, 'logs', 'app.log')
    const file = createRotatingFile({ path, maxBytes: 1000, keep: 2 })
    for (let index = 0; index < 200; index++) file.write(`${String(index).padStart(30, '0')}\n`)
    file.close()
    const names = readdirSync(join(folder, 'logs')).toSorted()
    expect(names).toStrictEqual(['app.log', 'app.log.1', 'app.log.2'])
    for (const name of names) expect(statSync(join(folder, 'logs', name)).size).toBeLessThanOrEqual(1000)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(path, 'utf8')).toContain('199\n')
  })
  it('goes on where an earlier run stopped', () => {
    const path = join(folder, 'app.log')
    for (const line of ['one\n', 'two\n']) {
      const file = createRotatingFile({ path, maxBytes: 1000, keep: 1 })
      file.write(line)
      file.close()
    }
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n')
  })
  it('drops lines where it cannot write, without a word to the caller', () => {
    // a folder cannot be made below a file
    writeFileSync(join(folder, 'file'), '')
    const file = createRotatingFile({ path: join(folder, 'file', 'app.log'), maxBytes: 10, keep: 1 })
    expect(() => file.write('line\n')).not.toThrow()
    file.close()
  })
})
