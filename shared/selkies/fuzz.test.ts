// Every codec against 100,000 seeded cases: valid, spoiled and made-up input. Nothing throws, what is read is sane and no larger
// than what came in, and what is valid is read as it was said. A failing case names its seed: `createRandom(seed)` makes it again.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { decodeBase64, encodeBase64 } from './g2/base64.ts'
import { createClipboardAssembler, TRANSFER_LIMIT } from './g2/clipboard.ts'
import { fileNameProblem, filesPath, readListing } from './g2/file-listing.ts'
import { packFlavours, readFlavours } from './g2/flavours.ts'
import { closeMeaning, type CloseAction } from './g2/close-codes.ts'
import { formatAudioFrame, formatVideoFrame, parseFrame } from './g2/frames.ts'
import { formatClientMessage, parseClientMessage } from './g2/messages.ts'
import { formatRtcMessage, formatWsText } from './g2/server-format.ts'
import { parseRtcMessage, parseWsText, type ClipboardPart, type ServerMessage } from './g2/server-messages.ts'
import { formatClientLine, formatServerLine, parseClientLine, parseServerLine } from './g2/signalling.ts'
import { formatCameraFrame, formatMicrophoneFrame, parseUplinkFrame } from './g2/uplink-frames.ts'
import { characterOf, keysymOf, keysymOfCharacter } from './keysym.ts'
import { CURSOR_LIMIT, HELD_LIMIT, MIME_LIMIT, SIDE_LIMIT } from './limits.ts'
import { countSessions, readProbe } from './probe.ts'
import { addCandidates, editAnswer, listCandidates, readCandidate, removeCandidates, uplinkLines } from './sdp.ts'
import { oddText, oddValue, spoilBytes, spoilText } from './testing/hostile.ts'
import { createRandom, type Random } from './testing/random.ts'
import * as samples from './testing/samples.ts'
import { plainWords, WORDS_LIMIT } from './words.ts'

const FIRST_SEED = 20_261_129

interface Target {
  readonly name: string
  readonly cases: number
  /** Makes one case and judges it. @throws what is wrong with it */
  run(random: Random): void
}

const targets: readonly Target[] = [
  { name: 'data channel', cases: 20_000, run: (random) => serverText(random, formatRtcMessage, parseRtcMessage) },
  { name: 'media socket', cases: 20_000, run: (random) => serverText(random, formatWsText, parseWsText) },
  { name: 'server lines', cases: 12_000, run: serverLines },
  { name: 'client lines', cases: 6_000, run: clientLines },
  { name: 'client verbs', cases: 10_000, run: clientVerbs },
  { name: 'binary frames', cases: 12_000, run: binaryFrames },
  { name: 'frames of microphone and camera', cases: 2_000, run: uplinkFrames },
  { name: 'clipboard transfers', cases: 3_000, run: clipboardTransfers },
  { name: 'copies in flavours', cases: 1_000, run: flavours },
  { name: 'listings of folders', cases: 1_000, run: listings },
  { name: 'base64', cases: 2_000, run: base64 },
  { name: 'SDP', cases: 4_000, run: sdp },
  { name: 'probes', cases: 3_000, run: probes },
  { name: 'close codes and words', cases: 2_000, run: closes },
  { name: 'keysyms', cases: 2_000, run: keysyms },
]

/** Bytes that the codecs asked for by number; views and copies of what is there do not count. */
let allocated = 0

beforeAll(() => {
  const Counting = new Proxy(Uint8Array, {
    construct(target, parameters: readonly unknown[]) {
      if (typeof parameters[0] === 'number') allocated += parameters[0]
      return Reflect.construct(target, parameters) as object
    },
  })
  vi.stubGlobal('Uint8Array', Counting)
})
afterAll(() => {
  vi.unstubAllGlobals()
})

describe('100,000 cases', () => {
  it('are that many', () => expect(targets.reduce((sum, { cases }) => sum + cases, 0)).toBe(100_000))

  it.each(targets)('$name: $cases', ({ name, cases, run }) => {
    for (let at = 0; at < cases; at++) {
      const seed = FIRST_SEED + at
      try {
        run(createRandom(seed))
      } catch (error) {
        throw new Error(`${name}, seed ${seed}: ${String(error)}`, { cause: error })
      }
    }
  })
})

