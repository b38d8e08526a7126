// Kubernetes quantities: read, added up, and shown to people ("4 cores, 16 GB"). An unreadable one reads as null.
import type { TemplateSpec } from './template.ts'

const FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

/** The number a quantity stands for (cores, bytes, pieces), or null. */
export function parseQuantity(text: string): number | null {
  const match = /^([+-]?[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:([eE][+-]?[0-9]+)|([numkMGTPE]|[KMGTPE]i)?)$/.exec(text.trim())
  if (!match) return null
  return match[2] ? Number(`${match[1]}${match[2]}`) : Number(match[1]) * (FACTORS[match[3] ?? ''] ?? 1)
}

/** "4 cores, 16 GB" from what a template asks for; empty when it names neither. Limits before requests: what a person may use. */
export function sizeBadge(spec: TemplateSpec): string {
  const { requests, limits } = spec.resources
  const cores = parseQuantity(limits['cpu'] ?? requests['cpu'] ?? '')
  const written = limits['memory'] ?? requests['memory'] ?? ''
  const memory = parseQuantity(written)
  // "16Gi" reads as 16 GB, as every desktop's label does, and so does "16G"
  const [giga, mega] = written.endsWith('i') ? [2 ** 30, 2 ** 20] : [1e9, 1e6]
  const parts: string[] = []
  if (cores !== null && cores > 0) parts.push(`${rounded(cores)} ${cores === 1 ? 'core' : 'cores'}`)
  if (memory !== null && memory > 0)
    parts.push(memory >= giga ? `${rounded(memory / giga)} GB` : `${Math.round(memory / mega)} MB`)
  return parts.join(', ')
}

function rounded(value: number): string {
  return String(Math.round(value * 10) / 10)
}
