// The words, initials and colours of the cluster view. Pure: the same person has the same colour on every machine and day.
import type { Gpu, GpuNode, InventorySnapshot, Slice } from '../../../shared/domain/gpu.ts'
import { assertNever } from '../../../shared/assert-never.ts'
import { spanSoFar } from '../../stores/words.ts'

const COLOURS = 8

/** A person's colour among the eight tokens, 1 to 8. FNV-1a over the name, then mixed: stable, and near names fall apart. */
export function holderColour(person: string): number {
  let hash = 0x811c9dc5
  for (const char of person) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193)
  // the low bits of FNV-1a alone are weak: they are mixed with the high ones, as MurmurHash3 ends
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (((hash ^ (hash >>> 16)) >>> 0) % COLOURS) + 1
}

/** A person as shown where room is short: what stands before the @ of an address. */
export function shortName(person: string): string {
  const at = person.indexOf('@')
  return at > 0 ? person.slice(0, at) : person
}

/** Two letters: of the first two parts of a name, else its first two. */
export function initials(person: string): string {
  const [first = '', second] = shortName(person)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
  const letters =
    second === undefined ? Array.from(first).slice(0, 2) : [first, second].map((part) => Array.from(part)[0])
  return letters.join('').toUpperCase() || '?'
}

/** "GPU 0": its number where the API tells it, else its place in the node. @param place index in the node's list */
export function gpuName(gpu: Gpu, place: number): string {
  return /^\d+$/.test(gpu.id) ? `GPU ${gpu.id}` : `GPU ${place}`
}

/** "L40S, 48 GB", as far as the API tells; empty when it tells nothing. */
export function gpuFacts({ model, memoryMiB }: Gpu): string {
  const memory = memoryMiB === undefined ? undefined : `${Math.round(memoryMiB / 1024)} GB`
  // GPU feature discovery writes the vendor before each model and dashes for spaces
  return [model?.replaceAll('-', ' ').replace(/^NVIDIA /, ''), memory].filter(Boolean).join(', ')
}

/** "bob’s", and "Chris’" for a name that ends in s. */
export function possessive(person: string): string {
  const name = shortName(person)
  return name.endsWith('s') ? `${name}’` : `${name}’s`
}

/** The full name of a cell. @param where the GPU, such as "GPU 0 on gpu-a" @param place index in the GPU's list */
export function sliceName(slice: Slice, where: string, place: number): string {
  return `Slice ${place + 1} of ${where}: ${sliceState(slice)}`
}

function sliceState({ state, holder }: Slice): string {
  const who = holder ? `${holder.person}, ${holder.title}` : undefined
  switch (state) {
    case 'free':
      return 'free'
    case 'held':
      return who ?? 'in use, by whom is not told'
    case 'releasing':
      return who ? `releasing, was ${who}` : 'releasing'
    case 'unhealthy':
      return who ? `unhealthy, still held by ${who}` : 'unhealthy'
    default:
      return assertNever(state)
  }
}

/** How many people wait: each counts once, however many desktops they asked for. */
export function peopleWaiting({ waiting }: InventorySnapshot): number {
  return new Set(waiting.map(({ person }) => person)).size
}

/** "Nobody waits", "1 person waits", "2 people wait". */
export function waitWords(people: number): string {
  return people === 0 ? 'Nobody waits' : people === 1 ? '1 person waits' : `${people} people wait`
}

/** The first question's answer: "37 of 64 slices in use. 2 people wait." */
export function summary(snapshot: InventorySnapshot): string {
  const { total, used } = snapshot.totals
  return `${used} of ${total} ${total === 1 ? 'slice' : 'slices'} in use. ${waitWords(peopleWaiting(snapshot))}.`
}

/** "6 min": whole minutes while there are some, so that a list does not flicker. @param ms the span so far */
export function waitedFor(ms: number): string {
  return spanSoFar(ms < 60_000 ? ms : Math.floor(ms / 60_000) * 60_000)
}

/** A node's state in Kubernetes' words, with its tone. */
export function nodeState(node: GpuNode): { readonly word: string; readonly tone: 'good' | 'warn' | 'bad' } {
  if (!node.ready) return { word: 'Not ready', tone: 'bad' }
  const sick = node.gpus.filter(({ slices }) => slices.some(({ state }) => state === 'unhealthy')).length
  const ready = node.schedulable ? 'Ready' : 'Ready, cordoned'
  if (sick > 0) return { word: `${ready}, ${sick} ${sick === 1 ? 'GPU' : 'GPUs'} unhealthy`, tone: 'warn' }
  return { word: ready, tone: node.schedulable && node.note === undefined ? 'good' : 'warn' }
}

/** Slices of a GPU that somebody holds. */
export function usedSlices({ slices }: Gpu): number {
  return slices.filter(({ state, holder }) => state === 'held' || state === 'releasing' || holder !== undefined).length
}

/** Slices of a node: all, and those that somebody holds. A holder whose GPU is not told has its mark on the map too. */
export function nodeSlices(node: GpuNode): { readonly total: number; readonly used: number } {
  const total = node.gpus.reduce((sum, { slices }) => sum + slices.length, 0)
  return { total, used: node.gpus.reduce((sum, gpu) => sum + usedSlices(gpu), 0) }
}