function serverText(
  random: Random,
  format: (message: ServerMessage) => string,
  parse: (text: string) => ServerMessage,
): void {
  const valid = samples.serverMessage(random)
  const said = format(valid)
  if (random.chance(0.1)) return same(parse(said), valid)
  const base = random.chance(0.2) ? random.pick(samples.GENUINE_TEXTS) : said
  const text = hostileText(random, base, samples.GENUINE_TEXTS)
  const message = parse(text)
  judge(text, message)
  switch (message.type) {
    case 'unknown':
      return hold(message.text === text, 'what is unknown is said as it came')
    case 'resolution':
      return hold(isSide(message.width) && isSide(message.height), 'a size that no screen has')
    case 'display-config':
      return hold(message.size === null || (isSide(message.size.width) && isSide(message.size.height)), 'a size')
    case 'cursor': {
      const { png, width, height, hotX, hotY, handle } = message.cursor
      hold(typeof png === 'string' && png.length <= CURSOR_LIMIT, 'a cursor of any size')
      return hold([width, height, hotX, hotY, handle].every(Number.isFinite), 'a cursor without numbers')
    }
    case 'rumble':
      return hold([message.slot, message.strong, message.weak, message.durationMs].every(Number.isFinite), 'a rumble')
    case 'capture-demand':
    case 'capture-refused':
      return hold(message.what === 'microphone' || message.what === 'camera', 'a device that is none')
    case 'rate':
      return hold(Number.isFinite(message.kbps), 'a rate')
    case 'latency':
      return hold(Number.isFinite(message.ms), 'a latency')
    case 'auth':
      shown(message.role)
      return hold(message.slot === null || Number.isFinite(message.slot), 'a slot')
    case 'kill':
      return shown(message.reason)
    case 'video-declined':
      return shown(message.mime)
    case 'clipboard':
      return clipboardPart(message.part)
    case 'server-settings':
      return hold(isObject(message.settings), 'settings that are none')
    case 'stream-info':
      return hold(isObject(message.info), 'no object')
    case 'stream-stats':
      return hold(isObject(message.stats), 'no object')
    case 'printed':
      hold(
        fileNameProblem(message.name) === null && /^[^.].*\.pdf$/is.test(message.name),
        'a name that leads elsewhere',
      )
      return hold(Number.isSafeInteger(message.bytes) && message.bytes >= 0, 'a size')
    case 'ping':
      return hold(/^-?[\d.e+-]+$/.test(message.data), 'a ping that is no number')
    default:
      return undefined
  }
}

function clipboardPart(part: ClipboardPart): void {
  if (part.kind === 'data') return hold(typeof part.base64 === 'string', 'a piece')
  if (part.kind !== 'whole' && part.kind !== 'start') return undefined
  hold(typeof part.mime === 'string' && part.mime.length <= MIME_LIMIT, 'a media type of any length')
  hold(typeof part.reply === 'boolean' && typeof part.secret === 'boolean', 'tags')
  if (part.kind === 'start') return hold(Number.isSafeInteger(part.total) && part.total >= -1, 'a total that is none')
  return hold(typeof part.base64 === 'string', 'a content')
}

function serverLines(random: Random): void {
  const valid = samples.serverLine(random)
  const said = formatServerLine(valid)
  if (random.chance(0.1)) return same(parseServerLine(said), valid)
  const text = hostileText(random, said, ['HELLO', 'SESSION_OK a', 'server-1 {"sdp":{}}', 'server-1 {"ice":{}}'])
  const line = parseServerLine(text)
  judge(text, line)
  if (line.type === 'error') return shown(line.message)
  if (line.type === 'peer') return peer(line)
  return undefined
}

function clientLines(random: Random): void {
  const valid = samples.clientLine(random)
  const said = formatClientLine(valid)
  if (random.chance(0.1)) return same(parseClientLine(said), valid)
  const text = hostileText(random, said, ['HELLO client {}', 'SESSION server', 'server-1 {"ice":{"candidate":""}}'])
  const line = parseClientLine(text)
  judge(text, line)
  if (line.type === 'peer') return peer(line)
  if (line.type !== 'hello') return undefined
  hold(Number.isSafeInteger(line.hello.clientSlot), 'a slot that is no number')
  return hold(line.hello.pageSize.every(Number.isSafeInteger), 'a page without a size')
}

