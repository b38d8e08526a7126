// Other people in the demo's cluster: they come, work and go, so that slices are taken and come free while one looks.
// Everything follows from the seed and the timers; nobody waits for a slice that is not there.
import type { Clock } from '../app-host.ts'
import type { Timers } from '../sessions/timers.ts'
import type { DemoCluster } from './demo-cluster.ts'
import { between, type Random } from './random.ts'
import { DEMO_TEMPLATES } from './templates.ts'

/** Who works here besides you. */
export const PEOPLE = ['alice', 'bob', 'carol', 'dave', 'erin', 'farid', 'grace', 'hugo', 'ines', 'jonas'] as const

/** How long one of their sessions lasts while one looks, and how long until the next comes, ms. */
const STAY_MS = [240_000, 1_500_000] as const
const NEXT_MS = [20_000, 70_000] as const
/** A CAD desktop that ends leaves its slice free for this long before a colleague takes it, ms. */
const CAD_GAP_MS = [30_000, 90_000] as const
/** The first CAD desktop ends after this time, so that who waits sees the wait end, ms. */
const FIRST_CAD_END_MS = 40_000
const HOUR_MS = 3_600_000

/** Fills the cluster as on a working day and keeps it moving. @returns everybody goes home */
export function startNeighbours(cluster: DemoCluster, clock: Clock, timers: Timers, random: Random): () => void {
  const callOffs = new Set<() => void>()
  let number = 0
  const after = (ms: number, run: () => void): void => {
    const callOff = timers.after(ms, () => {
      callOffs.delete(callOff)
      run()
    })
    callOffs.add(callOff)
  }
  const come = (templateId: string, stayMs: number, since: number, gap: readonly [number, number]): void => {
    const template = DEMO_TEMPLATES.find(({ id }) => id === templateId)
    if (template === undefined) return
    const { spec } = template
    const again = (): void => after(between(random, ...gap), () => come(templateId, stayOf(), clock.now(), gap))
    if (cluster.shortage(spec, spec.gpu.slices) !== null) return again()
    number += 1
    const owner = PEOPLE[(number * 7) % PEOPLE.length] ?? 'alice'
    const session = `${templateId}-${owner}-${number}`
    cluster.place({
      holder: { session, owner, template: template.spec.displayName, since },
      spec,
      slices: spec.gpu.slices,
      placed: (node) => cluster.addImage(node, spec.image),
    })
    after(stayMs, () => {
      cluster.release(session)
      again()
    })
  }
  const stayOf = (): number => between(random, ...STAY_MS)
  const earlier = (): number => clock.now() - Math.round(between(random, 0.2, 6) * HOUR_MS)

  // both GPUs of the CAD pool are full at first
  for (let at = 0; at < 8; at++) come('cad-workstation', at === 0 ? FIRST_CAD_END_MS : stayOf(), earlier(), CAD_GAP_MS)
  for (const id of ['ubuntu-desktop', 'ubuntu-desktop', 'data-notebook', 'ubuntu-desktop', 'firefox-kiosk'])
    come(id, stayOf(), earlier(), NEXT_MS)
  return () => {
    for (const callOff of callOffs) callOff()
    callOffs.clear()
  }
}
