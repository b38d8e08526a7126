// What a desktop says beside picture and sound, each handed to whom it concerns; kept is only its last word on itself.
// Policy: what is not known is no news, and a desktop is asked nothing because of what it says.
import type { ClipboardPart, CursorView, ServerMessage } from '../../../shared/selkies/g2/server-messages.ts'
import type { Gamepads } from './input/gamepads.ts'
import { desktopFigures, encoderFigures, NO_FIGURES, type DesktopFigures } from './stats-meter.ts'
import type { QualityKeeper } from './quality/quality-keeper.ts'
import { OPEN_RULES, readRules, type TransferRules } from './transfer-rules.ts'
import type { Say } from './viewer-state.ts'
import { t } from '../../ui/translate.ts'

export interface DesktopNewsOptions {
  onCursor(cursor: CursorView): void
  onClipboard(part: ClipboardPart): void
  onRules(rules: TransferRules): void
  onPrinted(name: string, bytes: number): void
  readonly quality: Pick<QualityKeeper, 'heardSettings' | 'heardPoor' | 'heardRate'>
  readonly onRumble: Gamepads['rumble']
  say(say: Omit<Say, 'id'>): void
}

export interface DesktopNews {
  readonly figures: DesktopFigures
  /** What may cross, as the desktop has said it last. */
  readonly rules: TransferRules
  hear(message: ServerMessage): void
}

export function createDesktopNews(options: DesktopNewsOptions): DesktopNews {
  let figures = NO_FIGURES
  let rules = OPEN_RULES
  let role = 'controller'
  /** The server lowers whom it does not trust without a word; the person should not wonder why nothing they do arrives. */
  const hearRole = (next: string): void => {
    if (next === role) return
    role = next
    options.say({
      icon: 'info',
      text:
        next === 'viewer'
          ? t('You only watch this desktop: your keys and mouse stay here.')
          : t('You control this desktop now.'),
    })
  }
  const network = (text: string): void => options.say({ icon: 'network', text })

  return {
    get figures() {
      return figures
    },
    get rules() {
      return rules
    },
    hear(message) {
      switch (message.type) {
        case 'cursor':
          return options.onCursor(message.cursor)
        case 'clipboard':
          return options.onClipboard(message.part)
        case 'server-settings':
          rules = readRules(message.settings)
          options.quality.heardSettings(message.settings)
          return options.onRules(rules)
        case 'printed':
          return rules.printing ? options.onPrinted(message.name, message.bytes) : undefined
        case 'rumble':
          return options.onRumble(message.slot, message.strong, message.weak, message.durationMs)
        case 'stream-stats':
          figures = desktopFigures(message.stats, figures)
          return undefined
        case 'stream-info':
          figures = encoderFigures(message.info, figures)
          return undefined
        case 'video-declined':
          return network(t('This machine cannot decode {codec}.', { codec: message.mime.replace('video/', '') }))
        case 'auth':
          return hearRole(message.role)
        case 'connection':
          return options.quality.heardPoor(message.poor)
        case 'rate':
          return options.quality.heardRate(message.kbps)
        default:
          return undefined
      }
    },
  }
}
