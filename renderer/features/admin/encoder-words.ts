// What the cluster view says of a GPU's encoder: a warning where the CPU has to do its work, a note where it serves a few only. Pure.
// Nothing is said where it is in order or not known.
import { assertNever } from '../../../shared/assert-never.ts'
import type { GpuNode } from '../../../shared/domain/gpu.ts'
import { encoderOf, type GpuEncoder } from '../../../shared/domain/gpu-encoder.ts'
import { nodeSlices } from './words.ts'

export interface EncoderNote {
  readonly tone: 'warn' | 'note'
  readonly text: string
}

/** What an admin must know of the encoders of a node's GPUs: one note for each kind, however many GPUs have it. */
export function encoderNotes(node: GpuNode): readonly EncoderNote[] {
  const slices = nodeSlices(node).total
  const notes = node.gpus.flatMap(({ model }) => noteOf(encoderOf(model ?? ''), slices) ?? [])
  return [...new Map(notes.map((note) => [note.text, note])).values()]
}

function noteOf(encoder: GpuEncoder, slices: number): EncoderNote | undefined {
  switch (encoder.kind) {
    case 'none':
      return {
        tone: 'warn',
        text: `No hardware encoder${asFarAsKnown(encoder)}: pictures are encoded by the CPU.`,
      }
    case 'capped': {
      // the limit is the node's: all its cards share it
      const many = slices > encoder.most
      return {
        tone: many ? 'warn' : 'note',
        text: `Encodes for about ${encoder.most} desktops at once${asFarAsKnown(encoder)}${many ? `, and has ${slices} slices` : ''}: a limit of the driver for the whole node, which differs by version.`,
      }
    }
    case 'uncapped':
    case 'unknown':
      return undefined
    default:
      return assertNever(encoder)
  }
}

function asFarAsKnown({ certainty }: Exclude<GpuEncoder, { kind: 'unknown' }>): string {
  return certainty === 'certain' ? '' : ', as far as known'
}

/** The encoder in the details of a slice; undefined where it is not known. @param model as the node's labels name it */
export function encoderFact(model: string | undefined): string | undefined {
  const encoder = encoderOf(model ?? '')
  switch (encoder.kind) {
    case 'none':
      return `None${asFarAsKnown(encoder)}`
    case 'capped':
      return `About ${encoder.most} at once on the node`
    case 'uncapped':
      return 'In hardware'
    case 'unknown':
      return undefined
    default:
      return assertNever(encoder)
  }
}
