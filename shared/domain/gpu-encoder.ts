// Whether a GPU model encodes video in hardware, and for how many at once: what an admin must know before cutting it into slices.
// Pure, by the model's name alone. A model that no row names is unknown, never guessed; each row says how sure it is.

/** certain: found in more than one source. likely: believed, not checked on the card; NVIDIA's support matrix has the last word. */
export type Certainty = 'certain' | 'likely'

export type GpuEncoder =
  /** Without a hardware encoder: the CPU encodes the pictures. */
  | { readonly kind: 'none'; readonly certainty: Certainty }
  /** A limit of the driver on encodes at once of the whole system, all its cards together. It differs between driver versions. */
  | { readonly kind: 'capped'; readonly most: number; readonly certainty: Certainty }
  /** No limit but its speed. */
  | { readonly kind: 'uncapped'; readonly certainty: Certainty }
  | { readonly kind: 'unknown' }

/** Encodes at once that the driver allows for a system's GeForce cards since January 2024; 2, 3 and 5 before, and later ones may allow 12. */
const GEFORCE_MOST = 8

/** The first row that fits counts. Source: NVIDIA's video encode and decode support matrix; the limit per system: its NVENC application note. */
const ROWS: readonly { readonly model: RegExp; readonly encoder: GpuEncoder }[] = [
  { model: /\bGeForce (RTX|GTX)\b/, encoder: { kind: 'capped', most: GEFORCE_MOST, certainty: 'certain' } },
  // small professional cards share GeForce's limit
  {
    model: /\b(T400|T600|T1000|P400|P600|P620|P1000)\b/,
    encoder: { kind: 'capped', most: GEFORCE_MOST, certainty: 'likely' },
  },
  // RTX before the data-centre cards: "RTX A4000" is no "A40"
  {
    model: /\bRTX (PRO|A[2-6]\d00|[2-6]000 (SFF )?Ada|5880 Ada|[3-8]000)\b/,
    encoder: { kind: 'uncapped', certainty: 'likely' },
  },
  { model: /\b(A100X?|H100|H200)\b/, encoder: { kind: 'none', certainty: 'certain' } },
  {
    model: /\b(A30X?|A800|H800|H20|GH200|B100|B200|B300|GB200|GB300)\b/,
    encoder: { kind: 'none', certainty: 'likely' },
  },
  {
    model: /\b(L2|L4|L20|L40S?|A2|A10[GM]?|A16|A40|T4G?|P4|P40|V100S?)\b/,
    encoder: { kind: 'uncapped', certainty: 'likely' },
  },
]

/**
 * The encoder of a GPU.
 * @param product as GPU feature discovery writes it in the label nvidia.com/gpu.product (`NVIDIA-L40S`, `Tesla-T4`, with `-SHARED` where
 * GPUs are shared and not renamed), with dashes or spaces
 */
export function encoderOf(product: string): GpuEncoder {
  const name = product.replaceAll('-', ' ')
  return ROWS.find(({ model }) => model.test(name))?.encoder ?? { kind: 'unknown' }
}
