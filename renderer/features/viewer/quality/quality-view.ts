// What the page shows of a picture's quality.
import { unknownLimits, type QualityLimits } from './limits.ts'
import type { PoorReason } from './signs.ts'

/** What the page shows of it. */
export interface QualityView {
  readonly limits: QualityLimits
  /** Pictures a second that are asked for now, and why fewer than wished. */
  readonly frameRate: number
  readonly because: PoorReason | null
  /** The connection is poor, and why. */
  readonly poor: PoorReason | null
}

/** The view before anything is known. */
export const NO_QUALITY: QualityView = { limits: unknownLimits(), frameRate: 0, because: null, poor: null }