function peer(line: Extract<ReturnType<typeof parseServerLine>, { type: 'peer' }>): void {
  hold(line.peer.length > 0 && line.peer.length <= 128 && !line.peer.includes(' '), 'a partner without a name')
  const { payload } = line
  if (payload.kind === 'sdp') return hold(typeof payload.sdp === 'string', 'an SDP')
  hold(payload.sdpMid !== null || payload.sdpMLineIndex !== null, 'a candidate of no line: browsers throw at it')
  return hold(payload.sdpMLineIndex === null || Number.isInteger(payload.sdpMLineIndex), 'a line that is no number')
}

function clientVerbs(random: Random): void {
  const valid = samples.clientMessage(random)
  const said = formatClientMessage(valid)
  if (random.chance(0.1)) return same(parseClientMessage(said), valid)
  const text = hostileText(random, said, ['kd,97', 'm,1,2,3,4', 'js,c,0,WA==,4,17', 'SETTINGS,{"a":1}', 'cws,x,10'])
  const message = parseClientMessage(text)
  judge(text, message)
  for (const [name, value] of Object.entries(message))
    hold(typeof value !== 'number' || Number.isFinite(value), `${name} that is no number`)
  if (message.type === 'keys-held')
    hold(message.keysyms.length <= HELD_LIMIT && message.keysyms.every(Number.isSafeInteger), 'held keys')
  hold(typeof formatClientMessage(message) === 'string', 'what was read can be said')
}

function binaryFrames(random: Random): void {
  const kind = random.int(5)
  const made = kind === 0 ? formatAudioFrame(samples.audioPackets(random), random.chance(0.2)) : null
  const video = samples.videoFrame(random)
  const valid =
    made ??
    (kind === 1
      ? samples.jpegFrame(random)
      : kind === 2
        ? Uint8Array.from([0x05, 0x1f, 0x8b, ...random.bytes(30)])
        : formatVideoFrame(video))
  if (kind > 2 && random.chance(0.1)) return same(parseFrame(valid.buffer), { type: 'video', ...video })
  const bytes = random.chance(0.1) ? valid : spoilBytes(random, valid)
  const before = allocated
  const frame = parseFrame(bytes.buffer)
  hold(allocated === before, 'a frame is a view, never a copy')
  switch (frame.type) {
    case 'video':
      hold(isSide(frame.width) && isSide(frame.height) && frame.y + frame.height <= SIDE_LIMIT, 'a picture')
      return view(frame.data, bytes)
    case 'jpeg':
    case 'gzip':
      return view(frame.data, bytes)
    case 'audio':
      hold(frame.packets.length <= 128, 'packets without end')
      return frame.packets.forEach(({ data }) => view(data, bytes))
    case 'unknown':
      return undefined
  }
}

function uplinkFrames(random: Random): void {
  const camera = samples.cameraFrame(random)
  const sound = random.bytes(1 + random.int(60))
  const valid = random.chance(0.5) ? formatMicrophoneFrame(sound) : formatCameraFrame(camera)
  if (random.chance(0.1)) {
    same(parseUplinkFrame(formatCameraFrame(camera).buffer), { type: 'camera', ...camera })
    return same(parseUplinkFrame(formatMicrophoneFrame(sound).buffer), { type: 'microphone', data: sound })
  }
  const bytes = spoilBytes(random, valid)
  const before = allocated
  const frame = parseUplinkFrame(bytes.buffer)
  hold(allocated === before, 'a frame is a view, never a copy')
  if (frame.type === 'camera') hold(frame.turns >= 0 && frame.turns <= 3, 'a turn')
  return frame.type === 'unknown' ? undefined : view(frame.data, bytes)
}

function listings(random: Random): void {
  const row = (href: string): string =>
    `<tr>\n<td><a href="${href}">x</a></td>\n<td>2026-11-29 14:00:00</td>\n<td>1.0 KB</td>\n</tr>`
  const rows = Array.from({ length: 1 + random.int(5) }, (_, at) =>
    row(encodeURIComponent(`${oddText(random).toWellFormed()}${at}`)),
  )
  const page = random.chance(0.3)
    ? rows.join('')
    : hostileText(random, rows.join(''), [row('a'), row('../'), row('%2e%2e')])
  const entries = readListing(page)
  hold(entries.length <= page.length / 20, 'more than came in')
  for (const { name, shown: words, size, date } of entries) {
    hold(fileNameProblem(name) === null, 'a name that leads elsewhere')
    hold(!filesPath([name], 'file').includes('/'), 'a path of two parts')
    for (const text of [words, size, date]) shown(text)
  }
}

