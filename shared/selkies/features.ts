// What a server of each generation can do, as far as the viewer offers something for it. Pure.
// Policy: a thing that the server has no words for is not offered, and where a person looks for it they are told.
import { CHUNK_BYTES, TRANSFER_LIMIT } from './g2/clipboard.ts'
import { G1_CLIPBOARD_BYTES } from './g1/messages.ts'

export interface ServerFeatures {
  readonly generation: 'selkies1' | 'selkies2'
  /** Bytes of the longest content that its clipboard takes. */
  readonly clipboardBytes: number
  /** Bytes that go there in one message; what is longer goes in parts. */
  readonly clipboardChunk: number
  /** Pictures, and other things than text, on the clipboard. */
  readonly clipboardPictures: boolean
  /** Upload, download and printed documents. */
  readonly files: boolean
  readonly microphone: boolean
  readonly camera: boolean
  readonly rumble: boolean
  readonly wheelSideways: boolean
  /** The Back and Forward buttons of a mouse. */
  readonly sideButtons: boolean
  /** Every character, whatever layout its X server has. */
  readonly allCharacters: boolean
  /** Another codec or encoder while it runs, and 4:4:4. */
  readonly encoderChoice: boolean
  readonly secondDisplay: boolean
  /** More than one person at a time. */
  readonly sharing: boolean
}

const SELKIES2: ServerFeatures = {
  generation: 'selkies2',
  clipboardBytes: TRANSFER_LIMIT,
  clipboardChunk: CHUNK_BYTES,
  clipboardPictures: true,
  files: true,
  microphone: true,
  camera: true,
  rumble: true,
  wheelSideways: true,
  sideButtons: true,
  allCharacters: true,
  encoderChoice: true,
  secondDisplay: true,
  sharing: true,
}

const SELKIES1: ServerFeatures = {
  generation: 'selkies1',
  clipboardBytes: G1_CLIPBOARD_BYTES,
  clipboardChunk: G1_CLIPBOARD_BYTES,
  clipboardPictures: false,
  files: false,
  microphone: false,
  camera: false,
  rumble: false,
  wheelSideways: false,
  sideButtons: false,
  allCharacters: false,
  encoderChoice: false,
  secondDisplay: false,
  sharing: false,
}

/** The features of a generation. */
export function featuresOf(generation: ServerFeatures['generation']): ServerFeatures {
  return generation === 'selkies1' ? SELKIES1 : SELKIES2
}
