// The report behind "Copy report": figures for whoever helps, and nothing that opens a door or names a place. Pure.
// Policy: addresses are left out, not masked; whatever a desktop or a person named passes the sieve all the same.
import { decoderWords, encoderWords, type EncoderFacts } from './stats-meter.ts'
import { pathWords } from './transport/paths.ts'
import type { ViewerStats } from './viewer-state.ts'
import { english } from '../../ui/translate.ts'

export interface ReportFacts extends EncoderFacts {
  readonly picture: { readonly width: number; readonly height: number } | null
  readonly history: readonly ViewerStats[]
  readonly mode: 'webrtc' | 'websocket' | null
  /** What is wished for and what is asked for now, in words. */
  readonly quality: string
  /** The browser's own line. */
  readonly browser: string
}

/** Makes the report. @param name the desktop's, as its person gave it */
export function statsReport(name: string, stats: ViewerStats, facts: ReportFacts): string {
  const encoder = encoderWords(stats, facts)
  const decoder = decoderWords(stats)
  const note = (text: string): string => (text === '' ? '' : ` (${text})`)
  const each = (label: string, value: number | null): string =>
    value === null ? '' : `, ${label} ${value.toFixed(1)} ms`
  const { picture, history } = facts
  return english(
    [
      `Desktop: ${name}`,
      `Picture: ${picture === null ? 'none' : `${picture.width} x ${picture.height}`}, ${stats.fps.toFixed(0)} frames/s`,
      `Quality: ${facts.quality}`,
      `Received: ${stats.mbps.toFixed(2)} Mbit/s, ${(stats.loss * 100).toFixed(2)} % lost, ${(stats.dropped * 100).toFixed(2)} % dropped here`,
      `Round trip: ${stats.rttMs === null ? 'not known' : `${stats.rttMs.toFixed(1)} ms`}`,
      `Path: ${stats.path === null ? 'none' : pathWords(stats.path)}${facts.mode === null ? '' : `, ${facts.mode}`}`,
      `Codec: ${stats.codec ?? 'not known'}, encoder ${encoder.value}${note(encoder.note)}, decoder ${decoder.value}${note(decoder.note)}`,
      `Per frame: decode ${stats.decodeMs.toFixed(1)} ms${each('buffer', stats.bufferMs)}${each('render', stats.renderMs)}${each('encode', stats.encodeMs)}${each('capture to wire', stats.sendMs)}${each('capture to screen', stats.captureToScreenMs)}`,
      soundLine(stats),
      `Not understood: ${stats.unread} of the desktop’s messages`,
      ...(history.length < 2
        ? []
        : [
            `Last ${history.length} s: frames/s ${spread(history.map(({ fps }) => fps))}, Mbit/s ${spread(history.map(({ mbps }) => mbps))}, round trip ms ${spread(history.flatMap(({ rttMs }) => (rttMs === null ? [] : [rttMs])))}, lost % ${spread(history.map(({ loss }) => loss * 100))}`,
          ]),
      `Browser: ${facts.browser}`,
    ]
      .map(sieve)
      .join('\n'),
  )
}

/** Least, middle and most. */
export function spread(values: readonly number[]): string {
  if (values.length === 0) return 'not known'
  const sorted = values.toSorted((a, b) => a - b)
  const at = (index: number): string => {
    const value = sorted[index] ?? 0
    return value.toFixed(value < 10 ? 1 : 0)
  }
  return `${at(0)} / ${at(Math.floor(sorted.length / 2))} / ${at(sorted.length - 1)}`
}

const SIEVES: readonly (readonly [RegExp, string])[] = [
  // whole addresses first: their parts would be found in them
  [/\b[a-z][\w+.-]*:\/\/\S+/gi, '[address]'],
  [/\b(?:turns?|stuns?):\S+/gi, '[address]'],
  [/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, '[mail address]'],
  // a browser's version looks like one
  [/(?<!(?:Chrome|Version|Electron|Edg|OPR)\/)\b\d{1,3}(?:\.\d{1,3}){3}\b(?::\d+)?/g, '[address]'],
  [/\[?(?:[\da-f]{1,4}:){2,7}[\da-f]{0,4}\]?(?:::?[\da-f:]*)?(?::\d+)?|::(?:[\da-f]{1,4}:?)+/gi, '[address]'],
  [/\b(?:bearer|basic|token|ticket|password|secret|credential)\b\s*[:=]?\s*\S+/gi, '[secret]'],
  [/\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/gi, '[id]'],
  // tickets, tokens and keys: long, with letters and digits, and no word of any language
  [/(?=[\w+/=-]*\d)(?=[\w+/=-]*[a-z])[\w+/=-]{20,}/gi, '[secret]'],
]

/** Takes addresses, people's names in them, tickets and tokens out of a line. */
export function sieve(line: string): string {
  return SIEVES.reduce((text, [found, word]) => text.replace(found, word), line)
}

function soundLine({ sound }: ViewerStats): string {
  if (!sound.playing) return english('Sound: silent')
  const delay = english(`Sound: heard ${(sound.delayMs ?? 0).toFixed(0)} ms after it arrived`)
  const place = sound.offsetMs === null ? '' : english(`, ${sound.offsetMs.toFixed(0)} ms later than its picture`)
  return english(`${delay}${place}, ${(sound.concealed * 100).toFixed(2)} % made up`)
}