function flavours(random: Random): void {
  const valid = { html: `<p>${random.int(1e6)}</p>`, text: random.chance(0.3) ? '' : 'größe 日本' }
  if (random.chance(0.1)) return same(readFlavours(packFlavours(valid)), valid)
  const bytes = random.chance(0.5) ? spoilBytes(random, packFlavours(valid)) : new TextEncoder().encode(oddText(random))
  const read = readFlavours(bytes)
  if (read === null) return undefined
  hold(read.html !== '' || read.text !== '', 'a copy of nothing')
  // a broken byte is one character of three
  return hold(read.html.length + read.text.length <= bytes.length, 'more than came in')
}

function clipboardTransfers(random: Random): void {
  const assembler = createClipboardAssembler()
  const before = allocated
  let declared = -1
  let sent = 0
  let starts = 0
  for (let at = 1 + random.int(16); at > 0; at--) {
    const part = anyPart(random)
    if ('base64' in part) sent += part.base64.length
    if (part.kind === 'start') [declared, starts] = [part.total, starts + 1]
    const content = assembler.take(part)
    if (content === null) continue
    hold(content.bytes.length <= TRANSFER_LIMIT, 'a content of any size')
    hold(part.kind === 'whole' || content.bytes.length === declared, 'a content that is not what was declared')
  }
  hold(allocated - before <= starts * 64 * 1024 + sent * 4, 'more is held than was sent')
}

function anyPart(random: Random): ClipboardPart {
  const tags = { reply: random.chance(0.2), secret: random.chance(0.2) }
  const pieces = [0, 1, 2, 30, 300]
  const piece = () => (random.chance(0.1) ? oddText(random) : encodeBase64(random.bytes(random.pick(pieces))))
  switch (random.int(6)) {
    case 0:
      return { kind: 'start', mime: oddText(random), total: anyTotal(random), ...tags }
    case 1:
      return { kind: 'whole', mime: oddText(random), base64: piece(), ...tags }
    case 2:
      return { kind: 'end' }
    case 3:
      return { kind: 'mark', mark: random.pick(['reply', 'secret']) }
    default:
      return { kind: 'data', base64: piece() }
  }
}

function anyTotal(random: Random): number {
  return random.pick([
    0,
    1,
    2,
    30,
    60,
    64 * 1024 * 1024,
    2 ** 30,
    2 ** 53,
    -1,
    1.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ])
}

function base64(random: Random): void {
  const bytes = random.bytes(random.int(random.chance(0.01) ? 20_000 : 60))
  const said = encodeBase64(bytes)
  const back = decodeBase64(said)
  hold(back !== null && back.length === bytes.length && back.every((byte, at) => byte === bytes[at]), 'not as said')
  const text = random.chance(0.5) ? oddText(random) : spoilText(random, said, ['====', 'AA AA', 'ä'])
  const before = allocated
  const decoded = decodeBase64(text)
  hold(decoded === null || decoded.length <= text.length, 'more bytes than characters')
  hold(allocated - before <= text.length, 'more allocated than came')
}

function sdp(random: Random): void {
  const text = hostileText(random, samples.OFFER, ['m=', 'a=candidate:', 'a=fmtp:97 packetization-mode=', 'a=ptime:0'])
  const other = random.chance(0.5) ? text : samples.OFFER
  const added = [{ protocol: 'udp', host: '192.0.2.1', port: 30_000 }] as const
  for (const edited of [addCandidates(text, added), removeCandidates(text), editAnswer(text, other)])
    // an edit adds a candidate for each m-line and a few parameters for each fmtp line
    hold(edited.length <= text.length * 40 + 200, 'an edit that blows up')
  for (const { port } of listCandidates(text)) hold(port >= 0 && port <= 65_535, 'a port')
  readCandidate(oddText(random))
  for (const mid of Object.values(uplinkLines(text)))
    hold(mid === null || (typeof mid === 'string' && mid.length <= 64), 'a line without a name')
}

