// Clients that take turns on one desktop: what they measured, and how they compare. Rounds are short, so that all share the machine's noise.
import type { Page } from '@playwright/test'
import { VIEWPORT } from './bench-app.ts'
import { pressKeys, STAGES, watchPixel, type Press, type Stages } from './key-to-pixel.ts'
import { quantile } from './machine.ts'

export type Mode = 'webrtc' | 'websocket'

/** Something that shows the desktop and takes keys. */
export interface Client {
  readonly name: string
  open(): Promise<Page>
}

export interface Figures {
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
  readonly n: number
  readonly missed: number
  /** Medians of the parts of a press, ms; those that a client does not let one see are left out. */
  readonly stages: Stages
  /** p95 of the same. */
  readonly stagesP95: Stages
}

/** The picture is settled after this, ms: encoder's start, sound, the client's own first work. */
const SETTLE_MS = 2000

/**
 * Lets clients take turns until each has all its presses.
 * @param presses of each client, a turn of at most 20 at a time
 * @param tunnelRttMs the round trip of the tunnel that WebSockets go through
 * @throws when a picture has another size, so that figures could not be compared
 */
export async function takeTurns(
  clients: readonly Client[],
  mode: Mode,
  presses: number,
  tunnelRttMs: number | null,
  signal: AbortSignal,
): Promise<readonly Figures[]> {
  const turn = Math.min(20, presses)
  const results = new Map(clients.map((client) => [client, { answered: [] as Press[], missed: 0 }]))
  for (let round = 0; round * turn < presses; round++) {
    for (const client of round % 2 === 0 ? clients : clients.toReversed()) {
      signal.throwIfAborted()
      const page = await client.open()
      try {
        await page.waitForTimeout(SETTLE_MS)
        await watchPixel(page, mode)
        const size = await page.evaluate(() => window.benchPicture())
        if (size?.width !== VIEWPORT.width || size.height !== VIEWPORT.height)
          throw new Error(`${client.name} shows ${size?.width}x${size?.height}, so figures could not be compared.`)
        await page.mouse.click(VIEWPORT.width / 2, VIEWPORT.height / 2)
        // the first ones warm the page up and do not count
        await pressKeys(page, 2, tunnelRttMs)
        const pressed = await pressKeys(page, Math.min(turn, presses - round * turn), tunnelRttMs)
        const result = results.get(client)
        result?.answered.push(...pressed.answered)
        if (result) result.missed += pressed.missed
      } finally {
        await page.close()
      }
    }
    const latest = clients.map((client) => {
      const times = results.get(client)?.answered.map(({ ms }) => ms) ?? []
      return `${client.name} ${quantile(times, 0.5)}`
    })
    console.error(`${mode} ${Math.min(presses, (round + 1) * turn)} of ${presses}: ${latest.join(', ')} (p50, ms)`)
  }
  return clients.map((client) => figuresOf(results.get(client) ?? { answered: [], missed: 0 }))
}

/** The quantiles of some presses. */
export function figuresOf(pressed: { readonly answered: readonly Press[]; readonly missed: number }): Figures {
  const { answered, missed } = pressed
  const times = answered.map(({ ms }) => ms)
  const parts = (q: number): Figures['stages'] =>
    Object.fromEntries(
      STAGES.flatMap((stage) => {
        const part = quantile(
          answered.flatMap(({ stages }) => stages[stage] ?? []),
          q,
        )
        return part === null ? [] : [[stage, part] as const]
      }),
    )
  return {
    p50: quantile(times, 0.5),
    p95: quantile(times, 0.95),
    p99: quantile(times, 0.99),
    n: answered.length,
    missed,
    stages: parts(0.5),
    stagesP95: parts(0.95),
  }
}

/** Our figure through theirs. @returns rounded to 0.01, or null where one is missing */
export function ratio(ours: number | null | undefined, theirs: number | null | undefined): number | null {
  if (typeof ours !== 'number' || !theirs) return null
  return Math.round((ours / theirs) * 100) / 100
}

/** How much more one takes than the other, ms. @returns rounded to 0.1, or null where one is missing */
export function added(more: number | null | undefined, less: number | null | undefined): number | null {
  if (typeof more !== 'number' || typeof less !== 'number') return null
  return Math.round((more - less) * 10) / 10
}
