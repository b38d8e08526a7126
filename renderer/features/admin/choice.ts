// What a person chose in the cluster view, found again in each new snapshot: a slice by its place, a desktop by its pod.
import type {
  AdminSession,
  Gpu,
  GpuNode,
  InventorySnapshot,
  Slice,
  SliceHolder,
  Waiting,
} from '../../../shared/domain/gpu.ts'
import { gpuName } from './words.ts'

export interface PodRef {
  readonly namespace: string
  readonly pod: string
}
export type Choice =
  | ({ readonly kind: 'pod' } & PodRef)
  | { readonly kind: 'slice'; readonly node: string; readonly gpu: string; readonly index: number }

/** Where one slice is. */
export interface Place {
  readonly node: GpuNode
  readonly gpu: Gpu
  readonly gpuName: string
  readonly slice: Slice
  /** Its place in the GPU's list. */
  readonly index: number
}

/** All that is known of what was chosen. */
export interface Chosen {
  /** The slice itself, when a slice was chosen. */
  readonly place: Place | undefined
  readonly holder: SliceHolder | undefined
  readonly session: AdminSession | undefined
  readonly waiting: Waiting | undefined
  /** Slices that the pod holds, as far as told. */
  readonly places: readonly Place[]
  /** The node of a holder whose GPU is not told. */
  readonly unplacedOn: string | undefined
}

export function allPlaces(snapshot: InventorySnapshot): readonly Place[] {
  return snapshot.nodes.flatMap((node) =>
    node.gpus.flatMap((gpu, at) =>
      gpu.slices.map((slice, index): Place => ({ node, gpu, gpuName: gpuName(gpu, at), slice, index })),
    ),
  )
}

/** @returns what is known of it now, or undefined when it is gone */
export function resolveChoice(snapshot: InventorySnapshot, choice: Choice | undefined): Chosen | undefined {
  if (choice === undefined) return undefined
  const places = allPlaces(snapshot)
  if (choice.kind === 'pod') return byPod(snapshot, places, choice)
  const place = places.find((p) => isPlace(p, choice))
  if (!place) return undefined
  const { holder } = place.slice
  return holder
    ? { ...byPod(snapshot, places, holder, holder), place }
    : { place, holder, session: undefined, waiting: undefined, places: [], unplacedOn: undefined }
}

function byPod(snapshot: InventorySnapshot, places: readonly Place[], ref: PodRef, known: SliceHolder): Chosen
function byPod(snapshot: InventorySnapshot, places: readonly Place[], ref: PodRef): Chosen | undefined
function byPod(
  snapshot: InventorySnapshot,
  places: readonly Place[],
  ref: PodRef,
  known?: SliceHolder,
): Chosen | undefined {
  const held = places.filter(({ slice }) => isPod(slice.holder, ref))
  const unplaced = snapshot.nodes.find((node) => node.unplaced.some((holder) => isPod(holder, ref)))
  const holder = known ?? held[0]?.slice.holder ?? unplaced?.unplaced.find((h) => isPod(h, ref))
  const session = snapshot.sessions.find((s) => isPod(s, ref))
  const waiting = snapshot.waiting.find((w) => isPod(w, ref))
  if (!holder && !session && !waiting) return undefined
  return { place: undefined, holder, session, waiting, places: held, unplacedOn: unplaced?.name }
}

/** Whether something is this pod. */
export function isPod(what: PodRef | undefined, { namespace, pod }: PodRef): boolean {
  return what?.namespace === namespace && what.pod === pod
}

/** Whether this place is what was chosen: the slice itself, or one of the chosen pod. */
export function isPlace({ node, gpu, slice, index }: Place, choice: Choice | undefined): boolean {
  if (choice === undefined) return false
  return choice.kind === 'pod'
    ? isPod(slice.holder, choice)
    : choice.node === node.name && choice.gpu === gpu.id && choice.index === index
}