function probes(random: Random): void {
  const bodies = [
    '{"current_mode":"webrtc","enable_dual_mode":true}',
    '{"iceServers":[]}',
    'OK\n',
    '{"sessions":[{},{}]}',
    '[]',
    '<html>',
  ]
  const answer = () =>
    random.chance(0.2)
      ? null
      : { status: random.pick([200, 404, 500, 0]), body: hostileText(random, random.pick(bodies), bodies) }
  const probed = readProbe({ status: answer(), turn: answer(), health: answer() })
  hold(['selkies2', 'selkies1', 'other', 'silent'].includes(probed.kind), 'a kind')
  const sessions = countSessions(hostileText(random, '{"sessions":[{},{}]}', bodies))
  hold(sessions === null || (Number.isInteger(sessions) && sessions >= 0), 'a count')
}

const CLOSE_ACTIONS = new Set<CloseAction>([
  ...(['resume', 'again', 'probe', 'wait', 'stop', 'fault', 'elsewhere', 'credential'] as const),
])

function closes(random: Random): void {
  const code = random.pick([
    1000,
    1001,
    1002,
    1006,
    1008,
    1009,
    4000,
    4001,
    4002,
    4029,
    random.int(0x1_0000),
    Number.NaN,
  ])
  const meaning = closeMeaning(code, oddText(random).repeat(1 + random.int(3)), random.chance(0.5))
  hold(CLOSE_ACTIONS.has(meaning.action), 'an action')
  hold(meaning.sentence !== '', 'an end without a reason')
  shown(meaning.sentence)
  shown(plainWords(oddValue(random)))
}

function keysyms(random: Random): void {
  const text = oddText(random)
  for (const keysym of [
    keysymOf({ key: text, code: oddText(random), location: random.pick([0, 1, 2, 3, -1, Number.NaN]) }),
    keysymOfCharacter(text),
  ])
    hold(keysym === null || (Number.isInteger(keysym) && keysym > 0 && keysym <= 0x0110_ffff), 'a keysym')
  const number = random.pick([
    random.int(2 ** 32),
    0x0100_0000 + random.int(0x11_0100),
    random.int(2 ** 26) / 7,
    -1,
    Number.NaN,
  ])
  const character = characterOf(number)
  hold(character === null || (character.isWellFormed() && keysymOfCharacter(character) === number), 'not as said')
}

/** A text that is spoiled once or more, made up, or left as it is. */
function hostileText(random: Random, valid: string, others: readonly string[]): string {
  if (random.chance(0.05)) return valid
  if (random.chance(0.05)) return oddText(random)
  let text = valid
  for (let times = 1 + random.int(3); times > 0; times--) text = spoilText(random, text, others)
  return text
}

/** What was read is no larger than what came in, and left every object's ancestor alone. */
function judge(text: string, value: object): void {
  hold(weight(value) <= text.length * 2 + 200, 'more is kept than was sent')
  hold(Object.keys(Object.prototype).length === 0, 'every object has new properties')
}

/** Characters and items of a value. Where it is nested deeply, what is below costs nothing more to keep. */
function weight(value: unknown, depth = 0): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null || depth > 50) return 1
  return Object.entries(value).reduce((sum, [key, item]) => sum + key.length + weight(item, depth + 1), 1)
}

function shown(words: string): void {
  hold(typeof words === 'string' && words.length <= WORDS_LIMIT && words.isWellFormed(), 'words of any length')
  hold(!/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(words), 'words that are more than text')
}

function view(data: Uint8Array, bytes: Uint8Array): void {
  hold(data.buffer === bytes.buffer && data.byteOffset + data.length <= bytes.length, 'bytes beyond the frame')
}

function isSide(value: unknown): boolean {
  return typeof value === 'number' && value > 0 && value <= SIDE_LIMIT
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Values without functions are the same when they are written the same. */
function same(read: unknown, said: unknown): void {
  const write = (value: unknown) => JSON.stringify(value, (_, item: unknown) => (isObject(item) ? sorted(item) : item))
  hold(write(read) === write(said), `${write(read)} was said as ${write(said)}`)
}

function sorted(value: unknown): unknown {
  return Object.fromEntries(Object.entries(value as object).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function hold(truth: boolean, otherwise: string): void {
  if (!truth) throw new Error(otherwise)
}
