// How a person has laid a desktop out: each of its displays' size and scaling, the monitor of its full screen, and whether there is
// a second one. Kept per desktop, restored at its next open. Pure. What is not said is as the settings have it for all desktops.
import * as z from 'zod/mini'

/** Selkies 2.1 knows a primary display, and one more under this name. */
export const DISPLAY_IDS = ['primary', 'display2'] as const
export type DisplayId = (typeof DISPLAY_IDS)[number]

/** fit: as large as fits. actual: a pixel is a pixel; what has no room is reached at the edges. stretch: fills the window. */
export const SCALINGS = ['fit', 'actual', 'stretch'] as const
export type Scaling = (typeof SCALINGS)[number]

/** Where the second display is, seen from the first. Source: Selkies 2.1, `display_position`. */
export const SIDES = ['right', 'left', 'up', 'down'] as const
export type Side = (typeof SIDES)[number]

/** Sizes that a display can be fixed to, px: even, and no larger than a desktop's frame buffer. */
export const FIXED_SIZES = [
  '1024x768',
  '1280x720',
  '1280x800',
  '1366x768',
  '1440x900',
  '1600x900',
  '1920x1080',
  '1920x1200',
  '2560x1080',
  '2560x1440',
  '2560x1600',
  '3440x1440',
  '3840x2160',
] as const

/** window: that of its window. own: whatever the desktop has. Else a fixed one, as `1920x1080`. */
const sizeSchema = z.string().check(z.regex(/^(?:window|own|[1-9]\d{2,3}x[1-9]\d{2,3})$/))

/** A window's place on this machine, CSS px. */
const boundsSchema = z.object({
  left: z.int().check(z.gte(-100_000), z.lte(100_000)),
  top: z.int().check(z.gte(-100_000), z.lte(100_000)),
  width: z.int().check(z.gte(1), z.lte(100_000)),
  height: z.int().check(z.gte(1), z.lte(100_000)),
})
export type Bounds = z.infer<typeof boundsSchema>

const displaySchema = z.object({
  size: z.optional(sizeSchema),
  scaling: z.optional(z.enum(SCALINGS)),
  /** Whose full screen it takes, as `monitors` names it; none: the one that the window is on. */
  monitor: z.optional(z.string().check(z.maxLength(200))),
  bounds: z.optional(boundsSchema),
})
export type DisplayChoice = z.infer<typeof displaySchema>

export const desktopLayoutSchema = z.object({
  primary: z.optional(displaySchema),
  display2: z.optional(displaySchema),
  /** The second display is open. */
  second: z.optional(z.boolean()),
  side: z.optional(z.enum(SIDES)),
})
export type DesktopLayout = z.infer<typeof desktopLayoutSchema>

/** Layouts by the desktops' ids. */
export const layoutsSchema = z.record(z.string().check(z.maxLength(1024)), desktopLayoutSchema)
export type Layouts = z.infer<typeof layoutsSchema>

/** Desktops whose layout is kept; the one that was changed longest ago goes first. */
const KEPT = 60

/**
 * Changes a desktop's layout; displays are merged, not replaced.
 * @returns all layouts, this one the newest
 */
export function withLayout(layouts: Layouts, sessionId: string, patch: DesktopLayout): Layouts {
  const before = layouts[sessionId] ?? {}
  const next: DesktopLayout = { ...before, ...patch }
  for (const id of DISPLAY_IDS) if (patch[id] !== undefined) next[id] = { ...before[id], ...patch[id] }
  const others = Object.entries(layouts).filter(([id]) => id !== sessionId)
  return Object.fromEntries([...others.slice(-(KEPT - 1)), [sessionId, next]])
}

/** What counts for a display. */
export interface DisplayMode {
  readonly size: 'window' | 'own' | { readonly width: number; readonly height: number }
  readonly scaling: Scaling
  readonly monitor: string | null
}

/** @param resizeToWindow what is set for all desktops */
export function displayMode(layout: DesktopLayout | undefined, id: DisplayId, resizeToWindow: boolean): DisplayMode {
  const { size = resizeToWindow ? 'window' : 'own', scaling = 'fit', monitor } = layout?.[id] ?? {}
  const [width = 0, height = 0] = size.split('x').map(Number)
  return {
    size: size === 'window' || size === 'own' ? size : { width: width - (width % 2), height: height - (height % 2) },
    scaling,
    monitor: monitor === undefined || monitor === '' ? null : monitor,
  }
}
