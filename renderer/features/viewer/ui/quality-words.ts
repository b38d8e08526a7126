// The words of the menu of quality. Pure.
import { PRESET_QUALITY, presetOf, type Preset, type Quality } from '../../../../shared/domain/quality.ts'
import type { QualityView } from '../quality/quality-view.ts'
import type { PoorReason } from '../quality/signs.ts'
import { english, number, t } from '../../../ui/translate.ts'

/** A preset's name, and what it is for. */
export function presetWords(preset: Preset): { readonly name: string; readonly about: string } {
  switch (preset) {
    case 'sharp':
      return { name: t('Sharp text'), about: t('Full colour, fewer frames') }
    case 'balanced':
      return { name: t('Balanced'), about: t('For most work') }
    case 'smooth':
      return { name: t('Smooth motion'), about: t('As many frames as there are') }
    case 'low':
      return { name: t('Low bandwidth'), about: t('For slow networks') }
  }
}

/** The server's names of encoders. Source: Selkies 2.1. */
const ENCODERS: Readonly<Record<string, string>> = {
  h264enc: 'H.264',
  h265enc: 'H.265',
  vp8enc: 'VP8',
  vp9enc: 'VP9',
  av1enc: 'AV1',
  jpeg: 'JPEG',
}

/** An encoder's name as people know it. */
export function encoderName(value: string): string {
  return value === 'h264enc-striped' ? t('H.264 in stripes') : (ENCODERS[value] ?? value)
}

/** A bitrate. @param kbps kbit/s */
export function rateWords(kbps: number): string {
  return kbps < 1000
    ? t('{value} kbit/s', { value: number(kbps) })
    : t('{value} Mbit/s', { value: number(kbps / 1000, kbps < 10_000 ? 1 : 0) })
}

/** What is made of a wish now, where that is less; empty while it is as wished. */
export function stepWords({ frameRate: wish }: Quality, { frameRate: now, because }: QualityView): string {
  if (because === null || now >= wish) return ''
  switch (because) {
    case 'loss':
      return t('Now {now} of {wish} frames a second: packets are lost on the way.', { now, wish })
    case 'bandwidth':
      return t('Now {now} of {wish} frames a second: the network carries too little.', { now, wish })
    case 'delay':
      return t('Now {now} of {wish} frames a second: the network answers late.', { now, wish })
    case 'computer':
      return t('Now {now} of {wish} frames a second: this computer is too slow for more.', { now, wish })
    case 'desktop':
      return t('Now {now} of {wish} frames a second: the desktop is busy.', { now, wish })
    case 'frames':
      return t('Now {now} of {wish} frames a second: pictures did not arrive.', { now, wish })
  }
}

/** The line that is shown while a connection is poor. */
export function poorWords(reason: PoorReason): string {
  switch (reason) {
    case 'loss':
      return t('The connection is poor: packets are lost on the way')
    case 'bandwidth':
      return t('The connection is poor: the network carries too little')
    case 'delay':
      return t('The connection is poor: the network answers late')
    case 'computer':
      return t('The picture lags: this computer is too slow for it')
    case 'desktop':
      return t('The picture lags: the desktop is busy')
    case 'frames':
      return t('The connection is poor: pictures do not arrive')
  }
}

/** A quality in one line, for the report. */
export function qualityLine(wish: Quality, { frameRate, because }: QualityView): string {
  const step = because === null ? '' : `. Now ${frameRate} frames/s because of ${because}`
  const most = (wish.bitrateKbps / 1000).toFixed(1)
  const steps = wish.automatic ? ', steps down by itself' : ''
  return english(`${presetOf(wish) ?? 'own'}, ${wish.frameRate} frames/s, at most ${most} Mbit/s${steps}${step}`)
}

/** A preset with what is not its own of the quality before it. */
export function choosePreset(preset: Preset, before: Quality): Quality {
  return { ...PRESET_QUALITY[preset], automatic: before.automatic }
}
